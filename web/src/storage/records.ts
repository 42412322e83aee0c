/**
 * The record of an upload, from which a later visit resumes it, and the rules by which records
 * expire. A record holds no token; its owner is a hash.
 */
import type { UploadRequest } from '../engine/engine.js'

export interface UploadRecord {
  readonly id: string
  /** The client's own name for the upload; empty until the server has assigned its URL. */
  readonly key: string
  /** The media server, ending in a slash. */
  readonly origin: string
  /** As read from a token by `ownerOf`; empty until there was a token. */
  readonly owner: string
  /** The worker that wrote the record. While it runs, a record without an owner may still get one. */
  readonly worker: string
  /** The request, with its place hashed: a page's query may be confidential. */
  readonly request: UploadRequest
  /** The file's size in bytes. */
  readonly size: number
  /** SHA-256 of the file in lower-case hexadecimal; written with the key. */
  readonly sha256: string
  /** The upload's URL; empty until the server has assigned it. */
  readonly url: string
  /** Bytes that the server had acknowledged at the last write. */
  readonly accepted: number
  readonly paused: boolean
  /** The name of the copy in the store; empty for none. Records with the same key share a copy. */
  readonly copy: string
  /** When the record was created or last restored, in milliseconds since the epoch. */
  readonly at: number
}

/** The most bytes that all copies together may take: ten of the largest files that WhatsApp's providers accept. */
export const MAX_COPIES_BYTES = 1024 ** 3

/** How long a record is kept. The server deletes an unfinished upload long before that. */
export const MAX_AGE_MILLISECONDS = 7 * 24 * 3600 * 1000

/** How long a record without an owner is kept if Web Locks cannot tell whether its worker runs. No sign-in takes a day. */
const MAX_UNOWNED_MILLISECONDS = 24 * 3600 * 1000

/** The ids of the records and the names of the copies to delete. */
export interface Sweep {
  readonly records: readonly string[]
  readonly copies: readonly string[]
}

/** Decides what has expired. `live` are the running workers; undefined if they are unknown. */
export function planSweep(
  records: readonly UploadRecord[], copies: readonly string[], now: number, live: ReadonlySet<string> | undefined,
): Sweep {
  const expired = records.filter(record => isExpired(record, now, live))
  const named = new Set(records.filter(record => !expired.includes(record)).map(({ copy }) => copy))
  return { records: expired.map(({ id }) => id), copies: copies.filter(copy => !named.has(copy)) }
}

function isExpired(record: UploadRecord, now: number, live: ReadonlySet<string> | undefined): boolean {
  // A page that has been open for a week still uses its records.
  if (live?.has(record.worker)) return false
  const age = now - record.at
  // A clock that was set back leaves records in the future, which would never expire.
  if (age > MAX_AGE_MILLISECONDS || age < -MAX_AGE_MILLISECONDS) return true
  if (record.owner !== '') return false
  return live !== undefined || age > MAX_UNOWNED_MILLISECONDS
}

/** Bytes that the records' copies take; a shared copy counts once. */
export function copiedBytes(records: readonly UploadRecord[]): number {
  const sizes = new Map(records.filter(({ copy }) => copy !== '').map(({ copy, size }) => [copy, size]))
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}
