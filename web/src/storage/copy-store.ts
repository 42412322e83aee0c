/**
 * What one worker has kept for later visits: takes files in, few transactions for
 * many of them; writes down what becomes of them; says which of them are safe.
 * No failure of the browser's store reaches an upload: it goes on without.
 */
import { within } from './database.js'
import type { UploadRequest } from '../engine/engine.js'
import type { UploadRecord } from './records.js'
import type { Kept, KeepRequest, RecordChange, RecordEnd, UploadStore } from './upload-store.js'

export type UnkeptReason = 'room' | 'refused'

/** How safe an upload is. */
export interface VaultListener {
  kept(id: string): void
  unkept(id: string, reason: UnkeptReason): void
}

/** What a file is kept with. */
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
  /** The workers that live; undefined where that cannot be known. */
  alive(): Promise<ReadonlySet<string> | undefined>
}

interface Entry {
  readonly request: KeepRequest
  readonly settle: (kept: Kept | undefined) => void
}

/** Bytes that one transaction takes: a failure then costs little, and a file that begins to be sent waits little. */
const BATCH_BYTES = 32 * 1024 * 1024

/** Tries to write an end: a store that is too slow for once must not leave a copy behind. */
const END_TRIES = 3

/** Milliseconds that an upload waits for its copy before it goes on from the original. */
const COPY_WAIT_MILLISECONDS = 5000

export class Vault {
  readonly #store: UploadStore
  readonly #worker: string
  readonly #listener: VaultListener
  readonly #kept = new Map<string, Promise<Kept | undefined>>()
  /** Has a copy, and waits for an owner. */
  readonly #unowned = new Set<string>()
  /** The ends that are not written yet. */
  readonly #ending = new Map<string, Promise<void>>()
  readonly #changes = new Map<string, RecordChange>()
  #queue: Entry[] = []
  #ends: RecordEnd[] = []
  #owner = ''
  #keeping = false
  /** An upload has waited for nothing: the next ones do not. */
  #stalled = false
  #writing: Promise<void> | undefined

  constructor(store: UploadStore, worker: string, listener: VaultListener) {
    this.#store = store
    this.#worker = worker
    this.#listener = listener
  }

  /** Keeps a file, once; what an earlier visit has kept under the same id is found again. Undefined where nothing can be kept. */
  keep(detail: KeepDetail): Promise<Kept | undefined> {
    const before = this.#kept.get(detail.id)
    if (before) return before
    const kept = Promise.resolve(this.#ending.get(detail.id)).then(() => this.#enqueue(detail))
    this.#kept.set(detail.id, kept)
    return kept
  }

  #enqueue(detail: KeepDetail): Promise<Kept | undefined> {
    return new Promise(settle => {
      this.#queue.push({ request: { record: this.#newRecord(detail), file: detail.file }, settle })
      void this.#keepQueued()
    })
  }

