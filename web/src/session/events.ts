/**
 * The element's events. Each bubbles, is composed and carries a detail that
 * `structuredClone` accepts, so that a page can post it to a worker or a frame.
 */
import type { Asset, Verdict, WaitReason } from '../engine/engine.js'
import type { TokenReason } from '../engine/token-reason.js'
import type { TokenProblem } from './token-answer.js'
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
 * The upload retries by itself in `retryInMs` milliseconds; 0 if the time is not known. `reason` is why
 * the upload waits, or, with all bytes on the server, the code of the problem there, which `error` describes.
 */
export type RetryDetail =
  | { readonly reason: WaitReason; readonly retryInMs: number }
  | { readonly reason: string; readonly retryInMs: number; readonly error: ErrorDetail }

/** Event names and the types of their details. */
export interface MediaUploadDetails {
  /** Cancelable: if prevented, the file is not added. */
  'file-added': FileEventDetail
  'file-checked': FileEventDetail & { readonly verdict: Verdict }
  'file-refused': FileEventDetail & { readonly verdict: Verdict }
  /** Cancelable: if prevented, the upload stays ready. */
  'upload-start': FileEventDetail
  /** `bytesShown` is `bytesAccepted`, which the server has acknowledged, plus the bytes in flight. */
  'upload-progress': FileEventDetail & { readonly bytesAccepted: number; readonly bytesShown: number; readonly bytesTotal: number }
  'upload-stalled': FileEventDetail
  'upload-retry': FileEventDetail & RetryDetail
  'upload-pause': FileEventDetail
  'upload-resume': FileEventDetail
  'relay-start': FileEventDetail
  'upload-success': FileEventDetail & { readonly asset: Asset }
  'upload-error': FileEventDetail & { readonly error: ErrorDetail }
  /** Uploads of an earlier visit are in the list again and resume if they can. */
  restored: { readonly files: readonly FileDetail[] }
  /** `code`: the page has no token (`token_missing`), `getToken` returned something else (`token_invalid`), or the server rejects it (`token_rejected`). */
  'auth-required': { readonly reason: TokenReason; readonly code: TokenProblem }
  /** Every file is done, refused or failed; the numbers say how many. */
  complete: { readonly files: readonly FileDetail[]; readonly succeeded: number; readonly refused: number; readonly failed: number }
}

/** Whether a page may prevent what an event announces. */
export function isCancelable(name: keyof MediaUploadDetails): boolean {
  return name === 'file-added' || name === 'upload-start'
}

export type MediaUploadEventMap = {
  [N in keyof MediaUploadDetails]: CustomEvent<MediaUploadDetails[N]>
}
