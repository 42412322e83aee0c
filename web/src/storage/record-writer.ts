/** Writes changes and removals of records in the background, many of them in one transaction. */
import type { RecordChange, RecordRemoval, UploadStore } from './upload-store.js'

/** Attempts to write a removal. One slow transaction must not leave a copy behind. */
const REMOVAL_ATTEMPTS = 3

export class RecordWriter {
  readonly #write: UploadStore['write']
  readonly #changes = new Map<string, RecordChange>()
  /** Removals that are not written yet, by record. */
  readonly #removing = new Map<string, Promise<void>>()
  #removals: RecordRemoval[] = []
  #writing: Promise<void> | undefined

  /** `write` runs one transaction. */
  constructor(write: UploadStore['write']) {
    this.#write = write
  }

  change(change: RecordChange): void {
    this.#changes.set(change.id, { ...this.#changes.get(change.id), ...change })
    void this.#flush()
  }

  /** Removes a record as soon as `stored` resolves, and drops its changes that are not written yet. */
  remove(removal: RecordRemoval, stored: Promise<unknown>): void {
    this.#changes.delete(removal.id)
    this.#removing.set(removal.id, stored.then(() => {
      this.#removals.push(removal)
      return this.#flush()
    }).finally(() => this.#removing.delete(removal.id)))
  }

  /** Resolves when a pending removal is written, or has failed REMOVAL_ATTEMPTS times. */
  removed(id: string): Promise<void> {
    return Promise.resolve(this.#removing.get(id))
  }

  /** One transaction at a time; whatever arrives meanwhile is written by the next one. */
  #flush(): Promise<void> {
    this.#writing ??= this.#writeAll()
    return this.#writing
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve()
    let failures = 0
    while (this.#changes.size > 0 || this.#removals.length > 0) {
      const changes = [...this.#changes.values()]
      const removals = this.#removals
      this.#changes.clear()
      this.#removals = []
      try {
        await this.#write(changes, removals)
        failures = 0
      } catch {
        // A change that was not written only misleads a later visit, which then asks the server.
        if (++failures < REMOVAL_ATTEMPTS) this.#removals.unshift(...removals)
      }
    }
    this.#writing = undefined
  }
}
