/**
 * The browser's own database for one purpose: what must outlive the page. Knows
 * transactions and patience, and nothing of what is kept in it.
 *
 * Every wait is bounded: a browser's database can stand still for as long as
 * another tab, a full disk or a broken profile pleases, and no upload may.
 */
const NAME = 'mediarelay'
const VERSION = 1

/** Milliseconds for opening it. */
const OPEN_PATIENCE = 3000

/** `uploads`: small records. `copies`: Blobs by the id of the record that made them. `ceilings`: by origin. */
const STORES = ['uploads', 'copies', 'ceilings'] as const

export type Stores = Readonly<Record<(typeof STORES)[number], IDBObjectStore>>

export class Database {
  #opening: Promise<IDBDatabase> | undefined

  /** Runs all of `work` or nothing of it, within so many milliseconds. */
  async run<T>(mode: IDBTransactionMode, patience: number, work: (stores: Stores) => Promise<T>): Promise<T> {
    let transaction: IDBTransaction | undefined
    const run = async (): Promise<T> => {
      const database = await within(OPEN_PATIENCE, this.#open())
      transaction = database.transaction(STORES, mode, { durability: 'strict' })
      const [result] = await Promise.all([work(storesOf(transaction)), endOf(transaction)])
      return result
    }
    try {
      return await within(patience, run())
    } catch (error) {
      abort(transaction)
      throw error
    }
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

/** What a request came to. */
export function answerTo<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** Fails with a TimeoutError where there is no answer within so many milliseconds. */
export function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DOMException('no answer', 'TimeoutError')), milliseconds)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function open(closed: () => void): Promise<IDBDatabase> {
  const opening = indexedDB.open(NAME, VERSION)
  opening.onupgradeneeded = () => {
    for (const name of STORES) opening.result.createObjectStore(name, name === 'uploads' ? { keyPath: 'id' } : {})
    opening.transaction?.objectStore('uploads').createIndex('key', 'key')
  }
  return answerTo(opening).then(database => {
    // Somebody deletes the database, or a newer version of this code opens it: this one must not be in the way.
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

function endOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new DOMException('the transaction was ended', 'AbortError'))
  })
}

/** One that has ended already says so by an exception. */
function abort(transaction: IDBTransaction | undefined): void {
  try {
    transaction?.abort()
  } catch {
    // Nothing is left to abort.
  }
}
