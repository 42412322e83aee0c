/** The bytes of one upload: the stored copy if there is one, else the file that was chosen. */
import { sha256 } from './digest.js'
import type { JobFile } from './job-record.js'
import type { WasmModule } from './wasm-module.js'

export class FileSource {
  /** In lower-case hexadecimal; empty until the bytes are hashed. */
  sha256 = ''
  readonly size: number
  readonly #lastModified: number
  /** The preferred one first. */
  #blobs: Blob[]

  constructor({ file, size, request }: JobFile) {
    this.size = size
    this.#lastModified = request.lastModified
    this.#blobs = file ? [file] : []
  }

  get current(): Blob | undefined {
    return this.#blobs[0]
  }

  /** Reads from `blob`, and from the other ones if it cannot be read. */
  prefer(blob: Blob): void {
    if (blob !== this.current) this.#blobs.unshift(blob)
  }

  /** Drops a blob that cannot be read. */
  drop(blob: Blob | undefined): void {
    this.#blobs = this.#blobs.filter(other => other !== blob)
  }

  /** Hashes the current blob, or drops it if it cannot be read. */
  async hash(module: WasmModule): Promise<void> {
    const blob = this.current
    if (!blob) throw new DOMException('the file cannot be read', 'NotReadableError')
    try {
      this.sha256 = await sha256(module, blob)
    } catch (error) {
      if (module.isCrash(error)) throw error
      this.drop(blob)
    }
  }

  /** Whether a file has the same content. Before the bytes are hashed, `lastModified` stands in for the hash. */
  async matches(file: Blob, module: WasmModule): Promise<boolean> {
    if (file.size !== this.size) return false
    if (this.sha256 === '') return file instanceof File && file.lastModified === this.#lastModified
    return await sha256(module, file).catch(() => '') === this.sha256
  }

  /** Whether the current blob still yields these bytes. It is read whole, since a file may be damaged in the middle. */
  async canRead(offset: number, length: number): Promise<boolean> {
    try {
      await this.current?.slice(offset, offset + length).arrayBuffer()
      return this.current !== undefined
    } catch {
      return false
    }
  }
}
