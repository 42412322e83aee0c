/** What the engine is asked for, once a file is to be sent. */
import type { UploadRequest } from '../engine/engine.js'
import type { Upload } from './upload.js'

export interface RequestHost {
  /** Where on the site the element stands. */
  readonly place: string
  metadataOf(file: File): Readonly<Record<string, string>>
}

export function requestOf({ facts, kind, purposes, verdict }: Upload, file: Blob, host: RequestHost): UploadRequest {
  const { name, type: declaredType } = facts
  return {
    name, declaredType, purposes,
    // Only a refused file has no kind, and none of those comes here.
    kind: kind || 'document',
    metadata: file instanceof File ? host.metadataOf(file) : {},
    lastModified: file instanceof File ? file.lastModified : 0,
    verdict: verdict ?? { outcome: 'accept', kind, type: declaredType, reasons: [] },
    place: host.place,
  }
}
