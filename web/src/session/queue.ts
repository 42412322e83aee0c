/**
 * The uploads of one element in their order. Decides which files are checked and
 * uploaded next and how many at once; its port does the work.
 */
import type { Upload } from './upload.js'

export interface QueuePort {
  /** Resolves when the check is over, whatever its result. */
  check(upload: Upload): Promise<void>
  begin(upload: Upload): void
}

/** A check reads a few KB, all in one worker: more at once would only delay the first verdict. */
const maxConcurrentChecks = 2

export class Queue implements Iterable<Upload> {
  readonly #port: QueuePort
  readonly #concurrency: () => number
  readonly #uploads = new Map<string, Upload>()
  readonly #checking = new Set<string>()
  #stopped = false

  constructor(port: QueuePort, concurrency: () => number) {
    this.#port = port
    this.#concurrency = concurrency
  }

  get(id: string): Upload | undefined {
    return this.#uploads.get(id)
  }

  add(upload: Upload): void {
    this.#uploads.set(upload.id, upload)
  }

  remove(id: string): void {
    this.#uploads.delete(id)
  }

  [Symbol.iterator](): Iterator<Upload> {
    return this.#uploads.values()
  }

  /** Begins nothing new until `restart`. */
  stop(): void {
    this.#stopped = true
  }

  restart(): void {
    this.#stopped = false
    this.pump()
  }

  /** Fills every free slot. Called whenever a file is added or removed or changes its state. */
  pump(): void {
    if (this.#stopped) return
    this.#pumpChecks()
    this.#pumpUploads()
  }

  #pumpChecks(): void {
    for (const upload of this.#uploads.values()) {
      if (this.#checking.size >= maxConcurrentChecks) return
      if (upload.state.name === 'checking' && !this.#checking.has(upload.id)) void this.#check(upload)
    }
  }

  async #check(upload: Upload): Promise<void> {
    this.#checking.add(upload.id)
    await this.#port.check(upload)
    this.#checking.delete(upload.id)
    this.pump()
  }

  #pumpUploads(): void {
    let free = Math.max(1, this.#concurrency()) - [...this].filter((upload) => upload.usesSlot).length
    for (const upload of this.#uploads.values()) {
      if (free <= 0) return
      if (upload.state.name !== 'queued') continue
      this.#port.begin(upload)
      free--
    }
  }
}
