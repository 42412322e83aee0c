/**
 * One file's life: its state, and what is known of it beside. Nothing about how
 * it is shown (row.ts) or sent (the engine).
 */
import type { Asset, Kind, KeptUpload, Purpose, UploadRequest, Verdict } from '../engine/engine.js'
import { Progress } from './progress.js'
import type { StateName, UploadEvent, UploadState } from './upload-state.js'
import { isHandedOver, isMoving, isOnTheWay, isUnderway, transition } from './upload-state.js'

/** What is known of a file without its bytes; a `File` has it. */
export type FileFacts = Pick<File, 'name' | 'size' | 'type'>

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

/** What leaves nothing in flight. */
const stopping: ReadonlySet<UploadEvent['type']> = new Set(['waiting', 'hold', 'paused', 'requeue', 'followed', 'missing'])

export class Upload {
  readonly progress: Progress
  state: UploadState = { name: 'checking' }
  verdict: Verdict | undefined
  /** Made when the file is asked for; one of an earlier visit keeps its own. */
  request: UploadRequest | undefined
  /** The engine sends this file: going on means `resume`, not `start`. */
  begun = false
  /** Whether this browser has a copy; undefined until that is known. */
  kept: boolean | undefined
  /** Another window or row sends it. */
  followed = false
  /** Comes from an earlier visit. */
  restored = false
  /** Bytes have changed on the way, and were sent again. */
  damaged = false
  /** The server had lost what it had acknowledged. */
  lost = false
  /** All bytes are at the server, whatever it does with them. */
  safe = false
  /** Was asked for before it was checked once more. */
  asked: 'queued' | 'paused' | undefined
  /** Grows with every visible change, so that unchanged rows are not rendered again. */
  version = 0

  constructor(
    readonly facts: FileFacts,
    /** Missing where an earlier visit could not keep it. */
    public file: Blob | undefined,
    public purposes: readonly Purpose[],
    readonly id: string,
  ) {
    this.progress = new Progress(facts.size)
  }

  static of(id: string, file: File, purposes: readonly Purpose[]): Upload {
    return new Upload(file, file, purposes, id)
  }

  /** As an earlier visit has left it. */
  static restored({ id, file, size, accepted, paused, request }: KeptUpload): Upload {
    const facts = { name: request.name, size, type: request.declaredType }
    const upload = new Upload(facts, file, request.purposes, id)
    upload.state = file === undefined ? { name: 'missing', comparing: false } : { name: paused ? 'paused' : 'queued' }
    upload.progress.restart(accepted)
    upload.restored = true
    upload.kept = file !== undefined
    upload.verdict = request.verdict
    upload.request = request
    return upload
  }

  get name(): string {
    return this.facts.name
  }

  get size(): number {
    return this.facts.size
  }

  /** The type found from the bytes, or the browser's opinion until then. */
  get type(): string {
    return this.verdict?.type || this.facts.type
  }

  get kind(): Kind | '' {
    return this.verdict?.kind ?? ''
  }

  /** Of the queue's: bytes move from here, or will by themselves. */
  get holdsPlace(): boolean {
    return isMoving(this.state) && !this.followed
  }

  /** Without this window it would not go on by itself, neither now nor at a next visit. */
  get needsWindow(): boolean {
    return isOnTheWay(this.state) && !this.safe && !this.followed && this.kept !== true
  }

  get isHandedOver(): boolean {
    return isHandedOver(this.state)
  }

  /** With room for one file alone a new one takes its place. */
  get isReplaceable(): boolean {
    return !isUnderway(this.state) && !this.isHandedOver
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
    const { id, name, type, kind, size, state } = this
    const detail = {
      id, name, type, kind, size,
      state: state.name,
      verdict: this.verdict ?? null,
      bytesAccepted: this.progress.accepted,
    }
    return state.name === 'done' ? { ...detail, asset: state.asset } : detail
  }

  #remember(event: UploadEvent, now: number): void {
    if (stopping.has(event.type)) this.progress.stop()
    switch (event.type) {
      case 'progress': return this.progress.report(event.accepted, event.inFlight, now)
      case 'started': return this.#startAgain()
      case 'resumed': return void (event.offset < this.progress.accepted && this.progress.restart(event.offset))
      case 'followed':
        // What is asked of it from now on is for the engine, also where nobody has begun it here.
        this.begun = true
        this.followed = event.over !== true
        return
      case 'missing': return void (this.begun = this.followed = false)
      case 'kept': return void (this.kept = true)
      case 'unkept': return void (this.kept = false)
      case 'damaged': return void (this.damaged = true)
      case 'recheck': return this.#forgetVerdict()
      case 'checked': return void (this.verdict = event.verdict)
      case 'refused':
        this.verdict = event.verdict
        return
      case 'checking': case 'relaying': case 'done':
        this.safe = true
        return this.progress.finish()
    }
  }

  /** What is told first of all; told again, the server has lost the upload. */
  #startAgain(): void {
    this.lost ||= this.progress.accepted > 0
    this.safe = false
    this.progress.restart(0)
  }

  #forgetVerdict(): void {
    if (this.state.name !== 'checking') return
    this.verdict = this.request = undefined
  }
}
