/**
 * The element's events: each bubbles, is composed, and carries a detail that
 * `structuredClone` takes, so that a page may post it on.
 */
import type { Asset, Verdict, WaitReason } from '../engine/engine.js'
import type { TokenReason } from '../engine/token-reason.js'
import type { FileDetail } from './upload.js'

export interface ErrorDetail {
  readonly code: string
  readonly message: string
  readonly retryable: boolean
}

export interface FileEventDetail {
  readonly file: FileDetail
}

/**
 * A further try follows by itself, in `retryInMs`; 0 when it has no time. `reason` is why the
 * upload stands still, or with all bytes safe the code of what went wrong on the server, in words in `error`.
 */
export type RetryDetail =
  | { readonly reason: WaitReason; readonly retryInMs: number }
  | { readonly reason: string; readonly retryInMs: number; readonly error: ErrorDetail }

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
  'upload-retry': FileEventDetail & RetryDetail
  'upload-pause': FileEventDetail
  'upload-resume': FileEventDetail
  'relay-start': FileEventDetail
  'upload-success': FileEventDetail & { readonly asset: Asset }
  'upload-error': FileEventDetail & { readonly error: ErrorDetail }
  /** Uploads of an earlier visit are in the list again, and go on where they can. */
  restored: { readonly files: readonly FileDetail[] }
  'auth-required': { readonly reason: TokenReason }
  /** Nothing is left to do: every file is done, refused or failed. */
  complete: { readonly files: readonly FileDetail[] }
}

export type MediaUploadEventMap = {
  [N in keyof MediaUploadDetails]: CustomEvent<MediaUploadDetails[N]>
}
