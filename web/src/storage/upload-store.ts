/** The records and copies of uploads in the browser's database. Each method runs one transaction for writing. */
import { resultOf } from '../engine/request-result.js'
import type { Database, Stores } from './database.js'
import { copiedBytes, MAX_COPIES_BYTES, planSweep, type UploadRecord } from './records.js'

/** A record to store, with the file to copy; without a file, the record alone. */
export interface KeepRequest {
  readonly record: UploadRecord
  readonly file: Blob | undefined
}

/** A stored upload. A record of the same id that was there before stays, with its copy. */
export interface StoredUpload {
  readonly record: UploadRecord
  readonly copy: Blob | undefined
  /** There is no copy because all copies together would exceed MAX_COPIES_BYTES. */
  readonly full: boolean
}

export type RecordChange = Pick<UploadRecord, 'id'> & Partial<UploadRecord>

export interface RecordRemoval {
  readonly id: string
  /** Removes all records of this key too; empty to remove the one record alone. */
  readonly key: string
}

export interface UploadStore {
  /** Deletes what has expired, and returns the other records. */
  sweep(live: ReadonlySet<string> | undefined): Promise<readonly UploadRecord[]>
  keep(requests: readonly KeepRequest[]): Promise<readonly StoredUpload[]>
  /** Applies the changes, then the removals. A change does not recreate a record that is gone. */
  write(changes: readonly RecordChange[], removals: readonly RecordRemoval[]): Promise<void>
}

/** How long a transaction of small records may take. */
const TIMEOUT_MILLISECONDS = 3000

/** How long a transaction that writes files may take: 100 MB at 5 MB/s, the speed of a slow phone's storage. */
const COPY_TIMEOUT_MILLISECONDS = 20_000

/** How long a chunk ceiling is believed. The proxy's limit may have been lifted since. */
const CEILING_MILLISECONDS = 7 * 24 * 3600 * 1000

export class IndexedUploadStore implements UploadStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  sweep(live: ReadonlySet<string> | undefined): Promise<readonly UploadRecord[]> {
    return this.#database.run('readwrite', TIMEOUT_MILLISECONDS, async stores => {
      const records = await allRecords(stores)
      const names = await resultOf(stores.copies.getAllKeys()) as string[]
      const sweep = planSweep(records, names, Date.now(), live)
      for (const id of sweep.records) stores.uploads.delete(id)
      for (const name of sweep.copies) stores.copies.delete(name)
      return records.filter(({ id }) => !sweep.records.includes(id))
    })
  }

  async keep(requests: readonly KeepRequest[]): Promise<readonly StoredUpload[]> {
    const stored = await this.#database.run('readwrite', COPY_TIMEOUT_MILLISECONDS, async stores => {
      const records = await allRecords(stores)
      return Promise.all(requests.map(request => keepOne(stores, records, request)))
    })
    // The copies are read back, so that the copy is sent and not the original.
    return this.#database.run('readonly', TIMEOUT_MILLISECONDS, stores => Promise.all(stored.map(async one => {
      const { copy } = one.record
      return { ...one, copy: copy === '' ? undefined : await readCopy(stores, copy) }
    })))
  }

  write(changes: readonly RecordChange[], removals: readonly RecordRemoval[]): Promise<void> {
    return this.#database.run('readwrite', TIMEOUT_MILLISECONDS, async stores => {
      for (const one of changes) await change(stores, one)
      for (const one of removals) await remove(stores, one)
    })
  }

  /** The largest chunk in bytes that is known to reach a server; 0 if unknown. */
  ceiling(origin: string): Promise<number> {
    return this.#database.run('readonly', TIMEOUT_MILLISECONDS, async stores => {
      const found = await resultOf<{ bytes: number; at: number } | undefined>(stores.ceilings.get(origin))
      return found && Date.now() - found.at < CEILING_MILLISECONDS ? found.bytes : 0
    })
  }

  async setCeiling(origin: string, bytes: number): Promise<void> {
    await this.#database.run('readwrite', TIMEOUT_MILLISECONDS, stores => resultOf(stores.ceilings.put({ bytes, at: Date.now() }, origin)))
  }
}

/** `records` are all that exist, including those that this transaction has added. */
async function keepOne(stores: Stores, records: UploadRecord[], { record, file }: KeepRequest): Promise<Omit<StoredUpload, 'copy'>> {
  const earlier = records.find(({ id, origin }) => id === record.id && origin === record.origin)
  const base = earlier ?? record
  const hasCopy = base.copy !== '' && await resultOf(stores.copies.count(base.copy)) > 0
  const full = !hasCopy && file !== undefined && copiedBytes(records) + record.size > MAX_COPIES_BYTES
  const makesCopy = !hasCopy && file !== undefined && !full
  const stored = { ...base, worker: record.worker, at: record.at, copy: hasCopy ? base.copy : makesCopy ? record.id : '' }
  records.push(stored)
  if (makesCopy) stores.copies.put(file, stored.copy)
  stores.uploads.put(stored)
  return { record: stored, full }
}

/** A record that gets the key of another one drops its own copy and shares the other's. */
async function change({ uploads, copies }: Stores, part: RecordChange): Promise<void> {
  const record = await resultOf<UploadRecord | undefined>(uploads.get(part.id))
  if (!record) return
  const changed = { ...record, ...part }
  const duplicate = changed.key === '' ? undefined : (await recordsOf(uploads, changed.key)).find(({ id, copy }) => id !== record.id && copy !== '')
  if (duplicate && changed.copy !== '' && changed.copy !== duplicate.copy) {
    copies.delete(changed.copy)
    changed.copy = duplicate.copy
  }
  await resultOf(uploads.put(changed))
}

/** A copy stays as long as a remaining record shares it. */
async function remove({ uploads, copies }: Stores, { id, key }: RecordRemoval): Promise<void> {
  const record = await resultOf<UploadRecord | undefined>(uploads.get(id))
  const duplicates = record && record.key !== '' ? await recordsOf(uploads, record.key) : []
  const removed = key === '' ? [] : await recordsOf(uploads, key)
  if (record) removed.push(record)
  const remaining = duplicates.filter(duplicate => removed.every(({ id }) => id !== duplicate.id))
  for (const one of removed) {
    uploads.delete(one.id)
    if (one.copy !== '' && remaining.every(({ copy }) => copy !== one.copy)) copies.delete(one.copy)
  }
}

function allRecords({ uploads }: Stores): Promise<UploadRecord[]> {
  return resultOf(uploads.getAll())
}

function recordsOf(uploads: IDBObjectStore, key: string): Promise<UploadRecord[]> {
  return resultOf(uploads.index('key').getAll(key))
}

/** Undefined unless the stored value is a Blob. */
async function readCopy({ copies }: Stores, name: string): Promise<Blob | undefined> {
  const found: unknown = await resultOf(copies.get(name))
  return found instanceof Blob ? found : undefined
}
