/**
 * The states that a file can be in and the events that move it. `transition` is
 * pure, so every move is a line of a table that a test can read.
 */
import type { Asset, EngineEvent, Failure, Verdict, WaitReason } from '../engine/engine.js'

export type UploadState =
  /** The browser reads a few ranges of the file to say whether WhatsApp would deliver it. */
  | { readonly name: 'checking' }
  /** May be sent; waits for a click where `auto-start` is not set. */
  | { readonly name: 'ready' }
  /** Of an earlier visit, whose file this browser has not kept. `comparing`: a file was chosen and is held against it. */
  | { readonly name: 'missing'; readonly comparing: boolean }
  /** Asked for; waits for one of the `concurrency` places. */
  | { readonly name: 'queued' }
  | { readonly name: 'uploading' }
  /** Stands still and goes on by itself; `retryAt` is in milliseconds of `Date.now()`, 0 when it has no time. */
  | { readonly name: 'waiting'; readonly reason: WaitReason; readonly retryAt: number }
  | { readonly name: 'paused' }
  /** All bytes are safe; the server checks them again. */
  | { readonly name: 'verifying'; readonly problem: Failure | undefined }
  /** `problem` is why the last attempt came to nothing, while the server makes a next one by itself. */
  | { readonly name: 'relaying'; readonly problem: Failure | undefined }
  | { readonly name: 'done'; readonly asset: Asset }
  | { readonly name: 'refused'; readonly verdict: Verdict }
  | { readonly name: 'failed'; readonly failure: Failure }

export type StateName = UploadState['name']

/** What a person or the queue does to a file; the rest of its events come from the engine. */
export type LocalEvent =
  | { readonly type: 'checked'; readonly verdict: Verdict }
  | { readonly type: 'recheck' }
  | { readonly type: 'enqueue' }
  | { readonly type: 'begin' }
  /** Gives its place back and is the next to have one. */
  | { readonly type: 'requeue' }
  | { readonly type: 'hold' }
  /** A file was chosen for one that misses its own. */
  | { readonly type: 'compare' }
  | { readonly type: 'compared'; readonly same: boolean }

/** What moves nothing: it is a fact about the file beside its state. */
type Remark = Extract<EngineEvent, { readonly type: 'kept' | 'unkept' | 'damaged' }>

type Move = LocalEvent | Exclude<EngineEvent, Remark | { readonly type: 'token-needed' | 'cancelled' }>

export type UploadEvent = Move | Remark

const onTheWay: readonly StateName[] = ['queued', 'uploading', 'waiting', 'paused']
const sent: readonly StateName[] = [...onTheWay, 'verifying', 'relaying']

/** What comes after a pause is the person's word, not the engine's. */
const sentAndRunning = sent.filter((name) => name !== 'paused')

/** Another window may send a file that this one misses. */
const anywhere: readonly StateName[] = ['missing', ...sent]

/** From which states an event moves a file. An event that comes late, from any other state, is ignored. */
const movesFrom: { readonly [E in Move['type']]: readonly StateName[] } = {
  checked: ['checking'],
  recheck: ['checking', 'ready', 'refused', 'queued', 'paused'],
  enqueue: ['ready', 'paused', 'failed'],
  begin: ['queued'],
  requeue: ['uploading', 'waiting'],
  hold: ['queued', 'uploading', 'waiting'],
  compare: ['missing'],
  compared: ['missing'],
  followed: ['missing', 'queued', 'uploading', 'waiting'],
  missing: [...sent, 'failed'],
  // Also when all bytes were at the server and it found them damaged, or has lost them.
  started: ['queued', 'waiting', 'verifying', 'relaying'],
  progress: ['waiting'],
  waiting: sentAndRunning,
  resumed: ['queued', 'waiting', 'paused'],
  paused: ['uploading', 'waiting'],
  checking: [...onTheWay, 'missing', 'verifying'],
  relaying: anywhere,
  done: anywhere,
  refused: anywhere,
  failed: ['checking', ...anywhere],
}

/** The state after an event; the same object when the event changes nothing. */
export function transition(state: UploadState, event: UploadEvent, now: number): UploadState {
  if (isRemark(event) || !movesFrom[event.type].includes(state.name)) return state
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
      // A fault is followed by a progress event without bytes in flight: still waiting.
      return event.inFlight > 0 ? { name: 'uploading' } : state
    case 'waiting':
      return { name: 'waiting', reason: event.reason, retryAt: event.retryInMs > 0 ? now + event.retryInMs : 0 }
    case 'missing':
      return { name: 'missing', comparing: false }
    case 'hold':
    case 'paused':
      return { name: 'paused' }
    case 'checking':
      return { name: 'verifying', problem: event.problem }
    case 'relaying':
      return { name: 'relaying', problem: event.problem }
    case 'done':
      return { name: 'done', asset: event.asset }
    case 'refused':
      return { name: 'refused', verdict: event.verdict }
    case 'failed':
      return { name: 'failed', failure: event.failure }
  }
}

function isRemark(event: UploadEvent): event is Remark {
  return event.type === 'kept' || event.type === 'unkept' || event.type === 'damaged'
}

/** Bytes move, or will by themselves. */
export function isMoving(state: UploadState): boolean {
  return state.name === 'uploading' || state.name === 'waiting'
}

/** Asked for, and not all of it is at the server. */
export function isOnTheWay(state: UploadState): boolean {
  return onTheWay.includes(state.name)
}

/** Nothing further happens unless somebody asks. */
export function isSettled(state: UploadState): boolean {
  return state.name === 'done' || state.name === 'refused' || state.name === 'failed'
}

/** Goes on by itself. */
export function isUnderway(state: UploadState): boolean {
  return isMoving(state) || state.name === 'queued'
}

/** The bytes are safe on the server; what follows happens there. */
export function isHandedOver(state: UploadState): boolean {
  return state.name === 'verifying' || state.name === 'relaying'
}
