/**
 * Whether earlier visits may have left uploads here, found without a worker: a page with many untouched elements
 * starts none. The records of a worker are in the page's own database. Those of a frame are in the media server's,
 * so the page notes that there was one.
 */
import { COPIES_STORE, DATABASE_NAME, RECORDS_STORE } from './database-name.js'
import { resultOf } from './request-result.js'
import type { EngineTarget } from './way.js'

const NOTES = 'mediarelay-frames'
const STORE = 'frames'

/** As long as records are kept (storage/records.ts). */
const NOTE_MILLISECONDS = 7 * 24 * 3600 * 1000

export async function mayHaveEarlierUploads({ endpoint }: EngineTarget): Promise<boolean> {
  try {
    const names = (await indexedDB.databases()).map(({ name }) => name)
    return names.includes(DATABASE_NAME) && await hasRecords() || names.includes(NOTES) && await hasNote(endpoint)
  } catch {
    // Without storage there is nothing. Where databases cannot be listed, the worker has to look.
    return typeof indexedDB === 'object' && indexedDB !== null && !('databases' in indexedDB)
  }
}

/** Notes that an upload goes through the frame of a media server. */
export async function noteFrame({ endpoint }: EngineTarget): Promise<void> {
  try {
    await withStore(NOTES, STORE, 'readwrite', store => store.put(Date.now(), endpoint))
  } catch {
    // Without the note the upload is restored when the person shows interest in the element.
  }
}

/** A copy without a record waits for the worker to delete it. */
async function hasRecords(): Promise<boolean> {
  const count = (name: string): Promise<number> => withStore(DATABASE_NAME, name, 'readonly', store => store.count())
  return await count(RECORDS_STORE) > 0 || await count(COPIES_STORE) > 0
}

async function hasNote(endpoint: string): Promise<boolean> {
  const at: unknown = await withStore(NOTES, STORE, 'readonly', store => store.get(endpoint))
  return typeof at === 'number' && Date.now() - at < NOTE_MILLISECONDS
}

/** Opens the database for one request. Without a version: whatever version there is stays. */
async function withStore<T>(database: string, name: string, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(database)
  if (database === NOTES) opening.onupgradeneeded = () => opening.result.createObjectStore(STORE)
  const opened = await resultOf(opening)
  try {
    return await resultOf(act(opened.transaction(name, mode, { durability: 'strict' }).objectStore(name)))
  } finally {
    opened.close()
  }
}
