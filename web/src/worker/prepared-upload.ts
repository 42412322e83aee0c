/** An upload that is ready to be sent, and its Upload-Metadata: the engine's own pairs, then those of the page. */
import type { UploadRequest } from '../engine/engine.js'
import type { FileSource } from './file-source.js'

export interface PreparedUpload {
  readonly source: FileSource
  readonly request: UploadRequest
  readonly key: string
  /** The upload's URL; empty until the server has assigned it. */
  readonly url: string
  /** The last event was a hold, so the next request is reported as `resumed`. */
  readonly held: boolean
}

/** Keys of the engine. The page's `metadata` cannot set them. */
const OWN_KEYS = new Set(['filename', 'filetype', 'purpose', 'kind', 'sha256', 'key'])

/** The keys that tus allows: printable ASCII without space and comma. Source: tus 1.0.0, Upload-Metadata. */
const VALID_KEY = /^[!-+\--~]+$/

export function uploadMetadata({ request, key, source }: PreparedUpload): (readonly [key: string, value: string])[] {
  const own: (readonly [string, string])[] = [
    ['filename', request.name], ['filetype', request.declaredType], ['purpose', request.purposes.join(',')],
    ['kind', request.kind], ['sha256', source.sha256], ['key', key],
  ]
  const others = Object.entries(request.metadata).filter(([name]) => VALID_KEY.test(name) && !OWN_KEYS.has(name))
  return [...own, ...others].filter(([, value]) => value !== '')
}

/** The URLs that the state machine needs, on a media server that ends in a slash. */
export function urlsOf(origin: string): { readonly files: string; readonly uploads: string; readonly assets: string } {
  return { files: `${origin}files/`, uploads: `${origin}v1/uploads/`, assets: `${origin}v1/assets` }
}
