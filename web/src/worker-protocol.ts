/** What the page and the worker say to each other. `id` is the element's file id. */
import type { CheckRequest, EngineEvent, UploadRequest, Verdict } from './engine.js'

export type ToWorker =
  /** First of all messages. */
  | { readonly type: 'open'; readonly endpoint: string }
  | { readonly type: 'check'; readonly call: number; readonly file: Blob; readonly request: CheckRequest }
  | StartMessage
  | { readonly type: UploadCommand; readonly id: string }
  | { readonly type: 'token'; readonly token: string | undefined }
  | { readonly type: 'nudge' }

/** Begins an upload, or goes on with one that another worker began. */
export interface StartMessage {
  readonly type: 'start'
  readonly id: string
  readonly file: Blob
  readonly request: UploadRequest
  /** The client's own name for the upload: a creation is not made twice under it. */
  readonly key: string
  /** The upload's URL, empty when the server has not named one. */
  readonly url: string
  /** How it begins: with the last thing that was asked for and that no worker has come to the end of. */
  readonly first: 'start' | 'pause' | 'retry' | 'cancel'
}

export type UploadCommand = 'pause' | 'resume' | 'cancel' | 'retry' | 'forget'

export type FromWorker =
  | { readonly type: 'checked'; readonly call: number; readonly verdict: Verdict }
  | { readonly type: 'event'; readonly event: EngineEvent }
  /** The server has named (or forgotten: empty) the upload's URL. */
  | { readonly type: 'located'; readonly id: string; readonly url: string }
  /** The module cannot be loaded, or has died: this worker must be replaced. */
  | { readonly type: 'dead'; readonly detail: string }
