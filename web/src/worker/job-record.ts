/** The stored record and copy of one upload job, from which a later visit resumes it. */
import type { UploadRequest } from '../engine/engine.js'
import type { CopyStore, KeepDetail } from '../storage/copy-store.js'
import type { StoredUpload } from '../storage/upload-store.js'
import type { JobContext } from './upload-context.js'

/** What a job is made of. */
export interface JobFile {
  readonly id: string
  readonly file: Blob | undefined
  readonly size: number
  readonly request: UploadRequest
}

/** The shortest time between two writes of the progress, which a later visit only displays. */
const PROGRESS_MILLISECONDS = 2000

export class JobRecord {
  readonly #copies: CopyStore
  readonly #detail: KeepDetail
  /** As it was last written. */
  #paused = false
  #progress = { accepted: 0, at: Date.now() }

  /** Stores nothing until `keep`. The record contains the hash of the place. */
  constructor({ copies, origin, placeKey }: JobContext, file: JobFile) {
    this.#copies = copies
    this.#detail = { ...file, origin, request: { ...file.request, place: placeKey(file.request.place) } }
  }

  /** Stores the record with a copy of the file, unless they are stored already. */
  keep(): Promise<StoredUpload | undefined> {
    return this.#copies.keep(this.#detail)
  }

  /** Stores a file for a record without a copy. */
  replace(file: Blob): Promise<StoredUpload | undefined> {
    return this.#copies.replace({ ...this.#detail, file })
  }

  /** Takes over a state that is stored already. */
  restore(paused: boolean): void {
    this.#paused = paused
  }

  setPaused(paused: boolean): void {
    if (paused !== this.#paused) this.change({ paused })
    this.#paused = paused
  }

  setProgress(accepted: number): void {
    const now = Date.now()
    if (accepted === this.#progress.accepted || now - this.#progress.at < PROGRESS_MILLISECONDS) return
    this.#progress = { accepted, at: now }
    this.change({ accepted })
  }

  change(part: Parameters<CopyStore['change']>[1]): void {
    this.#copies.change(this.#detail.id, part)
  }

  /** Removes the record and its copy, and all others with this key. */
  end(key: string): void {
    this.#copies.end(this.#detail.id, key)
  }
}
