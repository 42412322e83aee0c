/**
 * The interface between the element and the engine that checks and uploads files. It does not
 * say how the engine is reached: that may be a worker of the same origin, or a frame of the
 * media server's origin. The types of verdicts mirror wasm/output.go.
 */
import type { TokenReason } from './token-reason.js'
import type { EngineChoice } from './way.js'

export type Kind = 'image' | 'video' | 'audio' | 'document' | 'sticker'
export type Purpose = 'message' | 'template' | 'profile'
export type Outcome = 'accept' | 'warn' | 'refuse'

/** One fact behind a reason: either a text, or a number with its unit ("bytes", "milliseconds", "pixels" or ""). */
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
  /** The kind that the file is sent as; empty if no kind accepts it. */
  readonly kind: Kind | ''
  /** The IANA media type detected from the bytes; empty if unknown. */
  readonly type: string
  readonly reasons: readonly Reason[]
}

/** The body of `GET /v1/assets/{id}`. Times are in RFC 3339 format. */
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

export interface Failure {
  /** For programs. The catalogue has a sentence for each code. */
  readonly code: string
  /** The server's English sentence; empty if there is none. The element prefers its own catalogue. */
  readonly message: string
  readonly retryable: boolean
  /** Values for the catalogue's sentence. */
  readonly facts: readonly Fact[]
}

export interface CheckRequest {
  readonly name: string
  /** `File.type`, which browsers derive from the file's name. */
  readonly declaredType: string
  /** The kinds that the page accepts; empty for all. */
  readonly kinds: readonly Kind[]
  readonly purposes: readonly Purpose[]
}

export interface UploadRequest {
  readonly name: string
  readonly declaredType: string
  readonly kind: Kind
  readonly purposes: readonly Purpose[]
  /** Additional Upload-Metadata pairs, from the element's `metadata` property. */
  readonly metadata: Readonly<Record<string, string>>
  /** `File.lastModified`, in milliseconds since the epoch. */
  readonly lastModified: number
  /** The verdict of the check, for a page that restores the upload. */
  readonly verdict: Verdict
  /** Where on the site the file was chosen. The upload is restored by itself only there. */
  readonly place: string
}

/** An unfinished upload of an earlier visit. */
export interface KeptUpload {
  readonly id: string
  /** The stored copy. Without one, the person must choose the file again (`supply`) unless another tab sends it. */
  readonly file: Blob | undefined
  readonly size: number
  /** Bytes that the server had acknowledged when the record was last written. */
  readonly accepted: number
  readonly paused: boolean
  readonly request: UploadRequest
}

/** Which uploads of other places an element may take over. */
export interface ElsewhereFilter {
  /** Empty for all. */
  readonly kinds: readonly Kind[]
  readonly purposes: readonly Purpose[]
  /** How many at most, the newest first. */
  readonly limit: number
  /** Places of other elements, to which their uploads return by themselves. */
  readonly taken: readonly string[]
}

/**
 * Why an upload waits. `offline`: the browser has no network. `unreachable`: it has one, and nothing answers at the
 * server's address. `server`: the server answers that it cannot serve.
 */
export type WaitReason = 'offline' | 'unreachable' | 'server' | 'stalled' | 'locked' | 'token' | 'rate'

