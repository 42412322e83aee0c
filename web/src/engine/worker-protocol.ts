/** What the page and the worker say to each other. `id` is the element's file id. */
import type { CheckRequest, EngineEvent, KeptUpload, UploadRequest, Verdict } from './engine.js'

export type ToWorker =
  /** First of all messages. */
  | { readonly type: 'open'; readonly endpoint: string }
  | CheckMessage
  | SendingMessage

/** What is for the part of the worker that sends. */
export type SendingMessage =
  | SendingCallMessage
  | StartMessage
  | { readonly type: UploadCommand; readonly id: string }
  | { readonly type: 'token'; readonly token: string | undefined }
  | { readonly type: 'nudge' }

/** What is answered by an `answer` of the same number. */
export type CallMessage = CheckMessage | SendingCallMessage

export interface CheckMessage {
  readonly type: 'check'
  readonly call: number
  readonly file: Blob
  readonly request: CheckRequest
}

export type SendingCallMessage =
  | { readonly type: 'restore'; readonly call: number; readonly place: string }
  | { readonly type: 'supply'; readonly call: number; readonly id: string; readonly file: Blob }

export interface CallAnswers {
  readonly check: Verdict
  readonly restore: readonly KeptUpload[]
  readonly supply: boolean
}

/** Keeps an upload, begins it, or goes on with one that another worker began. */
export interface StartMessage {
  readonly type: 'keep' | 'start'
  readonly id: string
  /** Without one, the worker has the copy, or nobody has. */
  readonly file: Blob | undefined
  readonly size: number
  readonly request: UploadRequest
  /** The upload's URL, empty when the server has not named one. */
  readonly url: string
  readonly first: FirstCommand
}

/** How an upload begins: with the last thing that was asked for and that no worker has come to the end of. */
export type FirstCommand = 'start' | 'pause' | 'retry' | 'cancel'

export type UploadCommand = 'pause' | 'resume' | 'cancel' | 'retry' | 'forget'

export type FromWorker =
  | { readonly type: 'answer'; readonly call: number; readonly answer: CallAnswers[keyof CallAnswers] }
  | { readonly type: 'event'; readonly event: EngineEvent }
  /** The server has named (or forgotten: empty) the upload's URL. */
  | { readonly type: 'located'; readonly id: string; readonly url: string }
  /** The module cannot be loaded, or has died: this worker must be replaced. */
  | { readonly type: 'dead'; readonly detail: string }

/** What a command leaves for whoever takes the upload up later. */
export const FIRST = { pause: 'pause', resume: 'start', retry: 'retry', cancel: 'cancel' } as const satisfies Record<
  Exclude<UploadCommand, 'forget'>, FirstCommand
>

/** What the next one begins with, once this one has told of an event. */
export function firstAfter(event: EngineEvent['type'], first: FirstCommand): FirstCommand {
  switch (event) {
    case 'paused':
      return first === 'cancel' ? first : 'pause'
    case 'checking':
      // All bytes are there: the pause came too late, and what is left must be watched.
      return first === 'pause' ? 'start' : first
    case 'started': case 'resumed': case 'relaying':
      return first === 'cancel' ? first : 'start'
  }
  return first
}
