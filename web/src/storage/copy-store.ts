/**
 * The uploads that one worker has stored for later visits: it copies files in batches, updates
 * their records and reports which uploads are safe. A failure of the browser's storage never
 * reaches an upload, which then continues without a copy.
 */
import type { ElsewhereFilter, UploadRequest } from '../engine/engine.js'
import { withTimeout } from './database.js'
import { RecordWriter } from './record-writer.js'
import type { UploadRecord } from './records.js'
import type { KeepRequest, RecordChange, RecordRemoval, StoredUpload, UploadStore } from './upload-store.js'

export type UnkeptReason = 'room' | 'refused'

/** Receives whether an upload has a copy. */
export interface CopyListener {
  kept(id: string): void
  unkept(id: string, reason: UnkeptReason): void
}

/** What a record is made of. */
export interface KeepDetail {
  readonly id: string
  readonly origin: string
  readonly file: Blob | undefined
  readonly size: number
  readonly request: UploadRequest
}

export interface RestorePlace {
  readonly origin: string
  readonly place: string
  /** Wants the uploads of all other places of the site instead, as far as the filter accepts them and no running worker has them. */
  readonly elsewhere?: ElsewhereFilter | undefined
  /** The running workers; undefined if they are unknown. */
  liveWorkers(): Promise<ReadonlySet<string> | undefined>
}

interface QueuedFile {
  readonly request: KeepRequest
  readonly resolve: (stored: StoredUpload | undefined) => void
}

/** The most bytes that one transaction copies. It bounds what a failure costs, and how long an upload waits for its copy. */
const BATCH_BYTES = 32 * 1024 * 1024

/** How long an upload waits for its copy before it starts from the original. */
const COPY_WAIT_MILLISECONDS = 5000

export class CopyStore {
  readonly #store: UploadStore
  readonly #worker: string
  readonly #listener: CopyListener
  readonly #writer: RecordWriter
  readonly #stored = new Map<string, Promise<StoredUpload | undefined>>()
  /** Uploads that have a copy but no owner. */
  readonly #unowned = new Set<string>()
  #queue: QueuedFile[] = []
  #owner = ''
  #keeping = false
  /** An upload has waited COPY_WAIT_MILLISECONDS in vain, so the next ones do not wait. */
  #stalled = false

  constructor(store: UploadStore, worker: string, listener: CopyListener) {
    this.#store = store
    this.#worker = worker
    this.#listener = listener
    this.#writer = new RecordWriter((changes, removals) => this.#write(changes, removals))
  }

  /** Stores an upload once, or finds it if an earlier visit stored it under the same id. Undefined if nothing can be stored. */
  keep(detail: KeepDetail): Promise<StoredUpload | undefined> {
    const before = this.#stored.get(detail.id)
    if (before) return before
    const stored = this.#writer.removed(detail.id).then(() => this.#enqueue(detail))
    this.#stored.set(detail.id, stored)
    return stored
  }

