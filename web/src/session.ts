/**
 * What happens to the files of one element: joins the queue, the engine and the
 * token, and tells of every change. Knows neither DOM nor words; the element does.
 */
import type { Engine, EngineEvent, Failure, Kind, Purpose, Verdict } from './engine.js'
import type { ErrorDetail, MediaUploadDetails } from './events.js'
import { Queue } from './queue.js'
import { TokenBroker } from './token.js'
import type { UploadEvent } from './upload.js'
import { Upload, isHandedOver, isSettled } from './upload.js'

/** What the session asks of its element. */
export interface SessionHost {
  readonly purposes: readonly Purpose[]
  readonly kinds: readonly Kind[]
  readonly autoStart: boolean
  readonly concurrency: number
  /** The media server's; empty when `endpoint` names none. */
  readonly origin: string
  /** For that origin. */
  openEngine(): Engine
  metadataOf(file: File): Readonly<Record<string, string>>
  /** False when a listener prevented it. */
  emit<N extends keyof MediaUploadDetails>(name: N, detail: MediaUploadDetails[N]): boolean
  /** Something that is shown has changed; the upload, where it is about one file. */
  changed(upload?: Upload): void
  /** The form's value has changed. */
  valueChanged(): void
  /** The sentence for a failure, for the event's detail. */
  sentence(failure: Failure): string
}

export class Session {
  readonly #host: SessionHost
  readonly queue: Queue
  readonly token: TokenBroker
  #engine: Engine | undefined
  /** The engine's. */
  #origin = ''
  #unsubscribe: (() => void) | undefined
  /** Work was done since the last `complete`. */
  #incomplete = false

