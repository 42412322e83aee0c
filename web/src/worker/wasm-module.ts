/** The running Go module: loads it, calls its exports, notices its death. */
import 'wasm_exec'
import type { CheckRequest, Verdict } from '../engine/engine.js'
import type { Action, EventNumbers, UploadEvent, WasmExports, WasmImports } from './wasm.js'

const EVENTS: EventNumbers = {
  start: 0, pause: 1, resume: 2, cancel: 3, retry: 4, due: 5, nudge: 6,
  'token-ready': 7, 'token-denied': 8,
  answer: 9, broken: 10, unsent: 11, unreadable: 12, known: 13, watched: 14,
}

/** The module has died. Whatever it returns from now on is garbage. */
class ModuleDeadError extends Error {
  override readonly name = 'ModuleDeadError'
}

/** What a new upload is made of. */
export interface UploadConfig {
  readonly files: string
  readonly uploads: string
  readonly assets: string
  /** A known upload to go on with; empty for a new one. */
  readonly url: string
  readonly size: number
  /** The largest chunk that is known to pass; 0 when unknown. */
  readonly ceiling: number
  readonly metadata: readonly (readonly [key: string, value: string])[]
}

/**
 * Bytes that one call takes in at most: a browser runs a call to its end in the
 * code that it began it with, so a long first one would never get to the fast code.
 */
const DIGEST_PIECE_BYTES = 1 << 20

/** A SHA-256 under way. `sum` or `free` ends it; nothing follows either. */
export interface Digest {
  /** Takes the next bytes. */
  write(bytes: Uint8Array): void
  /** Lower-case hexadecimal. */
  sum(): string
  /** Lets go of a digest that nobody asks for any more. */
  free(): void
}

export class WasmModule {
  readonly #go = new Go()
  readonly #encoder = new TextEncoder()
  readonly #decoder = new TextDecoder()
  #exports: WasmExports | undefined
  #dead = false
  #file: Blob | undefined

  private constructor() {
    // A panic outside an export's recover ends the program here, while the call
    // that caused it returns as if nothing had happened.
    this.#go.exit = () => { this.#dead = true }
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

  /** Whether an error of one of these calls is the module's death. */
  isDeath(error: unknown): boolean {
    return error instanceof ModuleDeadError
  }

  /** The verdict on a file. Reads a few ranges of it and returns at once. */
  check(file: Blob, request: CheckRequest): Verdict {
    this.#file = file
    const length = this.#write([
      request.name, request.declaredType, request.kinds.join(','), '', request.purposes.join(','),
    ])
    const result = this.#live().mediarelay_check(file.size, length)
    this.#file = undefined
    return this.#json(result) as Verdict
  }

  /** Makes an upload's machine and returns its handle. */
  newUpload(config: UploadConfig): number {
    const length = this.#write([config.files, config.uploads, config.assets, config.url, ...config.metadata.flat()])
    const crossOrigin = new URL(config.files).origin === self.location.origin ? 0 : 1
    return this.#succeeded(this.#live().mediarelay_upload_new(config.size, config.ceiling, crossOrigin, length))
  }

  /** Tells an upload's machine what happened and returns what it wants done. */
  tell(handle: number, event: UploadEvent): Action {
    const words = { request: 0, status: 0, offset: -1, retryAfter: 0, fields: [] as string[] }
    switch (event.type) {
      case 'answer':
        Object.assign(words, event, { fields: [event.location, event.problem, ...event.foreign ? ['foreign'] : []] })
        break
      case 'broken':
        Object.assign(words, { request: event.request, status: event.stalled ? 1 : 0 })
        break
      case 'watched':
        Object.assign(words, { request: event.request, status: event.final ? 1 : 0, fields: [event.state, event.problem] })
        break
      case 'unsent': case 'unreadable': case 'known':
        words.request = event.request
    }
    const length = this.#write(words.fields)
    return this.#json(this.#live().mediarelay_upload_event(
      handle, EVENTS[event.type], words.request, words.status,
      Math.round(performance.now()), words.offset, words.retryAfter, length,
    )) as Action
  }

  freeUpload(handle: number): void {
    this.#live().mediarelay_upload_free(handle)
  }

  /** Begins the SHA-256 of bytes that come piece by piece. */
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
    if (this.#dead || !this.#exports) throw new ModuleDeadError('the module has exited')
    return this.#exports
  }

  #succeeded(result: number): number {
    if (this.#dead || result < 0) throw new ModuleDeadError(`the module answered ${result}`)
    return result
  }

  #write(fields: readonly string[]): number {
    return this.#put(this.#encoder.encode(fields.map(field => field.replaceAll('\0', '') + '\0').join('')))
  }

  /** Puts bytes into the shared buffer and returns how many. */
  #put(bytes: Uint8Array): number {
    const pointer = this.#live().mediarelay_buffer(bytes.length)
    new Uint8Array(this.#live().mem.buffer, pointer).set(bytes)
    return bytes.length
  }

  #json(result: number): unknown {
    return JSON.parse(this.#text(result))
  }

  /** The text that an export has left in the shared buffer. */
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

/** Compiles while it loads; where a server sends another Content-Type, after it. */
async function instantiate(imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
  const response = await fetch(new URL(__WASM_FILE__, self.location.href))
  if (!response.ok) throw new Error(`${__WASM_FILE__}: ${response.status}`)
  const streams = response.headers.get('Content-Type') === 'application/wasm'
  const { instance } = streams
    ? await WebAssembly.instantiateStreaming(response, imports)
    : await WebAssembly.instantiate(await response.arrayBuffer(), imports)
  return instance
}
