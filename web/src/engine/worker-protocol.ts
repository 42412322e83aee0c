/** The messages between the page and the worker. `id` is the element's file id. */
import type { CheckRequest, ElsewhereFilter, EngineEvent, KeptUpload, UploadRequest, Verdict } from './engine.js'

export type ToWorker =
  /** Always the first message. */
  | { readonly type: 'open'; readonly endpoint: string }
  | CheckMessage
  | UploadMessage

/** A message for the upload worker, the part of the worker that is loaded for uploads. */
export type UploadMessage =
  | UploadCallMessage
  | StartMessage
  | { readonly type: UploadCommand | 'forget'; readonly id: string }
  | { readonly type: 'token'; readonly token: string | undefined }
  | { readonly type: 'nudge' }

/** A message that the worker answers with an `answer` of the same `call`. */
export type CallMessage = CheckMessage | UploadCallMessage

export interface CheckMessage {
  readonly type: 'check'
  readonly call: number
  readonly file: Blob
  readonly request: CheckRequest
}

export type UploadCallMessage =
  | { readonly type: 'restore'; readonly call: number; readonly place: string; readonly elsewhere: ElsewhereFilter | undefined }
  | { readonly type: 'count-elsewhere'; readonly call: number; readonly place: string; readonly elsewhere: ElsewhereFilter }
  | { readonly type: 'supply'; readonly call: number; readonly id: string; readonly file: Blob }

export interface CallAnswers {
  readonly check: Verdict
  readonly restore: readonly KeptUpload[]
  readonly 'count-elsewhere': number
  readonly supply: boolean
}

/** Stores an upload's file, or starts the upload, or resumes one that another worker started. */
export interface StartMessage {
  readonly type: 'keep' | 'start'
  readonly id: string
  /** Undefined if the worker should use its stored copy. */
  readonly file: Blob | undefined
  readonly size: number
  readonly request: UploadRequest
  /** The upload's URL; empty until the server has assigned one. */
  readonly url: string
  readonly first: FirstCommand
}

/** The command that an upload begins with: the last one that no worker has completed. */
export type FirstCommand = 'start' | 'pause' | 'retry' | 'cancel'

export type UploadCommand = 'pause' | 'resume' | 'cancel' | 'retry'

export type FromWorker =
  | { readonly type: 'answer'; readonly call: number; readonly answer: CallAnswers[keyof CallAnswers] }
  | { readonly type: 'event'; readonly event: EngineEvent }
  /** The server has assigned the upload's URL, or has forgotten the upload (empty). */
  | { readonly type: 'located'; readonly id: string; readonly url: string }
  /** The module failed to load or has crashed: the page must replace this worker. */
  | { readonly type: 'dead'; readonly detail: string }

/** The command that the next worker begins with if this one stops before it completes the given command. */
export const FIRST = { pause: 'pause', resume: 'start', retry: 'retry', cancel: 'cancel' } as const satisfies Record<UploadCommand, FirstCommand>

/** The command that the next worker begins with if this one stops after the given event. */
export function firstAfter(event: EngineEvent['type'], first: FirstCommand): FirstCommand {
  switch (event) {
    case 'paused':
      return first === 'cancel' ? first : 'pause'
    case 'checking':
      // The server has all bytes. The pause came too late, and the next worker must watch the upload.
      return first === 'pause' ? 'start' : first
    case 'started': case 'resumed': case 'relaying':
      return first === 'cancel' ? first : 'start'
  }
  return first
}
