/** The page's Upload-Metadata for a file: checked, so that a mistake of the page is reported and reaches neither engine nor server. */
import { describeValue } from '../engine/page-warning.js'
import { PageError } from './page-error.js'

export interface PageMetadataHost {
  /** The element's property: an object, or a function that returns one for a file. */
  readonly metadata: unknown
  /** Reports a mistake of the page to its developer. */
  warn(text: string): void
}

/** Keys of the engine, which the page cannot set. */
const reserved = new Set(['filename', 'filetype', 'purpose', 'kind', 'sha256', 'key'])

/** The keys that tus allows: printable ASCII without space and comma. Source: tus 1.0.0, Upload-Metadata. */
const validKey = /^[!-+\--~]+$/

/** Throws a PageError if the page's function fails: without its metadata the page may lose track of the file. */
export function metadataOf(file: File, host: PageMetadataHost): Readonly<Record<string, string>> {
  const { metadata } = host
  const pairs: unknown = typeof metadata === 'function' ? call(metadata, file, host) : metadata
  if (pairs === undefined || pairs === null) return {}
  if (typeof pairs !== 'object' || Array.isArray(pairs)) {
    host.warn(`metadata must be an object of texts, not ${describeValue(pairs)}; the file has none`)
    return {}
  }
  return Object.fromEntries(Object.entries(pairs).flatMap(([key, value]) => pairOf(key, value, host)))
}

function call(metadata: Function, file: File, host: PageMetadataHost): unknown {
  let result: unknown
  try {
    result = metadata(file)
  } catch (error) {
    host.warn(`the page's metadata function failed: ${String(error)}`)
    throw new PageError('page_error', 'metadata failed', { cause: error })
  }
  if (!(result instanceof Promise)) return result
  host.warn('the metadata function must return an object, not a promise')
  result.catch(() => {})
  throw new PageError('page_error', 'metadata is a promise')
}

function pairOf(key: string, value: unknown, host: PageMetadataHost): readonly [string, string][] {
  if (reserved.has(key)) host.warn(`the metadata key ${describeValue(key)} is reserved; it was left out`)
  else if (!validKey.test(key)) host.warn(`the metadata key ${describeValue(key)} must be ASCII without spaces and commas; it was left out`)
  else if (typeof value === 'string') return [[key, value]]
  else if (typeof value === 'number' || typeof value === 'boolean') return [[key, String(value)]]
  else if (value !== undefined && value !== null) host.warn(`the metadata value of ${describeValue(key)} must be a text, not ${describeValue(value)}; it was left out`)
  return []
}
