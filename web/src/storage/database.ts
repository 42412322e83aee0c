/**
 * The browser's database (IndexedDB) for what must outlive the page: transactions with time
 * limits. It leaves the records to upload-store.ts.
 *
 * Every wait is bounded. Another tab, a full disk or a broken profile can block a browser's
 * database indefinitely, and no upload may wait for that.
 */
import { COPIES_STORE, DATABASE_NAME, RECORDS_STORE } from '../engine/database-name.js'
import { resultOf } from '../engine/request-result.js'

const VERSION = 1

/** How long opening the database may take. */
const OPEN_TIMEOUT_MILLISECONDS = 3000

/** `uploads`: small records. `copies`: Blobs, by the id of the record that stored them. `ceilings`: chunk sizes, by origin. */
const STORES = [RECORDS_STORE, COPIES_STORE, 'ceilings'] as const

export type Stores = Readonly<Record<(typeof STORES)[number], IDBObjectStore>>

export class Database {
  #opening: Promise<IDBDatabase> | undefined

  /** Runs `work` as one transaction, and aborts it after `timeout` milliseconds. */
  async run<T>(mode: IDBTransactionMode, timeout: number, work: (stores: Stores) => Promise<T>): Promise<T> {
    let transaction: IDBTransaction | undefined
    const run = async (): Promise<T> => {
      const database = await withTimeout(OPEN_TIMEOUT_MILLISECONDS, this.#open())
      transaction = database.transaction(STORES, mode, { durability: 'strict' })
      const [result] = await Promise.all([work(storesOf(transaction)), completionOf(transaction)])
      return result
    }
    try {
      return await withTimeout(timeout, run())
    } catch (error) {
      abort(transaction)
      throw error
    }
  }

  /** The next run opens it again. */
  close(): void {
    this.#opening?.then(database => database.close(), () => {})
    this.#opening = undefined
  }

  #open(): Promise<IDBDatabase> {
    const forget = (): void => { this.#opening = undefined }
    this.#opening ??= open(forget).catch((error: unknown) => {
      forget()
      throw error
    })
    return this.#opening
  }
}

/** Rejects with a TimeoutError if `promise` takes longer than so many milliseconds. */
export function withTimeout<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DOMException('no answer', 'TimeoutError')), milliseconds)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function open(closed: () => void): Promise<IDBDatabase> {
  const opening = indexedDB.open(DATABASE_NAME, VERSION)
  opening.onupgradeneeded = () => {
    for (const name of STORES) opening.result.createObjectStore(name, name === RECORDS_STORE ? { keyPath: 'id' } : {})
    opening.transaction?.objectStore(RECORDS_STORE).createIndex('key', 'key')
  }
  return resultOf(opening).then(database => {
    // An open connection blocks whoever deletes the database, or opens it with a newer version of this code.
    database.onversionchange = () => {
      database.close()
      closed()
    }
    database.onclose = closed
    return database
  })
}

function storesOf(transaction: IDBTransaction): Stores {
  const [uploads, copies, ceilings] = STORES
  return {
    uploads: transaction.objectStore(uploads),
    copies: transaction.objectStore(copies),
    ceilings: transaction.objectStore(ceilings),
  }
}

function completionOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new DOMException('the transaction was aborted', 'AbortError'))
  })
}

function abort(transaction: IDBTransaction | undefined): void {
  try {
    transaction?.abort()
  } catch {
    // It has finished already.
  }
}
