/**
 * The states of an upload and the events that move it from one to another. `transition`
 * is pure, so that a table can test every move.
 */
import type { Asset, EngineEvent, Failure, Verdict, WaitReason } from '../engine/engine.js'

export type UploadState =
  /** The engine reads a few ranges of the file to find out whether WhatsApp would deliver it. */
  | { readonly name: 'checking' }
  /** Can be uploaded; without `auto-start` it waits for a click. */
  | { readonly name: 'ready' }
  /** From an earlier visit, without a copy of the file. `comparing`: a chosen file is being compared with it. */
  | { readonly name: 'missing'; readonly comparing: boolean }
  /** Waits for one of the `concurrency` slots. */
  | { readonly name: 'queued' }
  | { readonly name: 'uploading' }
  /** Resumes by itself; `retryAt` is in milliseconds of `Date.now()`, 0 if the time is not known. */
  | { readonly name: 'waiting'; readonly reason: WaitReason; readonly retryAt: number }
  | { readonly name: 'paused' }
  /** All bytes are on the server, which checks them again. `problem` is why its last attempt failed; it retries by itself. */
  | { readonly name: 'verifying'; readonly problem: Failure | undefined }
  /** The server hands the file over to WhatsApp; `problem` as above. */
  | { readonly name: 'relaying'; readonly problem: Failure | undefined }
  /** `clockAhead`: milliseconds by which the server's clock is ahead. */
  | { readonly name: 'done'; readonly asset: Asset; readonly clockAhead: number }
  | { readonly name: 'refused'; readonly verdict: Verdict }
  | { readonly name: 'failed'; readonly failure: Failure }

export type StateName = UploadState['name']

/** What a person or the queue does to an upload. All other events come from the engine. */
export type LocalEvent =
  | { readonly type: 'checked'; readonly verdict: Verdict }
  | { readonly type: 'recheck' }
  | { readonly type: 'enqueue' }
  | { readonly type: 'begin' }
  /** Frees its slot and waits for the next one. */
  | { readonly type: 'requeue' }
  | { readonly type: 'pause' }
  /** A file was chosen for an upload whose file is missing. */
  | { readonly type: 'compare' }
  | { readonly type: 'compared'; readonly same: boolean }

/** Events that do not change the state; the upload records them as facts about the file. */
type Note = Extract<EngineEvent, { readonly type: 'kept' | 'unkept' | 'damaged' }>

type Move = LocalEvent | Exclude<EngineEvent, Note | { readonly type: 'token-needed' | 'cancelled' }>

export type UploadEvent = Move | Note

const pending: readonly StateName[] = ['queued', 'uploading', 'waiting', 'paused']
const started: readonly StateName[] = [...pending, 'verifying', 'relaying']

/** A paused upload stays paused, whatever the engine reports late. */
const startedNotPaused = started.filter((name) => name !== 'paused')

/** Another window may upload a file that is missing here. */
const startedAnywhere: readonly StateName[] = ['missing', ...started]

/** From which states an event moves an upload. In any other state the event is late and ignored. */
const movesFrom: { readonly [E in Move['type']]: readonly StateName[] } = {
  checked: ['checking'],
  recheck: ['checking', 'ready', 'refused', 'queued', 'paused'],
  enqueue: ['ready', 'paused', 'failed'],
  begin: ['queued'],
  requeue: ['uploading', 'waiting'],
  pause: ['queued', 'uploading', 'waiting'],
  compare: ['missing'],
  compared: ['missing'],
  followed: ['missing', 'queued', 'uploading', 'waiting'],
  missing: [...started, 'failed'],
  // Also if all bytes were on the server and it found them damaged, or lost them.
  started: ['queued', 'waiting', 'verifying', 'relaying'],
  progress: ['waiting'],
  waiting: startedNotPaused,
  resumed: ['queued', 'waiting', 'paused'],
  paused: ['uploading', 'waiting'],
  checking: [...pending, 'missing', 'verifying'],
  relaying: startedAnywhere,
  done: startedAnywhere,
  refused: startedAnywhere,
  failed: ['checking', ...startedAnywhere],
}

/** The state after an event; the same object if the event changes nothing. */
export function transition(state: UploadState, event: UploadEvent, now: number): UploadState {
  if (isNote(event) || !movesFrom[event.type].includes(state.name)) return state
  switch (event.type) {
    case 'checked':
      return event.verdict.outcome === 'refuse' ? { name: 'refused', verdict: event.verdict } : { name: 'ready' }
    case 'recheck':
      return { name: 'checking' }
    case 'compare':
      return { name: 'missing', comparing: true }
    case 'compared':
      return event.same ? { name: 'queued' } : { name: 'missing', comparing: false }
    case 'enqueue':
    case 'requeue':
      return { name: 'queued' }
    case 'begin':
    case 'followed':
    case 'started':
    case 'resumed':
      return { name: 'uploading' }
    case 'progress':
      // After an error comes a progress event without bytes in flight: the upload still waits.
      return event.inFlight > 0 ? { name: 'uploading' } : state
    case 'waiting':
      return { name: 'waiting', reason: event.reason, retryAt: event.retryInMs > 0 ? now + event.retryInMs : 0 }
    case 'missing':
      return { name: 'missing', comparing: false }
    case 'pause':
    case 'paused':
      return { name: 'paused' }
    case 'checking':
      return { name: 'verifying', problem: event.problem }
    case 'relaying':
      return { name: 'relaying', problem: event.problem }
    case 'done':
      return { name: 'done', asset: event.asset, clockAhead: event.clockAhead ?? 0 }
    case 'refused':
      return { name: 'refused', verdict: event.verdict }
    case 'failed':
      return { name: 'failed', failure: event.failure }
  }
}

function isNote(event: UploadEvent): event is Note {
  return event.type === 'kept' || event.type === 'unkept' || event.type === 'damaged'
}

/** Bytes are being sent, or will be without further action. */
export function isActive(state: UploadState): boolean {
  return state.name === 'uploading' || state.name === 'waiting'
}

/** Started, and not all bytes are on the server. */
export function isPending(state: UploadState): boolean {
  return pending.includes(state.name)
}

/** Nothing more happens without an action of the person or the page. */
export function isSettled(state: UploadState): boolean {
  return state.name === 'done' || state.name === 'refused' || state.name === 'failed'
}

/** Active, or will be as soon as there is a slot. */
export function isInProgress(state: UploadState): boolean {
  return isActive(state) || state.name === 'queued'
}

/** All bytes are on the server, which does the rest. */
export function isProcessing(state: UploadState): boolean {
  return state.name === 'verifying' || state.name === 'relaying'
}