  constructor(host: SessionHost) {
    this.#host = host
    this.queue = new Queue(
      { check: (upload) => this.#check(upload), begin: (upload) => this.#begin(upload) },
      () => host.concurrency,
    )
    this.token = new TokenBroker({
      provide: (token) => this.#engine?.provideToken(token),
      authRequired: (reason) => void host.emit('auth-required', { reason }),
      changed: () => host.changed(),
    })
  }

  /** Loads the engine ahead of the first file. */
  warm(): void {
    this.#open().warm()
  }

  add(file: File): Upload | undefined {
    const upload = new Upload(file, this.#host.purposes)
    if (!this.#host.emit('file-added', { file: upload.detail() })) return undefined
    this.queue.add(upload)
    this.#incomplete = true
    this.#host.changed(upload)
    return upload
  }

  start(id?: string): void {
    this.#each(id, (upload) => {
      if (upload.state.name !== 'ready') return
      if (this.#host.emit('upload-start', { file: upload.detail() })) this.#move(upload, { type: 'enqueue' })
    })
  }

  pause(id?: string): void {
    this.#each(id, (upload) => {
      if (!this.#move(upload, { type: 'hold' })) return
      if (upload.begun) this.#engine?.pause(upload.id)
      this.#host.emit('upload-pause', { file: upload.detail() })
    })
  }

  /** Goes on with a paused file; a waiting one tries now. */
  resume(id?: string): void {
    this.#each(id, (upload) => {
      if (upload.state.name === 'waiting') return this.#engine?.retry(upload.id)
      if (upload.state.name !== 'paused') return
      this.#move(upload, { type: 'enqueue' })
      this.#host.emit('upload-resume', { file: upload.detail() })
    })
  }

  retry(id?: string): void {
    this.#each(id, (upload) => {
      if (upload.state.name === 'waiting') this.#engine?.retry(upload.id)
      else if (upload.state.name === 'failed' && upload.state.failure.retryable) this.#again(upload)
    })
  }

  /** Ends uploads that are not through yet, here and on the server. */
  cancel(id?: string): void {
    this.#each(id, (upload) => {
      if (!isSettled(upload.state) && !isHandedOver(upload.state)) this.remove(upload)
    })
  }

  /** Takes files off the list; one that is still on its way is cancelled. */
  remove(upload: Upload): void {
    if (upload.begun) this.#leaveEngine(upload)
    this.queue.remove(upload.id)
    this.#host.changed(upload)
    if (upload.state.name === 'done') this.#host.valueChanged()
    this.queue.pump()
    this.#checkComplete()
  }

  /**
   * The purposes or kinds are others now: what no byte has left of is checked again, what
   * was refused too. Purposes of its own tell a check that another one takes its place.
   */
  recheck(): void {
    this.#each(undefined, (upload) => {
      if (upload.begun || !this.#move(upload, { type: 'recheck' })) return
      upload.purposes = this.#host.purposes
      this.#incomplete = true
    })
  }

  /** The network is back, or somebody asked: whatever waits tries now. */
  nudge(): void {
    this.#engine?.nudge()
  }

  /** Nothing runs until `wake`, and nothing is lost: what had a place waits for one again. */
  suspend(): void {
    this.queue.stop()
    this.token.close()
    this.#engine?.suspend()
    for (const upload of this.queue) {
      if (this.#move(upload, { type: 'requeue' })) this.#engine?.pause(upload.id)
    }
  }

  /** Places first, so that the engine begins at once with those that have one. */
  wake(): void {
    this.queue.go()
    this.#engine?.wake()
  }

  /**
   * The endpoint may be another server now. What the old one knows of fails, in
   * words: its asset would be unknown to the new one, and the tokens that the page
   * gives from now on are not for the old one. A retry sends the file to the new one.
   */
  changeEndpoint(): void {
    if (this.#engine === undefined || this.#host.origin === this.#origin) return
    this.token.close()
    this.#unsubscribe?.()
    this.#engine.close()
    this.#engine = undefined
    for (const upload of this.queue) this.#leaveEndpoint(upload)
  }

  #leaveEndpoint(upload: Upload): void {
    const { begun } = upload
    upload.begun = false
    if (!begun || isSettled(upload.state)) return
    const event = { type: 'failed', id: upload.id, failure: failureOf('endpoint_changed') } as const
    this.#tell(upload, event, this.#move(upload, event))
  }

  #open(): Engine {
    if (this.#engine !== undefined) return this.#engine
    const engine = (this.#engine = this.#host.openEngine())
    this.#origin = this.#host.origin
    this.#unsubscribe = engine.subscribe((event) => this.#hear(event))
    if (this.queue.stopped) engine.suspend()
    return engine
  }

  async #check(upload: Upload): Promise<void> {
    const purposes = upload.purposes
    const { name, type: declaredType } = upload.file
    const request = { name, declaredType, purposes, kinds: this.#host.kinds }
    let engine: Engine | undefined
    try {
      engine = this.#open()
      const verdict = await engine.check(upload.id, upload.file, request)
      if (upload.purposes === purposes && this.#has(upload)) this.#checked(upload, verdict)
    } catch (error) {
      // An engine that was left for another one's sake says nothing about the file: the queue asks the other.
      if (engine === this.#engine && upload.purposes === purposes && this.#has(upload)) this.#move(upload, { type: 'failed', id: upload.id, failure: checkFailure(error) })
    }
  }

  #checked(upload: Upload, verdict: Verdict): void {
    if (!this.#move(upload, { type: 'checked', verdict })) return
    const detail = { file: upload.detail(), verdict }
    this.#host.emit('file-checked', detail)
    if (verdict.outcome === 'refuse') this.#host.emit('file-refused', detail)
    else if (this.#host.autoStart) this.start(upload.id)
  }

  #begin(upload: Upload): void {
    const engine = this.#open()
    this.#move(upload, { type: 'begin' })
    if (upload.begun) return engine.resume(upload.id)
    upload.begun = true
    const { name, type: declaredType } = upload.file
    engine.start(upload.id, upload.file, {
      name, declaredType,
      // Only a refused file has no kind, and none of those comes here.
      kind: upload.kind || 'document',
      purposes: upload.purposes,
      metadata: this.#host.metadataOf(upload.file),
      lastModified: upload.file.lastModified,
      verdict: upload.verdict ?? { outcome: 'accept', kind: upload.kind, type: declaredType, reasons: [] },
      place: '',
    })
  }

  /** After a failure: the engine goes on from what is safe, or begins; a file without a verdict is checked again. */
  #again(upload: Upload): void {
    this.#incomplete = true
    if (upload.verdict === undefined) return this.#checkAgain(upload)
    this.#move(upload, { type: 'enqueue' })
    if (!upload.begun) return
    this.#move(upload, { type: 'begin' })
    this.#engine?.retry(upload.id)
  }

  #checkAgain(upload: Upload): void {
    upload.state = { name: 'checking' }
    this.#host.changed(upload)
    this.queue.pump()
  }

  #leaveEngine(upload: Upload): void {
    if (isSettled(upload.state) || isHandedOver(upload.state)) this.#engine?.forget(upload.id)
    else this.#engine?.cancel(upload.id)
  }

  #hear(event: EngineEvent): void {
    if (event.type === 'token-needed') return this.token.need(event.reason)
    if (event.type === 'cancelled') return this.#cancelled(event.id)
    if (event.type === 'kept' || event.type === 'unkept' || event.type === 'followed' || event.type === 'damaged') return
    const upload = this.queue.get(event.id)
    if (upload === undefined) return
    const { progress: { accepted }, state: { name } } = upload
    this.#move(upload, event)
    if (upload.progress.accepted > accepted || isHandedOver(upload.state)) this.token.accepted()
    this.#tell(upload, event, upload.state.name !== name)
  }

  /** Here the row has gone already; in another tab it may have been ended by somebody else. */
  #cancelled(id: string): void {
    this.#engine?.forget(id)
    const upload = this.queue.get(id)
    if (upload === undefined) return
    this.queue.remove(id)
    this.#host.changed(upload)
    this.#afterMove()
  }

  #move(upload: Upload, event: UploadEvent): boolean {
    const moved = upload.apply(event)
    this.#host.changed(upload)
    if (moved) queueMicrotask(() => this.#afterMove())
    return moved
  }

  #afterMove(): void {
    this.queue.pump()
    this.#checkComplete()
  }

  #tell(upload: Upload, event: UploadEvent, moved: boolean): void {
    const file = upload.detail()
    if (event.type === 'progress') this.#tellProgress(upload)
    if (event.type === 'waiting') this.#tellWaiting(upload, event)
    if ('problem' in event && event.problem) this.#tellProblem(upload, event.problem)
    if (!moved) return
    if (event.type === 'relaying') this.#host.emit('relay-start', { file })
    if (event.type === 'refused') this.#host.emit('file-refused', { file, verdict: event.verdict })
    if (event.type === 'failed') this.#tellFailure(upload, event.failure)
    if (event.type !== 'done') return
    this.#host.emit('upload-success', { file, asset: event.asset })
    this.#host.valueChanged()
  }

  #tellProgress(upload: Upload): void {
    const { accepted, shown, total } = upload.progress
    const bytes = { bytesAccepted: accepted, bytesShown: shown, bytesTotal: total }
    this.#host.emit('upload-progress', { file: upload.detail(), ...bytes })
  }

  #tellWaiting(upload: Upload, event: Extract<UploadEvent, { type: 'waiting' }>): void {
    // The first token: nothing was tried before it.
    if (event.reason === 'token' && !this.token.hasGiven) return
    const file = upload.detail()
    if (event.reason === 'stalled') this.#host.emit('upload-stalled', { file })
    this.#host.emit('upload-retry', { file, reason: event.reason, retryInMs: event.retryInMs })
  }

  /** The server tries again by itself, and does not say when. */
  #tellProblem(upload: Upload, problem: Failure): void {
    this.#host.emit('upload-retry', { file: upload.detail(), reason: problem.code, retryInMs: 0, error: this.#error(problem) })
  }

  #tellFailure(upload: Upload, failure: Failure): void {
    this.#host.emit('upload-error', { file: upload.detail(), error: this.#error(failure) })
  }

  #error(failure: Failure): ErrorDetail {
    const { code, retryable } = failure
    return { code, retryable, message: this.#host.sentence(failure) }
  }

  #checkComplete(): void {
    const uploads = [...this.queue]
    if (!this.#incomplete || uploads.length === 0) return
    if (!uploads.every((upload) => isSettled(upload.state))) return
    this.#incomplete = false
    this.#host.emit('complete', { files: uploads.map((upload) => upload.detail()) })
  }

  #has(upload: Upload): boolean {
    return this.queue.get(upload.id) === upload
  }

  #each(id: string | undefined, act: (upload: Upload) => void): void {
    const uploads = id === undefined ? [...this.queue] : [this.queue.get(id)]
    for (const upload of uploads) if (upload !== undefined) act(upload)
  }
}

/** The engine could not check at all: it did not load, or its worker died. */
function checkFailure(error: unknown): Failure {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'engine_unavailable'
  return failureOf(code)
}

function failureOf(code: string): Failure {
  return { code, message: '', retryable: true, facts: [] }
}
