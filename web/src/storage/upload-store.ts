/** Records and copies of uploads in the browser's database: each method is one transaction. */
import { answerTo, type Database, type Stores } from './database.js'
import { copiedBytes, MAX_COPIES_BYTES, sweepOf, type UploadRecord } from './records.js'

/** A record to be made, with the file to copy; without one the record alone. */
export interface KeepRequest {
  readonly record: UploadRecord
  readonly file: Blob | undefined
}

/** What is kept: an earlier record of the same id stays, with its copy. */
export interface Kept {
  readonly record: UploadRecord
  readonly copy: Blob | undefined
  /** The copy was left out, since all of them together would take too much. */
  readonly full: boolean
}

export type RecordChange = Pick<UploadRecord, 'id'> & Partial<UploadRecord>

export interface RecordEnd {
  readonly id: string
  /** Ends every record of this key, whoever made it; empty for the one record alone. */
  readonly key: string
}

export interface UploadStore {
  /** Takes away what is stale, and tells what is left. */
  sweep(alive: ReadonlySet<string> | undefined): Promise<readonly UploadRecord[]>
  keep(requests: readonly KeepRequest[]): Promise<readonly Kept[]>
  /** A record that is there no more is not made again. */
  write(changes: readonly RecordChange[], ends: readonly RecordEnd[]): Promise<void>
}

/** Milliseconds for a transaction of small records. */
const PATIENCE = 3000

/** Milliseconds for one that writes files: 100 MB on a slow phone's memory, of 5 MB/s. */
const COPY_PATIENCE = 20_000

/** A proxy's bound is forgotten after a while: it may have been lifted. */
const CEILING_MILLISECONDS = 7 * 24 * 3600 * 1000

export class IndexedUploadStore implements UploadStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  sweep(alive: ReadonlySet<string> | undefined): Promise<readonly UploadRecord[]> {
    return this.#database.run('readwrite', PATIENCE, async stores => {
      const records = await all(stores)
      const names = await answerTo(stores.copies.getAllKeys()) as string[]
      const sweep = sweepOf(records, names, Date.now(), alive)
      for (const id of sweep.records) stores.uploads.delete(id)
      for (const name of sweep.copies) stores.copies.delete(name)
      return records.filter(({ id }) => !sweep.records.includes(id))
    })
  }

  async keep(requests: readonly KeepRequest[]): Promise<readonly Kept[]> {
    const kept = await this.#database.run('readwrite', COPY_PATIENCE, async stores => {
      const records = await all(stores)
      return Promise.all(requests.map(request => keepOne(stores, records, request)))
    })
    // Read back, so that what is sent is the copy and no more the original.
    return this.#database.run('readonly', PATIENCE, stores => Promise.all(kept.map(async one => {
      const { copy } = one.record
      return { ...one, copy: copy === '' ? undefined : await read(stores, copy) }
    })))
  }

  write(changes: readonly RecordChange[], ends: readonly RecordEnd[]): Promise<void> {
    return this.#database.run('readwrite', PATIENCE, async stores => {
      for (const one of changes) await change(stores, one)
      for (const one of ends) await end(stores, one)
    })
  }

  /** The largest chunk that is known to pass on the way to a server; 0 when unknown. */
  ceiling(origin: string): Promise<number> {
    return this.#database.run('readonly', PATIENCE, async stores => {
      const found = await answerTo<{ bytes: number; at: number } | undefined>(stores.ceilings.get(origin))
      return found && Date.now() - found.at < CEILING_MILLISECONDS ? found.bytes : 0
    })
  }

  async setCeiling(origin: string, bytes: number): Promise<void> {
    await this.#database.run('readwrite', PATIENCE, stores => answerTo(stores.ceilings.put({ bytes, at: Date.now() }, origin)))
  }
}

/** `records` are those that are there, and those that this transaction makes. */
async function keepOne(stores: Stores, records: UploadRecord[], { record, file }: KeepRequest): Promise<Omit<Kept, 'copy'>> {
  const earlier = records.find(({ id, origin }) => id === record.id && origin === record.origin)
  const base = earlier ?? record
  const there = base.copy !== '' && await answerTo(stores.copies.count(base.copy)) > 0
  const full = !there && file !== undefined && copiedBytes(records) + record.size > MAX_COPIES_BYTES
  const copies = !there && file !== undefined && !full
  const made = { ...base, worker: record.worker, at: record.at, copy: there ? base.copy : copies ? record.id : '' }
  records.push(made)
  if (copies) stores.copies.put(file, made.copy)
  stores.uploads.put(made)
  return { record: made, full }
}

async function change({ uploads, copies }: Stores, part: RecordChange): Promise<void> {
  const record = await answerTo<UploadRecord | undefined>(uploads.get(part.id))
  if (!record) return
  const changed = { ...record, ...part }
  const twin = changed.key === '' ? undefined : (await named(uploads, changed.key)).find(({ id, copy }) => id !== record.id && copy !== '')
  if (twin && changed.copy !== '' && changed.copy !== twin.copy) {
    copies.delete(changed.copy)
    changed.copy = twin.copy
  }
  await answerTo(uploads.put(changed))
}

async function end({ uploads, copies }: Stores, { id, key }: RecordEnd): Promise<void> {
  const record = await answerTo<UploadRecord | undefined>(uploads.get(id))
  const twins = record && record.key !== '' ? await named(uploads, record.key) : []
  const ended = key === '' ? [] : await named(uploads, key)
  if (record) ended.push(record)
  const left = twins.filter(twin => ended.every(({ id }) => id !== twin.id))
  for (const one of ended) {
    uploads.delete(one.id)
    if (one.copy !== '' && left.every(({ copy }) => copy !== one.copy)) copies.delete(one.copy)
  }
}

function all({ uploads }: Stores): Promise<UploadRecord[]> {
  return answerTo(uploads.getAll())
}

function named(uploads: IDBObjectStore, key: string): Promise<UploadRecord[]> {
  return answerTo(uploads.index('key').getAll(key))
}

/** Whatever lies there: only a Blob is a copy. */
async function read({ copies }: Stores, name: string): Promise<Blob | undefined> {
  const found: unknown = await answerTo(copies.get(name))
  return found instanceof Blob ? found : undefined
}