  #enqueue(detail: KeepDetail): Promise<StoredUpload | undefined> {
    return new Promise(resolve => {
      this.#queue.push({ request: { record: this.#newRecord(detail), file: detail.file }, resolve })
      void this.#keepQueued()
    })
  }

  /** The stored upload, or undefined if storing it takes longer than COPY_WAIT_MILLISECONDS. */
  async find(id: string): Promise<StoredUpload | undefined> {
    try {
      return await withTimeout(this.#stalled ? 0 : COPY_WAIT_MILLISECONDS, this.#stored.get(id) ?? Promise.resolve(undefined))
    } catch {
      this.#stalled = true
      return undefined
    }
  }

  /** Sets the owner of the uploads, as read from a token. While it is empty, new uploads have no owner until the next call. */
  setOwner(owner: string): void {
    this.#owner = owner
    if (owner === '') return
    for (const id of this.#unowned) this.change(id, { owner })
    this.#unowned.clear()
  }

  /** Updates an upload's record. */
  change(id: string, part: Partial<UploadRecord>): void {
    if (this.#stored.has(id)) this.#writer.change({ ...part, id })
  }

  /** Removes an ended upload, and whatever else is stored under its key. */
  end(id: string, key: string): void {
    const stored = this.#stored.get(id)
    if (!stored) return
    this.#stored.delete(id)
    this.#unowned.delete(id)
    this.#queue = this.#queue.filter(({ request, resolve }) => request.record.id !== id || resolve(undefined))
    this.#writer.remove({ id, key }, stored)
  }

  /** Removes an upload that an earlier worker of this page has stored. */
  discard(id: string): void {
    this.#writer.remove({ id, key: '' }, Promise.resolve())
  }

  /**
   * The uploads that earlier visits have stored at a place for an owner, except those that this
   * worker has already. Calls `askOwner` only if there is an upload with an owner, and rejects only if
   * that does.
   */
  async restore(at: RestorePlace, askOwner: () => Promise<string>): Promise<readonly StoredUpload[]> {
    const owned = await this.#ownedBy(askOwner, at)
    const own = at.elsewhere === undefined ? owned : [...owned].sort((a, b) => b.at - a.at).slice(0, at.elsewhere.limit)
    const requests = own.map(record => ({ record: { ...record, worker: this.#worker, at: Date.now() }, file: undefined }))
    const found = await this.#store.keep(requests).catch(() => [])
    for (const stored of found) this.#stored.set(stored.record.id, Promise.resolve(stored))
    return found
  }

  /** How many uploads `restore` would return, if there were no limit. Rejects only if `askOwner` does. */
  async count(at: RestorePlace, askOwner: () => Promise<string>): Promise<number> {
    return (await this.#ownedBy(askOwner, at)).length
  }

  async #ownedBy(askOwner: () => Promise<string>, at: RestorePlace): Promise<readonly UploadRecord[]> {
    if ((await this.#candidates(at)).length === 0) return []
    const owner = await askOwner()
    // The answer may take long, and another tab may have ended some of them meanwhile.
    return (await this.#candidates(at)).filter(record => record.owner === owner)
  }

  /** The uploads that can be restored at a place; none if the store cannot be read. */
  async #candidates(at: RestorePlace): Promise<readonly UploadRecord[]> {
    try {
      const live = await at.liveWorkers()
      const records = await this.#store.sweep(live)
      return records.filter(record => record.origin === at.origin && record.owner !== '' && !this.#stored.has(record.id) && isAt(at, record, live))
    } catch {
      return []
    }
  }

  /** Stores a file for an upload that has no copy. */
  replace(detail: KeepDetail): Promise<StoredUpload | undefined> {
    this.#stored.delete(detail.id)
    return this.keep(detail)
  }

  #newRecord({ id, origin, size, request }: KeepDetail): UploadRecord {
    return {
      id, origin, size, request, key: '', owner: this.#owner, worker: this.#worker,
      sha256: '', url: '', accepted: 0, paused: false, copy: '', at: Date.now(),
    }
  }

  async #keepQueued(): Promise<void> {
    if (this.#keeping) return
    this.#keeping = true
    // Files that were chosen together arrive in the same task.
    await Promise.resolve()
    while (this.#queue.length > 0) await this.#keepBatch(this.#nextBatch())
    this.#keeping = false
  }

  #nextBatch(): QueuedFile[] {
    let bytes = 0
    const end = this.#queue.findIndex(({ request }) => (bytes += request.record.size) > BATCH_BYTES)
    return this.#queue.splice(0, end < 0 ? this.#queue.length : Math.max(1, end))
  }

  async #keepBatch(batch: readonly QueuedFile[]): Promise<void> {
    try {
      const stored = await this.#store.keep(batch.map(({ request }) => request))
      stored.forEach((one, index) => this.#settle(batch[index], one))
    } catch (error) {
      // One unreadable file aborts the whole transaction, so each file is tried alone.
      if (batch.length > 1 && !isTimeout(error)) for (const entry of batch) await this.#keepBatch([entry])
      else await this.#keepRecords(batch, error)
    }
  }

  /** Stores the records without copies, so that the next visit can ask for the files. */
  async #keepRecords(batch: readonly QueuedFile[], error: unknown): Promise<void> {
    let stored: readonly StoredUpload[] = []
    try {
      if (!isTimeout(error)) stored = await this.#store.keep(batch.map(({ request }) => ({ ...request, file: undefined })))
    } catch {
      // Without even a record the uploads continue, but no later visit can resume them.
    }
    const reason = error instanceof Error && error.name === 'QuotaExceededError' ? 'room' : 'refused'
    batch.forEach((entry, index) => this.#settle(entry, stored[index], reason))
  }

  #settle(entry: QueuedFile | undefined, stored: StoredUpload | undefined, reason: UnkeptReason = 'refused'): void {
    if (!entry) return
    const { id } = entry.request.record
    entry.resolve(stored)
    this.#stalled = false
    if (!this.#stored.has(id)) return
    if (stored && stored.record.owner === '') {
      if (this.#owner === '') this.#unowned.add(id)
      else this.change(id, { owner: this.#owner })
    }
    const { file } = entry.request
    if (!stored?.copy && file) this.#listener.unkept(id, stored?.full ? 'room' : reason)
    else if (stored?.copy && stored.record.owner !== '') this.#listener.kept(id)
  }

  /** Reports the copies that get an owner: no later visit could use them before. */
  async #write(changes: readonly RecordChange[], removals: readonly RecordRemoval[]): Promise<void> {
    await this.#store.write(changes, removals)
    for (const { id, owner } of changes) if (owner && (await this.#stored.get(id))?.copy) this.#listener.kept(id)
  }
}

function isAt({ place, elsewhere }: RestorePlace, { worker, request }: UploadRecord, live: ReadonlySet<string> | undefined): boolean {
  if (elsewhere === undefined) return request.place === place
  const { kinds, purposes, taken } = elsewhere
  if (siteOf(request.place) !== siteOf(place)) return false
  const fits = (kinds.length === 0 || kinds.includes(request.kind)) && request.purposes.every(purpose => purposes.includes(purpose))
  return request.place !== place && !taken.includes(request.place) && fits && !live?.has(worker)
}

/** What the keys of a site's places begin with (worker/place-key.ts). */
function siteOf(place: string): string {
  return place.slice(0, place.lastIndexOf('/') + 1)
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}