/** An event of one upload; `id` is the element's file id. `token-needed` is about all uploads. */
export type EngineEvent =
  | { readonly type: 'started'; readonly id: string }
  /**
   * `accepted`: bytes that the server has acknowledged. `inFlight`: bytes of the current chunk that
   * have left the browser. `accepted` never decreases, except after another `started`.
   */
  | { readonly type: 'progress'; readonly id: string; readonly accepted: number; readonly inFlight: number; readonly total: number }
  /**
   * `retryInMs`: milliseconds until the upload resumes by itself; 0 if it resumes on request only.
   * `untried`: nothing was sent before, since the worker has had no token yet.
   */
  | { readonly type: 'waiting'; readonly id: string; readonly reason: WaitReason; readonly retryInMs: number; readonly untried?: boolean }
  | { readonly type: 'resumed'; readonly id: string; readonly offset: number }
  | { readonly type: 'paused'; readonly id: string }
  | { readonly type: 'cancelled'; readonly id: string }
  /**
   * The server has all bytes. It checks them, then relays them. `problem` is the reason why its last
   * attempt failed while it still retries. The event repeats when the problem appears, changes or clears.
   */
  | { readonly type: 'checking'; readonly id: string; readonly problem?: Failure }
  | { readonly type: 'relaying'; readonly id: string; readonly problem?: Failure }
  /** `clockAhead`: milliseconds by which the server's clock is ahead of this device's. */
  | { readonly type: 'done'; readonly id: string; readonly asset: Asset; readonly clockAhead?: number }
  | { readonly type: 'refused'; readonly id: string; readonly verdict: Verdict }
  | { readonly type: 'failed'; readonly id: string; readonly failure: Failure }
  /** The browser has stored a copy: the upload survives the page, the browser and the original file. */
  | { readonly type: 'kept'; readonly id: string }
  /**
   * The browser has no room for a copy, or refuses to store one. The upload continues, but ends if the
   * page is left. Choosing the same file again resumes it.
   */
  | { readonly type: 'unkept'; readonly id: string; readonly reason: 'room' | 'refused' }
  /** Another tab, or another row of this one, sends the same upload; its events follow. `over`: this upload is sent from here again. */
  | { readonly type: 'followed'; readonly id: string; readonly over?: boolean }
  /** The tab that sent this upload is gone before the end, and there is no file here to continue with. */
  | { readonly type: 'missing'; readonly id: string }
  /** Bytes were damaged in transit. The server detected it, and they are sent again. */
  | { readonly type: 'damaged'; readonly id: string }
  /** A token is needed, once for all uploads: answer with `provideToken`. */
  | { readonly type: 'token-needed'; readonly reason: TokenReason }

export interface Engine {
  /** Loads the engine before the first file is chosen. May be called repeatedly. */
  warm(): void
  check(id: string, file: Blob, request: CheckRequest): Promise<Verdict>
  /** Copies the file into the browser's storage while it is queued. `start` then needs no file. */
  keep(id: string, file: Blob, request: UploadRequest): void
  /** Sends the file. Stores a copy first unless `keep` was called. */
  start(id: string, file: Blob, request: UploadRequest): void
  /**
   * The unfinished uploads of earlier visits at this place, or else at all other places of the site; `start` with
   * their ids resumes them. Those of other places belong to this one from then on.
   * Asks for a token only if there are any, and resolves once it is known whose they are.
   * Rejects if the engine cannot run.
   */
  restore(place: string, elsewhere?: ElsewhereFilter): Promise<readonly KeptUpload[]>
  /** How many unfinished uploads of the same person wait at other places of the site, in no open page. */
  countElsewhere(place: string, filter: ElsewhereFilter): Promise<number>
  /** Gives the file to a restored upload that has no copy. False if the content differs. */
  supply(id: string, file: Blob): Promise<boolean>
  pause(id: string): void
  resume(id: string): void
  /** Ends the upload here and on the server (tus DELETE). */
  cancel(id: string): void
  /** Retries after `failed`, from the acknowledged offset. Also ends a wait. */
  retry(id: string): void
  /** Forgets a finished upload, or one that was kept and not started, and removes its copy. The id may then be kept with another request. */
  forget(id: string): void
  /** The answer to `token-needed`; `undefined` if there is no token. */
  provideToken(token: string | undefined): void
  /** Ends the waits of all uploads, when the network is back or a person asks. */
  nudge(): void
  subscribe(listener: (event: EngineEvent) => void): () => void
  /** Stops the worker until `wake`. Uploads keep their keys and URLs; commands given meanwhile take effect on `wake`. */
  suspend(): void
  /** Resumes all uploads after `suspend`, from the server's offsets. */
  wake(): void
  /** Stops the worker and forgets everything. */
  close(): void
}

/**
 * Makes an engine for an endpoint, such as "https://media.example.com/" or "https://example.com/media/".
 * `choice` fixes how it is reached; empty for whichever way works.
 */
export type EngineFactory = (endpoint: string, choice?: EngineChoice) => Engine
