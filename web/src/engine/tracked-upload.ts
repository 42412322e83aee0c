/** What the page remembers of one upload, so that a new worker can resume it. */
import type { EngineEvent } from './engine.js'
import type { Connection } from './connection.js'
import { firstAfter, type StartMessage } from './worker-protocol.js'

export interface TrackedUpload {
  /** The message that hands the upload to a new worker. */
  start: StartMessage
  /** A `failed` upload is handed to a new worker only if the person retries it, an `ended` one never. */
  state: 'running' | 'failed' | 'ended'
  /** The connection to the worker that has the upload. */
  worker: Connection | undefined
  /** Bytes that the server has acknowledged. */
  accepted: number
}

/** An upload that `worker` has; undefined for one that must be handed to a worker. */
export function trackUpload(start: Omit<StartMessage, 'first'>, worker?: Connection): TrackedUpload {
  return { start: { ...start, first: 'start' }, state: 'running', worker, accepted: 0 }
}

/** Applies an event of the upload. Returns whether more bytes were acknowledged than before. */
export function trackEvent(upload: TrackedUpload, event: EngineEvent): boolean {
  upload.start = { ...upload.start, first: firstAfter(event.type, upload.start.first) }
  switch (event.type) {
    case 'progress': {
      const advanced = event.accepted > upload.accepted
      if (advanced) upload.accepted = event.accepted
      return advanced
    }
    case 'failed':
      upload.state = 'failed'
      return false
    case 'done': case 'refused': case 'cancelled':
      upload.state = 'ended'
  }
  return false
}
