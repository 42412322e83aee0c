/**
 * The files of one element in their order, and whose turn it is: how many are
 * checked and how many are sent at once. It starts nothing itself; its port does.
 */
import type { Upload } from './upload.js'

export interface QueuePort {
  /** Resolves when the check is over, whatever came of it. */
  check(upload: Upload): Promise<void>
  begin(upload: Upload): void
}

/** Checks read a few KB each in one worker: more at once would only delay the first verdict. */
const checksAtOnce = 2

export class Queue implements Iterable<Upload> {
  readonly #port: QueuePort
  readonly #concurrency: () => number
  readonly #uploads = new Map<string, Upload>()
  readonly #beingChecked = new Set<string>()
  #stopped = false

  constructor(port: QueuePort, concurrency: () => number) {
    this.#port = port
    this.#concurrency = concurrency
  }

  /** Nothing new begins. */
  get stopped(): boolean {
    return this.#stopped
  }

  get size(): number {
    return this.#uploads.size
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

  stop(): void {
    this.#stopped = true
  }

  go(): void {
    this.#stopped = false
    this.pump()
  }

  /** Fills every free place. Called whenever a file comes, goes or changes. */
  pump(): void {
    if (this.#stopped) return
    this.#pumpChecks()
    this.#pumpUploads()
  }

  #pumpChecks(): void {
    for (const upload of this.#uploads.values()) {
      if (this.#beingChecked.size >= checksAtOnce) return
      if (upload.state.name === 'checking' && !this.#beingChecked.has(upload.id)) void this.#check(upload)
    }
  }

  async #check(upload: Upload): Promise<void> {
    this.#beingChecked.add(upload.id)
    await this.#port.check(upload)
    this.#beingChecked.delete(upload.id)
    this.pump()
  }

  #pumpUploads(): void {
    let free = Math.max(1, this.#concurrency()) - this.#count((upload) => upload.holdsPlace)
    for (const upload of this.#uploads.values()) {
      if (free <= 0) return
      if (upload.state.name !== 'queued') continue
      this.#port.begin(upload)
      free--
    }
  }

  #count(test: (upload: Upload) => boolean): number {
    let n = 0
    for (const upload of this.#uploads.values()) if (test(upload)) n++
    return n
  }
}
