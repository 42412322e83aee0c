/**
 * What is written down of an upload so that a later visit goes on with it, and
 * which of it is to be swept. No token is in it, and its owner only as a digest.
 */
import type { UploadRequest } from '../engine/engine.js'

export interface UploadRecord {
  readonly id: string
  /** The client's own name for the upload; empty until the server has named its URL. */
  readonly key: string
  /** The media server, ending in a slash. */
  readonly origin: string
  /** `ownerOf` a token; empty while no token has told. */
  readonly owner: string
  /** Who wrote it: as long as that worker lives, an unowned record may still get its owner. */
  readonly worker: string
  /** As it was asked for; its place as a digest alone, since a page's query may say what is nobody's business. */
  readonly request: UploadRequest
  /** Bytes of the file. */
  readonly size: number
  /** Lower-case hexadecimal, with the key. */
  readonly sha256: string
  /** The upload's URL; empty until the server has named it. */
  readonly url: string
  /** Bytes that the server had acknowledged, as far as was written down. */
  readonly accepted: number
  readonly paused: boolean
  /** The copy's name in the store; empty for none. Records of one key share one. */
  readonly copy: string
  /** When it was made or last taken up, in milliseconds of `Date.now()`. */
  readonly at: number
}

/** Room that all copies together may take: ten of the largest files that WhatsApp's providers take. */
export const MAX_COPIES_BYTES = 1024 ** 3

/** How long a record waits for a visit. The server has swept the unfinished upload long before. */
export const MAX_AGE_MILLISECONDS = 7 * 24 * 3600 * 1000

/** Without Web Locks nobody can say whether the worker of an unowned record lives: a day is more than any sign-in takes. */
const MAX_UNOWNED_MILLISECONDS = 24 * 3600 * 1000

export interface Sweep {
  readonly records: readonly string[]
  readonly copies: readonly string[]
}

/** What to take away. `alive` are the workers that live; undefined where that cannot be known. */
export function sweepOf(
  records: readonly UploadRecord[], copies: readonly string[], now: number, alive: ReadonlySet<string> | undefined,
): Sweep {
  const stale = records.filter(record => isStale(record, now, alive))
  const named = new Set(records.filter(record => !stale.includes(record)).map(({ copy }) => copy))
  return { records: stale.map(({ id }) => id), copies: copies.filter(copy => !named.has(copy)) }
}

function isStale(record: UploadRecord, now: number, alive: ReadonlySet<string> | undefined): boolean {
  // A page that stays open for long is still using it.
  if (alive?.has(record.worker)) return false
  const age = now - record.at
  // A clock that was put back makes times of the future; they would never grow old.
  if (age > MAX_AGE_MILLISECONDS || age < -MAX_AGE_MILLISECONDS) return true
  if (record.owner !== '') return false
  return alive !== undefined || age > MAX_UNOWNED_MILLISECONDS
}

/** Bytes that the records' copies take; a shared one counts once. */
export function copiedBytes(records: readonly UploadRecord[]): number {
  const sizes = new Map(records.filter(({ copy }) => copy !== '').map(({ copy, size }) => [copy, size]))
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}
