/**
 * What the element needs of the engine that checks and sends files, and nothing
 * about how it is reached: a worker of the same origin today, a frame of the
 * media server's origin for portals on another one. The element does not know which.
 *
 * Mirrors the border of wasm/ (verdict and states) and DESIGN section 4.4 (asset).
 */

export type Kind = 'image' | 'video' | 'audio' | 'document' | 'sticker'
export type Purpose = 'message' | 'template' | 'profile'
export type Outcome = 'accept' | 'warn' | 'refuse'

/** One fact behind a reason: a text, or a number with a unit ("bytes", "milliseconds", "pixels" or ""). */
export interface Fact {
  readonly name: string
  readonly text?: string
  readonly number?: number
  readonly unit?: string
}

export interface Reason {
  readonly code: string
  readonly severity: 'warn' | 'refuse'
  readonly facts: readonly Fact[]
  readonly fixes: readonly string[]
}

export interface Verdict {
  readonly outcome: Outcome
  /** What the file is sent as; empty when no kind takes it. */
  readonly kind: Kind | ''
  /** The IANA media type found from the bytes; empty when unknown. */
  readonly type: string
  readonly reasons: readonly Reason[]
}

/** DESIGN 4.4: `GET /v1/assets/{id}`. Times are RFC 3339. */
export interface Asset {
  readonly id: string
  readonly sha256: string
  readonly filename: string
  readonly type: string
  readonly kind: Kind
  readonly size: number
  readonly created_at: string
  readonly created_by: string
  readonly media_id?: string
  readonly media_id_expires_at?: string
  readonly handle?: string
  readonly handle_expires_at?: string
}

/** What went wrong, for programs (code), for the person (looked up by code) and for retrying. */
export interface Failure {
  readonly code: string
  /** The server's English sentence, where it gave one; the element prefers its own catalogue. */
  readonly message: string
  readonly retryable: boolean
  /** Facts that the catalogue's sentence for `code` may use. */
  readonly facts: readonly Fact[]
}

export interface CheckRequest {
  readonly name: string
  /** The browser's opinion, `File.type`. */
  readonly declaredType: string
  /** Kinds that the page takes; empty for all. */
  readonly kinds: readonly Kind[]
  readonly purposes: readonly Purpose[]
}

export interface UploadRequest {
  readonly name: string
  readonly declaredType: string
  readonly kind: Kind
  readonly purposes: readonly Purpose[]
  /** Further Upload-Metadata pairs from the element's `metadata` property. */
  readonly metadata: Readonly<Record<string, string>>
  /** The file's own time, in milliseconds of `Date.now()`. */
  readonly lastModified: number
  /** What was said of the file, for the page that takes it up again. */
  readonly verdict: Verdict
  /** Where on the site it was chosen, so that it comes back there: a path, a query and the element's name. Never a fragment. */
  readonly place: string
}

/** An upload that an earlier visit has left. */
export interface KeptUpload {
  readonly id: string
  /** Without a copy the person must choose the file again (`supply`), unless another tab sends it. */
  readonly file: Blob | undefined
  readonly size: number
  /** Bytes that the server had acknowledged, as far as was written down. */
  readonly accepted: number
  readonly paused: boolean
  readonly request: UploadRequest
}

/** Why an upload stands still, and when it goes on by itself (milliseconds from now; 0 = when asked). */
export type WaitReason = 'offline' | 'server' | 'stalled' | 'locked' | 'token' | 'rate'