  /** What is kept under an id by now; a store that is slow is not waited for longer than an upload may stand still. */
  async find(id: string): Promise<Kept | undefined> {
    try {
      return await within(this.#stalled ? 0 : COPY_WAIT_MILLISECONDS, this.#kept.get(id) ?? Promise.resolve(undefined))
    } catch {
      this.#stalled = true
      return undefined
    }
  }

  /** A token has told whose the uploads are. Empty when nobody is signed in: what comes from then on waits for its owner. */
  own(owner: string): void {
    this.#owner = owner
    if (owner === '') return
    for (const id of this.#unowned) this.change(id, { owner })
    this.#unowned.clear()
  }

  /** Writes down what has become of an upload. */
  change(id: string, part: Partial<UploadRecord>): void {
    if (!this.#kept.has(id)) return
    this.#changes.set(id, { ...this.#changes.get(id), ...part, id })
    void this.#write()
  }

  /** The upload needs nothing any more. With its key, whatever else is kept under it goes too. */
  end(id: string, key: string): void {
    const kept = this.#kept.get(id)
    if (!kept) return
    this.#kept.delete(id)
    this.#unowned.delete(id)
    this.#changes.delete(id)
    this.#queue = this.#queue.filter(({ request, settle }) => request.record.id !== id || settle(undefined))
    this.#close({ id, key }, kept)
  }

  /** What another worker of this page has kept of an upload goes. */
  discard(id: string): void {
    this.#close({ id, key: '' }, Promise.resolve())
  }

  /** What is being written now must not outlive its end, and what is kept anew comes after it. */
  #close(end: RecordEnd, written: Promise<unknown>): void {
    this.#ending.set(end.id, written.then(() => {
      this.#ends.push(end)
      return this.#write()
    }).finally(() => this.#ending.delete(end.id)))
  }

  /**
   * What earlier visits have left at a place for an owner. `ask` is told of something
   * that has an owner, and answers who is there; what this worker keeps itself is left out.
   */
  async restore(at: RestorePlace, ask: () => Promise<string>): Promise<readonly Kept[]> {
    const here = async (): Promise<UploadRecord[]> => (await this.#store.sweep(await at.alive())).filter(({ id, origin, owner, request }) =>
      origin === at.origin && request.place === at.place && owner !== '' && !this.#kept.has(id))
    if ((await here()).length === 0) return []
    const owner = await ask()
    // The question may have taken long: another tab may have ended some of them.
    const mine = (await here()).filter(record => record.owner === owner)
    const found = await this.#store.keep(mine.map(record => ({ record: { ...record, worker: this.#worker, at: Date.now() }, file: undefined })))
    for (const kept of found) this.#kept.set(kept.record.id, Promise.resolve(kept))
    return found
  }

  /** An upload that has no copy gets a file anew. */
  renew(detail: KeepDetail): Promise<Kept | undefined> {
    this.#kept.delete(detail.id)
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
    // The files that are chosen together come together.
    await Promise.resolve()
    while (this.#queue.length > 0) await this.#keepBatch(this.#nextBatch())
    this.#keeping = false
  }

  #nextBatch(): Entry[] {
    let bytes = 0
    const end = this.#queue.findIndex(({ request }) => (bytes += request.record.size) > BATCH_BYTES)
    return this.#queue.splice(0, end < 0 ? this.#queue.length : Math.max(1, end))
  }

  async #keepBatch(batch: readonly Entry[]): Promise<void> {
    try {
      const kept = await this.#store.keep(batch.map(({ request }) => request))
      kept.forEach((one, index) => this.#settle(batch[index], one))
    } catch (error) {
      // One file that cannot be read ends the transaction of all.
      if (batch.length > 1 && !isStalled(error)) for (const entry of batch) await this.#keepBatch([entry])
      else await this.#keepRecords(batch, error)
    }
  }

  /** Without their copies, so that the next visit can ask for the files. */
  async #keepRecords(batch: readonly Entry[], error: unknown): Promise<void> {
    let kept: readonly Kept[] = []
    try {
      if (!isStalled(error)) kept = await this.#store.keep(batch.map(({ request }) => ({ ...request, file: undefined })))
    } catch {
      // Not even a small record: the upload goes on, and nothing is left of it when the page goes.
    }
    const reason = error instanceof Error && error.name === 'QuotaExceededError' ? 'room' : 'refused'
    batch.forEach((entry, index) => this.#settle(entry, kept[index], reason))
  }

  #settle(entry: Entry | undefined, kept: Kept | undefined, reason: UnkeptReason = 'refused'): void {
    if (!entry) return
    const { id } = entry.request.record
    entry.settle(kept)
    this.#stalled = false
    if (!this.#kept.has(id)) return
    if (kept && kept.record.owner === '') {
      if (this.#owner === '') this.#unowned.add(id)
      else this.change(id, { owner: this.#owner })
    }
    const { file } = entry.request
    if (!kept?.copy && file) this.#listener.unkept(id, kept?.full ? 'room' : reason)
    else if (kept?.copy && kept.record.owner !== '') this.#listener.kept(id)
  }

  /** One transaction at a time; what comes meanwhile goes together into the next. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeAll()
    return this.#writing
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve()
    let failures = 0
    while (this.#changes.size > 0 || this.#ends.length > 0) {
      const changes = [...this.#changes.values()]
      const ends = this.#ends
      this.#changes.clear()
      this.#ends = []
      try {
        await this.#store.write(changes, ends)
        for (const { id, owner } of changes) if (owner) await this.#tellKept(id)
        failures = 0
      } catch {
        // A change that could not be written is missed by a later visit alone, and found out there.
        if (++failures < END_TRIES) this.#ends.unshift(...ends)
      }
    }
    this.#writing = undefined
  }

  async #tellKept(id: string): Promise<void> {
    const kept = await this.#kept.get(id)
    if (kept?.copy) this.#listener.kept(id)
  }
}

function isStalled(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}
