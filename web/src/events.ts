/**
 * The element's events: each bubbles, is composed, and carries a detail that
 * `structuredClone` takes, so that a page may post it on.
 */
import type { Asset, Verdict, WaitReason } from './engine.js'
import type { TokenReason } from './token.js'
import type { FileDetail } from './upload.js'

export interface ErrorDetail {
  readonly code: string
  readonly message: string
  readonly retryable: boolean
}

export interface FileEventDetail {
  readonly file: FileDetail
}

/** Event names and the shapes of their details. */
export interface MediaUploadDetails {
  /** Cancelable: a prevented file is not added. */
  'file-added': FileEventDetail
  'file-checked': FileEventDetail & { readonly verdict: Verdict }
  'file-refused': FileEventDetail & { readonly verdict: Verdict }
  /** Cancelable: a prevented upload stays ready. */
  'upload-start': FileEventDetail
  /** `bytesShown` adds what is in flight to what the server acknowledged. */
  'upload-progress': FileEventDetail & { readonly bytesAccepted: number; readonly bytesShown: number; readonly bytesTotal: number }
  'upload-stalled': FileEventDetail
  /** A further try follows by itself; `retryInMs` is 0 when it has no time. */
  'upload-retry': FileEventDetail & { readonly reason: WaitReason; readonly retryInMs: number }
  'upload-pause': FileEventDetail
  'upload-resume': FileEventDetail
  'relay-start': FileEventDetail
  'upload-success': FileEventDetail & { readonly asset: Asset }
  'upload-error': FileEventDetail & { readonly error: ErrorDetail }
  'auth-required': { readonly reason: TokenReason }
  /** Nothing is left to do: every file is done, refused or failed. */
  complete: { readonly files: readonly FileDetail[] }
}

export type MediaUploadEventMap = {
  [N in keyof MediaUploadDetails]: CustomEvent<MediaUploadDetails[N]>
}
