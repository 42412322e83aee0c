/** The largest chunk that passes every proxy on the way to the server. All uploads of a worker share it. */
import type { IndexedUploadStore } from '../storage/upload-store.js'

export class ChunkCeiling {
  /** 0 if unknown. */
  bytes = 0
  readonly #origin: string
  readonly #store: IndexedUploadStore

  /** Reads the ceiling of an earlier visit in the background. */
  constructor(origin: string, store: IndexedUploadStore) {
    this.#origin = origin
    this.#store = store
    void store.ceiling(origin).then(bytes => { this.bytes ||= bytes }, () => {})
  }

  /** Takes over what an upload's state machine has learned, and stores a lowered ceiling for later visits. */
  learn(bytes: number): void {
    const lowered = this.bytes > 0 && bytes < this.bytes
    if (lowered) void this.#store.setCeiling(this.#origin, bytes).catch(() => {})
    if (lowered || this.bytes === 0) this.bytes = bytes
  }
}
