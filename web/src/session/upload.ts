/**
 * One upload: its state and everything else that is known about its file. How it
 * is shown is up to list/, how it is sent up to the engine.
 */
import type { Asset, Kind, KeptUpload, Purpose, UploadRequest, Verdict } from '../engine/engine.js'
import { Progress } from './progress.js'
import type { StateName, UploadEvent, UploadState } from './upload-state.js'
import { isActive, isInProgress, isPending, isProcessing, transition } from './upload-state.js'

/** What is known about a file without reading it. */
export type FileInfo = Pick<File, 'name' | 'size' | 'type'>

/** What events and the `files` property say about a file; `structuredClone` accepts it. */
export interface FileDetail {
  readonly id: string
  readonly name: string
  readonly size: number
  readonly type: string
  readonly kind: Kind | ''
  readonly purposes: readonly Purpose[]
  readonly state: StateName
  readonly verdict: Verdict | null
  readonly bytesAccepted: number
  readonly asset?: Asset
}

/** Who sends the bytes: nobody yet, this engine, or another window or row. */
export type Sender = 'none' | 'here' | 'elsewhere'

/** Whether this browser has a copy of the file; `unknown` until the engine has said so. */
export type CopyState = 'unknown' | 'kept' | 'none'

/** Events after which no bytes are in flight. */
const stopping: ReadonlySet<UploadEvent['type']> = new Set(['waiting', 'pause', 'paused', 'requeue', 'followed', 'missing'])

export class Upload {
  readonly progress: Progress
  state: UploadState = { name: 'checking' }
  verdict: Verdict | undefined
  /** Built when the upload is started; a restored upload keeps its own. */
  request: UploadRequest | undefined
  sender: Sender = 'none'
  copy: CopyState = 'unknown'
  /** Comes from an earlier visit. */
  restored = false
  /** Bytes were corrupted in transit and sent again. */
  damaged = false
  /** The server lost bytes that it had acknowledged. */
  lost = false
  /** All bytes are on the server, whatever it does with them. */
  uploaded = false
  /** The state from before a repeated check; undefined if the upload was not started. */
  resumeAs: 'queued' | 'paused' | undefined
  /** Increases with every visible change, so that unchanged rows are not rendered again. */
  version = 0

  constructor(
    readonly info: FileInfo,
    /** Undefined for a restored upload without a copy. */
    public file: Blob | undefined,
    public purposes: readonly Purpose[],
    readonly id: string,
  ) {
    this.progress = new Progress(info.size)
  }

  static of(id: string, file: File, purposes: readonly Purpose[]): Upload {
    return new Upload(file, file, purposes, id)
  }

  /** An upload of an earlier visit. */
  static restored({ id, file, size, accepted, paused, request }: KeptUpload): Upload {
    const info = { name: request.name, size, type: request.declaredType }
    const upload = new Upload(info, file, request.purposes, id)
    upload.state = file === undefined ? { name: 'missing', comparing: false } : { name: paused ? 'paused' : 'queued' }
    upload.progress.restart(accepted)
    upload.restored = true
    upload.copy = file === undefined ? 'none' : 'kept'
    upload.verdict = request.verdict
    upload.request = request
    return upload
  }

  get name(): string {
    return this.info.name
  }

  get size(): number {
    return this.info.size
  }

  /** The type found from the bytes, or the browser's guess until then. */
  get type(): string {
    return this.verdict?.type || this.info.type
  }

  get kind(): Kind | '' {
    return this.verdict?.kind ?? ''
  }

  /** Counts against `concurrency`: this window sends its bytes, or will without further action. */
  get usesSlot(): boolean {
    return isActive(this.state) && this.sender !== 'elsewhere'
  }

  /** If this window were closed, the upload could not resume by itself, not even at the next visit. */
  get needsWindow(): boolean {
    return isPending(this.state) && !this.uploaded && this.sender !== 'elsewhere' && this.copy !== 'kept'
  }

  get isProcessing(): boolean {
    return isProcessing(this.state)
  }

  /** In an element for one file, a new file replaces it. */
  get isReplaceable(): boolean {
    return !isInProgress(this.state) && !this.isProcessing
  }

  /** Applies an event; says whether the state changed. */
  apply(event: UploadEvent, now = Date.now()): boolean {
    const before = this.state
    this.state = transition(before, event, now)
    this.#record(event, now)
    this.version++
    return this.state !== before
  }

  detail(): FileDetail {
    const { id, name, type, kind, size, purposes, state } = this
    const detail = {
      id, name, type, kind, size, purposes,
      state: state.name,
      verdict: this.verdict ?? null,
      bytesAccepted: this.progress.accepted,
    }
    return state.name === 'done' ? { ...detail, asset: state.asset } : detail
  }

  #record(event: UploadEvent, now: number): void {
    if (stopping.has(event.type)) this.progress.stop()
    switch (event.type) {
      case 'progress': return this.progress.report(event.accepted, event.inFlight, now)
      case 'started': return this.#restart()
      case 'resumed': return void (event.offset < this.progress.accepted && this.progress.restart(event.offset))
      case 'followed':
        // Commands go to the engine from now on, even if the upload was not started here.
        return void (this.sender = event.over === true ? 'here' : 'elsewhere')
      case 'missing': return void (this.sender = 'none')
      case 'kept': return void (this.copy = 'kept')
      case 'unkept': return void (this.copy = 'none')
      case 'damaged': return void (this.damaged = true)
      case 'recheck': return this.#forgetVerdict()
      case 'checked': case 'refused': return void (this.verdict = event.verdict)
      case 'checking': case 'relaying': case 'done':
        this.uploaded = true
        return this.progress.finish()
    }
  }

  /** The first event of an upload. If it comes again, the server has lost the upload. */
  #restart(): void {
    this.lost ||= this.progress.accepted > 0
    this.uploaded = false
    this.progress.restart(0)
  }

  #forgetVerdict(): void {
    if (this.state.name !== 'checking') return
    this.verdict = this.request = undefined
  }
}
