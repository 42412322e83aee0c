/**
 * The messages between the page and the worker. Each element talks to the worker through a port of its own, which
 * `ConnectMessage` brings; what is about the worker as a whole passes outside the ports. `id` is the element's file id.
 *
 * A page may meet a worker of another version of this code, in the frame of the media server: a change that an
 * older worker would not understand needs another protocol number (scripts/buildweb).
 */
import type { CheckRequest, ElsewhereFilter, EngineEvent, KeptUpload, UploadRequest, Verdict } from './engine.js'

/** Gives the worker the port of one element, the client. */
export interface ConnectMessage {
  readonly type: 'connect'
  readonly client: number
  readonly endpoint: string
  /** The origin of the page around the frame, whose uploads are kept apart from other pages'; empty without a frame. */
  readonly site: string
}

/** The page's first message to the frame. Its port carries `ConnectMessage` to the frame and `FromProcess` to the page. */
export interface FrameGreeting {
  readonly type: 'mediarelay-engine'
}

/** What a worker says about itself, to the page that started it. */
export type FromProcess =
  /** The first message from a frame: it starts the worker. */
  | { readonly type: 'starting' }
  /** The first message from a worker: it can take clients. */
  | { readonly type: 'ready'; readonly protocol: number }
  /** A policy forbids what the worker needs. */
  | { readonly type: 'forbidden'; readonly directive: string }
  /** The module failed to load or has crashed: the page must replace this worker. `client` is whose call did it; 0 for nobody's. */
  | { readonly type: 'dead'; readonly detail: string; readonly client: number }
  /** The worker's script could not be loaded. */
  | { readonly type: 'failed'; readonly detail: string }

/** A message of a client. */
export type ToWorker =
  | CheckMessage
  | UploadMessage
  /** The last message: stops the client's uploads, whose records stay. */
  | { readonly type: 'close' }

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

/** A message to a client. */
export type FromWorker =
  | { readonly type: 'answer'; readonly call: number; readonly answer: CallAnswers[keyof CallAnswers] }
  | { readonly type: 'event'; readonly event: EngineEvent }
  /** The server has assigned the upload's URL, or has forgotten the upload (empty). */
  | { readonly type: 'located'; readonly id: string; readonly url: string }

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
