/** The running Go module: loads it, calls its exports and detects its crash. */
import 'wasm_exec'
import type { CheckRequest, Verdict } from '../engine/engine.js'
import type { EventNumbers, MachineAction, MachineEvent, WasmExports, WasmImports } from './wasm.js'

const EVENTS: EventNumbers = {
  start: 0, pause: 1, resume: 2, cancel: 3, retry: 4, due: 5, nudge: 6,
  'token-ready': 7, 'token-denied': 8,
  answer: 9, broken: 10, unsent: 11, unreadable: 12, known: 13, watched: 14,
}

/** The module has crashed. Whatever it returns after that is garbage. */
class ModuleCrashError extends Error {
  override readonly name = 'ModuleCrashError'
}

/** The configuration of an upload's state machine. */
export interface MachineConfig {
  readonly files: string
  readonly uploads: string
  readonly assets: string
  /** The upload to resume; empty for a new one. */
  readonly url: string
  readonly size: number
  /** The largest chunk in bytes that is known to reach the server; 0 if unknown. */
  readonly ceiling: number
  readonly metadata: readonly (readonly [key: string, value: string])[]
}

/**
 * The most bytes that one call hashes. A browser cannot switch to optimized code in the middle of
 * a call, so one long call would run in the slow baseline code to its end.
 */
const DIGEST_PIECE_BYTES = 1 << 20

/** A SHA-256 in progress. Ends with `sum` or `free`, after which it must not be used. */
export interface Digest {
  write(bytes: Uint8Array): void
  /** Lower-case hexadecimal. */
  sum(): string
  /** Discards the digest. */
  free(): void
}

export class WasmModule {
  readonly #go = new Go()
  readonly #encoder = new TextEncoder()
  readonly #decoder = new TextDecoder()
  #exports: WasmExports | undefined
  #crashed = false
  #file: Blob | undefined

  private constructor() {
    // A panic outside an export's recover exits the program here, while the call that
    // caused it returns normally.
    this.#go.exit = () => { this.#crashed = true }
  }

  static async load(): Promise<WasmModule> {
    const module = new WasmModule()
    const imports: WasmImports = { read: (pointer, length, offset) => module.#read(pointer, length, offset) }
    const instance = await instantiate({ ...module.#go.importObject, mediarelay: imports })
    module.#exports = instance.exports as WasmExports
    void module.#go.run(instance)
    module.#live()
    return module
  }

  /** Whether an error of one of these calls is a crash of the module. */
  isCrash(error: unknown): boolean {
    return error instanceof ModuleCrashError
  }

  /** The verdict on a file, of which it reads a few ranges synchronously. */
  check(file: Blob, request: CheckRequest): Verdict {
    this.#file = file
    const length = this.#write([
      request.name, request.declaredType, request.kinds.join(','), '', request.purposes.join(','),
    ])
    const result = this.#live().mediarelay_check(file.size, length)
    this.#file = undefined
    return this.#json(result) as Verdict
  }

  /** Makes the state machine of an upload and returns its handle. */
  newUpload(config: MachineConfig): number {
    const length = this.#write([config.files, config.uploads, config.assets, config.url, ...config.metadata.flat()])
    const crossOrigin = new URL(config.files).origin === self.origin ? 0 : 1
    return this.#succeeded(this.#live().mediarelay_upload_new(config.size, config.ceiling, crossOrigin, length))
  }

  /** Gives an event to an upload's state machine and returns the action to perform. */
  dispatch(handle: number, event: MachineEvent): MachineAction {
    const input = { request: 0, status: 0, offset: -1, retryAfter: 0, fields: [] as string[], ...event }
    switch (event.type) {
      case 'answer':
        input.fields = [event.location, event.problem, ...event.foreign ? ['foreign'] : []]
        break
      case 'broken':
        input.status = event.stalled ? 1 : 0
        break
      case 'watched':
        input.status = event.final ? 1 : 0
        input.fields = [event.state, event.problem]
    }
    const length = this.#write(input.fields)
    return this.#json(this.#live().mediarelay_upload_event(
      handle, EVENTS[event.type], input.request, input.status,
      Math.round(performance.now()), input.offset, input.retryAfter, length,
    )) as MachineAction
  }

  freeUpload(handle: number): void {
    this.#live().mediarelay_upload_free(handle)
  }

  /** Starts a SHA-256. */
  newDigest(): Digest {
    const handle = this.#succeeded(this.#live().mediarelay_digest_new())
    return {
      write: bytes => this.#writeDigest(handle, bytes),
      sum: () => this.#text(this.#live().mediarelay_digest_sum(handle)),
      free: () => this.#live().mediarelay_digest_free(handle),
    }
  }

  #writeDigest(handle: number, bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; from += DIGEST_PIECE_BYTES) {
      const length = this.#put(bytes.subarray(from, from + DIGEST_PIECE_BYTES))
      this.#succeeded(this.#live().mediarelay_digest_write(handle, length))
    }
  }

  #live(): WasmExports {
    if (this.#crashed || !this.#exports) throw new ModuleCrashError('the module has exited')
    return this.#exports
  }

  #succeeded(result: number): number {
    if (this.#crashed || result < 0) throw new ModuleCrashError(`the module returned ${result}`)
    return result
  }

  #write(fields: readonly string[]): number {
    return this.#put(this.#encoder.encode(fields.map(field => field.replaceAll('\0', '') + '\0').join('')))
  }

  /** Copies bytes into the shared buffer and returns their number. */
  #put(bytes: Uint8Array): number {
    const pointer = this.#live().mediarelay_buffer(bytes.length)
    new Uint8Array(this.#live().mem.buffer, pointer).set(bytes)
    return bytes.length
  }

  #json(result: number): unknown {
    return JSON.parse(this.#text(result))
  }

  /** The text that an export has written to the shared buffer. */
  #text(result: number): string {
    const length = this.#succeeded(result)
    const pointer = this.#live().mediarelay_buffer(0)
    return this.#decoder.decode(new Uint8Array(this.#live().mem.buffer, pointer, length))
  }

  #read(pointer: number, length: number, offset: number): number {
    if (!this.#file) return -1
    try {
      const bytes = new FileReaderSync().readAsArrayBuffer(this.#file.slice(offset, offset + length))
      new Uint8Array(this.#live().mem.buffer, pointer).set(new Uint8Array(bytes))
      return bytes.byteLength
    } catch {
      return -1
    }
  }
}

/** Beside this script, not beside the worker's URL: that may be a `blob:` of another origin. */
const moduleUrl = new URL(__WASM_FILE__, import.meta.url)

/** Compiles the module while it downloads, or after that if the server sends another Content-Type. */
async function instantiate(imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
  const response = await fetch(moduleUrl)
  if (!response.ok) throw new Error(`${__WASM_FILE__}: ${response.status}`)
  const streams = response.headers.get('Content-Type') === 'application/wasm'
  const { instance } = streams
    ? await WebAssembly.instantiateStreaming(response, imports)
    : await WebAssembly.instantiate(await response.arrayBuffer(), imports)
  return instance
}