/** What the engine tells of one upload. `id` is the element's file id. */
export type EngineEvent =
  | { readonly type: 'started'; readonly id: string }
  /** `accepted`: bytes that the server acknowledged. `inFlight`: bytes of the running chunk that left. Never runs backward as a sum that was shown acknowledged. */
  | { readonly type: 'progress'; readonly id: string; readonly accepted: number; readonly inFlight: number; readonly total: number }
  | { readonly type: 'waiting'; readonly id: string; readonly reason: WaitReason; readonly retryInMs: number }
  | { readonly type: 'resumed'; readonly id: string; readonly offset: number }
  | { readonly type: 'paused'; readonly id: string }
  | { readonly type: 'cancelled'; readonly id: string }
  /**
   * All bytes are safe on the server; it checks them again, and hands them over. `problem` is why its last
   * attempt came to nothing, while a next one follows by itself. Told again when the problem comes, changes or goes.
   */
  | { readonly type: 'checking'; readonly id: string; readonly problem?: Failure }
  | { readonly type: 'relaying'; readonly id: string; readonly problem?: Failure }
  | { readonly type: 'done'; readonly id: string; readonly asset: Asset }
  | { readonly type: 'refused'; readonly id: string; readonly verdict: Verdict }
  | { readonly type: 'failed'; readonly id: string; readonly failure: Failure }
  /** The file is in the browser's own store: the upload survives the page, the browser and the original. */
  | { readonly type: 'kept'; readonly id: string }
  /** The browser has no room for a copy, or refuses one. Goes on all the same; leaving the page would end it, and the same file chosen again goes on. */
  | { readonly type: 'unkept'; readonly id: string; readonly reason: 'room' | 'refused' }
  /** Another tab, or another row of this one, sends the same upload; its events are told here. `over`: it has let go, and this one sends. */
  | { readonly type: 'followed'; readonly id: string; readonly over?: boolean }
  /** Of one without a file that has followed another tab: that one has gone before the end, and the file is needed here. */
  | { readonly type: 'missing'; readonly id: string }
  /** Bytes have changed on the way. It was found, and they are sent again. */
  | { readonly type: 'damaged'; readonly id: string }
  /** A token is needed, once for all uploads: answer with `provideToken`. */
  | { readonly type: 'token-needed'; readonly reason: 'missing' | 'expired' }

export interface Engine {
  /** Loads what the engine needs, ahead of the first file. Safe to call often. */
  warm(): void
  check(id: string, file: Blob, request: CheckRequest): Promise<Verdict>
  /** Copies the file into the browser's own store, ahead of its turn; `start` follows and needs no file again. */
  keep(id: string, file: Blob, request: UploadRequest): void
  /** Sends the file; keeps it first where `keep` was not called. */
  start(id: string, file: Blob, request: UploadRequest): void
  /**
   * What earlier visits have left at this place. Resolves when a token has told whose
   * they are; empty when there is nothing, and then asks for no token. `start` with their ids goes on.
   * Rejects where the engine cannot run: nobody knows then what there is.
   */
  restore(place: string): Promise<readonly KeptUpload[]>
  /** The file of a restored upload that has no copy. False when its content is another. */
  supply(id: string, file: Blob): Promise<boolean>
  pause(id: string): void
  resume(id: string): void
  /** Ends the upload here and on the server (tus DELETE). */
  cancel(id: string): void
  /** After `failed`: tries again from what is already safe. Also ends a wait at once. */
  retry(id: string): void
  /** Forgets a finished file, or one that was kept and not started: its copy goes, and it may be kept anew with another request. */
  forget(id: string): void
  /** The answer to `token-needed`; `undefined` when none could be had. */
  provideToken(token: string | undefined): void
  /** Network came back, or the person asked: every waiting upload tries now. */
  nudge(): void
  subscribe(listener: (event: EngineEvent) => void): () => void
  /**
   * Stops the worker, for as long as `wake` is not called. Every upload is kept with
   * its key and its URL; what is asked of it meanwhile counts from the `wake` on.
   */
  suspend(): void
  /** Goes on after `suspend`: from the server's offset, or with the watch where all bytes are there. */
  wake(): void
  /** Stops the worker and forgets everything. */
  close(): void
}

/** Makes an engine for an endpoint (an origin, such as "https://media.example.com"). */
export type EngineFactory = (endpoint: string) => Engine
