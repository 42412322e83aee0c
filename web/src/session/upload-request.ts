/** Builds what the engine needs to know about a file that is to be uploaded. */
import type { UploadRequest } from '../engine/engine.js'
import type { PageMetadataHost } from './page-metadata.js'
import { metadataOf } from './page-metadata.js'
import type { Upload } from './upload.js'

export interface UploadRequestHost extends PageMetadataHost {
  /** Where on the site the element stands; see `UploadRequest.place`. */
  readonly place: string
}

/** Throws a PageError if the page's metadata function fails. */
export function uploadRequestOf({ info, kind, purposes, verdict }: Upload, file: Blob, host: UploadRequestHost): UploadRequest {
  const { name, type: declaredType } = info
  return {
    name, declaredType, purposes,
    // Only a refused file has no kind, and refused files are not uploaded.
    kind: kind || 'document',
    metadata: file instanceof File ? metadataOf(file, host) : {},
    lastModified: file instanceof File ? file.lastModified : 0,
    verdict: verdict ?? { outcome: 'accept', kind, type: declaredType, reasons: [] },
    place: host.place,
  }
}
