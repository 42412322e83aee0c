/**
 * One file's life: the states it can be in, the events that move it, and nothing
 * about how it is shown (row.ts) or sent (the engine). `transition` is pure, so
 * every move is a line of a table that a test can read.
 */
import type { Asset, EngineEvent, Failure, Kind, Purpose, Verdict, WaitReason } from './engine.js'
import { Progress } from './progress.js'

export type UploadState =
  /** The browser reads a few ranges of the file to say whether WhatsApp would deliver it. */
  | { readonly name: 'checking' }
  /** May be sent; waits for a click where `auto-start` is not set. */
  | { readonly name: 'ready' }
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

export type UploadEvent = LocalEvent | Exclude<EngineEvent, { readonly type: 'token-needed' | 'cancelled' | 'kept' | 'unkept' | 'followed' | 'damaged' }>

const onTheWay: readonly StateName[] = ['queued', 'uploading', 'waiting', 'paused']
const sent: readonly StateName[] = [...onTheWay, 'verifying', 'relaying']

/** What comes after a pause is the person's word, not the engine's. */
const sentAndRunning = sent.filter((name) => name !== 'paused')

/** From which states an event moves a file. An event that comes late, from any other state, is ignored. */
const movesFrom: { readonly [E in UploadEvent['type']]: readonly StateName[] } = {
  checked: ['checking'],
  recheck: ['checking', 'ready', 'refused'],
  enqueue: ['ready', 'paused', 'failed'],
  begin: ['queued'],
  requeue: ['uploading', 'waiting'],
  hold: ['queued', 'uploading', 'waiting'],
  started: ['queued', 'waiting'],
  progress: ['waiting'],
  waiting: sentAndRunning,
  resumed: ['queued', 'waiting', 'paused'],
  paused: ['uploading', 'waiting'],
  checking: [...onTheWay, 'verifying'],
  relaying: sent,
  done: sent,
  refused: sent,
  failed: ['checking', ...sent],
}

/** What leaves nothing in flight. */
const stopping: ReadonlySet<UploadEvent['type']> = new Set(['waiting', 'hold', 'paused', 'requeue'])

/** The state after an event; the same object when the event changes nothing. */
export function transition(state: UploadState, event: UploadEvent, now: number): UploadState {
  if (!movesFrom[event.type].includes(state.name)) return state
  switch (event.type) {
    case 'checked':
      return event.verdict.outcome === 'refuse' ? { name: 'refused', verdict: event.verdict } : { name: 'ready' }
    case 'recheck':
      return { name: 'checking' }
    case 'enqueue':
    case 'requeue':
      return { name: 'queued' }
    case 'begin':
    case 'started':
    case 'resumed':
      return { name: 'uploading' }
    case 'progress':
      // A fault is followed by a progress event without bytes in flight: still waiting.
      return event.inFlight > 0 ? { name: 'uploading' } : state
    case 'waiting':
      return { name: 'waiting', reason: event.reason, retryAt: event.retryInMs > 0 ? now + event.retryInMs : 0 }
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

/** Bytes move, or will by themselves: the file holds one of the queue's places. */
export function holdsPlace(state: UploadState): boolean {
  return state.name === 'uploading' || state.name === 'waiting'
}

/** Nothing further happens unless somebody asks. */
export function isSettled(state: UploadState): boolean {
  return state.name === 'done' || state.name === 'refused' || state.name === 'failed'
}

/** Leaving the page now would interrupt it. */
export function isUnderway(state: UploadState): boolean {
  return holdsPlace(state) || state.name === 'queued'
}

/** The bytes are safe on the server; what follows happens there. */
export function isHandedOver(state: UploadState): boolean {
  return state.name === 'verifying' || state.name === 'relaying'
}

/** What is said about it changes with the time. */
export function isTicking(state: UploadState): boolean {
  return holdsPlace(state)
}

/** The cloneable picture of a file that events and the `files` property give out. */
export interface FileDetail {
  readonly id: string
  readonly name: string
  readonly size: number
  readonly type: string
  readonly kind: Kind | ''
  readonly state: StateName
  readonly verdict: Verdict | null
  readonly bytesAccepted: number
  readonly asset?: Asset
}

export class Upload {
  readonly id = newID()
  readonly progress: Progress
  state: UploadState = { name: 'checking' }
  verdict: Verdict | undefined
  /** The engine has heard of this file: going on means `resume`, not `start`. */
  begun = false
  /** Grows with every visible change, so that unchanged rows are not rendered again. */
  version = 0

  constructor(
    readonly file: File,
    public purposes: readonly Purpose[],
  ) {
    this.progress = new Progress(file.size)
  }

  get name(): string {
    return this.file.name
  }

  /** The type found from the bytes, or the browser's opinion until then. */
  get type(): string {
    return this.verdict?.type || this.file.type
  }

  get kind(): Kind | '' {
    return this.verdict?.kind ?? ''
  }

  /** Applies an event and says whether the state changed. */
  apply(event: UploadEvent, now = Date.now()): boolean {
    const before = this.state
    this.state = transition(before, event, now)
    this.#remember(event, now)
    this.version++
    return this.state !== before
  }

  detail(): FileDetail {
    const { id, name, type, kind, state } = this
    const detail = {
      id, name, type, kind,
      size: this.file.size,
      state: state.name,
      verdict: this.verdict ?? null,
      bytesAccepted: this.progress.accepted,
    }
    return state.name === 'done' ? { ...detail, asset: state.asset } : detail
  }

  #remember(event: UploadEvent, now: number): void {
    if (event.type === 'progress') this.progress.report(event.accepted, event.inFlight, now)
    if (stopping.has(event.type)) this.progress.stop()
    if (event.type === 'checking' || event.type === 'done') this.progress.finish()
    if (event.type === 'recheck' && this.state.name === 'checking') this.verdict = undefined
    if (event.type === 'checked' || event.type === 'refused') this.verdict = event.verdict
  }
}

/** 80 random bits: the engine keeps uploads by this id, also across pages. `crypto.randomUUID` exists on secure origins only. */
function newID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10))
  return 'file-' + Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}
