/**
 * What happens to the files of one element: joins the queue, the engine and the
 * token, and has every change told. Knows neither DOM nor words; the element does.
 */
import { Checks } from './checks.js'
import type { EngineEvent, EngineFactory, Kind, Purpose } from '../engine/engine.js'
import { EngineLink } from './engine-link.js'
import type { HeraldPort } from './event-emitter.js'
import { failureOf } from '../engine/failure.js'
import { Herald } from './event-emitter.js'
import { Queue } from './queue.js'
import { requestOf } from './request.js'
import { Returning } from './restored-uploads.js'
import { TokenBroker } from './token-provider.js'
import { Upload } from './upload.js'
import type { UploadEvent } from './upload-state.js'
import { isHandedOver, isMoving, isSettled } from './upload-state.js'

/** What the session asks of its element. */
export interface SessionHost extends HeraldPort {
  readonly purposes: readonly Purpose[]
  readonly kinds: readonly Kind[]
  readonly autoStart: boolean
  readonly concurrency: number
  /** The media server's; empty when `endpoint` names none. */
  readonly origin: string
  /** Where on the site the element stands. */
  readonly place: string
  loadEngine(): Promise<EngineFactory>
  metadataOf(file: File): Readonly<Record<string, string>>
  /** Something that is shown has changed. */
  changed(): void
  /** A file that was chosen for `wanted` is another one. */
  isAnother(file: File, wanted: Upload | undefined): void
}

export class Session {
  readonly #host: SessionHost
  readonly queue: Queue
  readonly token: TokenBroker
  readonly #link: EngineLink
  readonly #herald: Herald
  readonly #returning: Returning
  readonly #checks: Checks

  constructor(host: SessionHost) {
    this.#host = host
    this.queue = new Queue(
      { check: (upload) => this.#checks.check(upload), begin: (upload) => this.#begin(upload) },
      () => host.concurrency,
    )
    this.token = new TokenBroker({
      provide: (token) => this.#link.engine?.provideToken(token),
      authRequired: (reason) => void host.emit('auth-required', { reason }),
      changed: () => this.#tokenChanged(),
    })
    const session = this
    this.#herald = new Herald(host)
    this.#link = new EngineLink({
      get origin() { return host.origin },
      loadEngine: () => host.loadEngine(),
      hear: (event) => this.#hear(event),
    })
    this.#checks = new Checks(host, this.#link, {
      move: (upload, event) => this.#move(upload, event),
      isListed: (upload) => this.queue.get(upload.id) === upload,
      start: (upload) => this.start(upload.id),
      enqueue: (upload) => this.#enqueue(upload),
    })
    this.#returning = new Returning({
      get uploads() { return session.uploads },
      move: (upload, event) => this.#move(upload, event),
      isAnother: (file, wanted) => host.isAnother(file, wanted),
    })
  }

  get uploads(): readonly Upload[] {
    return [...this.queue]
  }

  /** What nothing further happens to unless somebody asks. */
  get settled(): readonly Upload[] {
    return this.uploads.filter(({ state }) => isSettled(state))
  }

  /** What is said of some file changes with the time. */
  get isTicking(): boolean {
    return this.uploads.some(({ state }) => isMoving(state))
  }

  /** Loads the engine ahead of the first file. That it could not be had is said with that file. */
  warm(): void {
    void this.#link.load().then(() => this.#link.open().warm(), () => {})
  }

  /** Brings back what earlier visits have left here, and goes on with it. */
  async restore(): Promise<void> {
    await this.#link.load()
    const engine = this.#link.open()
    const uploads = await this.#returning.restore(engine, this.#host.place)
    if (engine !== this.#link.engine || uploads.length === 0) return
    for (const upload of uploads) this.queue.add(upload)
    this.#herald.working()
    this.#host.emit('restored', { files: uploads.map((upload) => upload.detail()) })
    this.#host.changed()
    this.queue.pump()
  }

  add(id: string, file: File): void {
    this.queue.add(Upload.of(id, file, this.#host.purposes))
    this.#herald.working()
    this.#host.changed()
  }

  /** The row that misses a file of this size, which is held against it; `wanted` is the one that a person has chosen it for. */
  supply(file: File, wanted?: Upload): Upload | undefined {
    const upload = this.#returning.candidate(file, wanted)
    const engine = this.#link.engine
    if (upload === undefined || engine === undefined) return undefined
    void this.#returning.supply(engine, file, upload, wanted)
    return upload
  }

  start(id?: string): void {
    this.#each(id, (upload) => {
      if (upload.state.name !== 'ready') return
      if (this.#host.emit('upload-start', { file: upload.detail() })) this.#enqueue(upload)
    })
  }

  pause(id?: string): void {
    this.#each(id, (upload) => {
      if (!this.#move(upload, { type: 'hold' })) return
      if (upload.begun) this.#link.engine?.pause(upload.id)
      this.#host.emit('upload-pause', { file: upload.detail() })
    })
  }

  /** Goes on with a paused file; a waiting one tries now. */
  resume(id?: string): void {
    this.#each(id, (upload) => {
      if (upload.state.name === 'waiting') return this.#tryNow(upload)
      if (upload.state.name !== 'paused') return
      this.#enqueue(upload)
      this.#host.emit('upload-resume', { file: upload.detail() })
    })
  }

  retry(id?: string): void {
    this.#each(id, (upload) => {
      if (upload.state.name === 'waiting') this.#tryNow(upload)
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
    if (upload.request !== undefined) this.#leaveEngine(upload)
    this.queue.remove(upload.id)
    this.#host.changed()
    if (upload.state.name === 'done') this.#host.valueChanged()
    this.#afterMove()
  }

  /**
   * The purposes or kinds are others now: what no byte has left of is checked again, what
   * was refused too. Purposes of its own tell a check that another one takes its place.
   */
  recheck(): void {
    this.#each(undefined, (upload) => {
      const { begun, restored, state: { name } } = upload
      if (begun || restored) return
      if (name === 'queued' || name === 'paused') upload.asked = name
      if (upload.request !== undefined) this.#link.engine?.forget(upload.id)
      upload.kept = undefined
      if (!this.#move(upload, { type: 'recheck' })) return
      upload.purposes = this.#host.purposes
      this.#herald.working()
    })
  }

  /** The network is back, or somebody asked: whatever waits tries now. */
  nudge(): void {
    this.#link.engine?.nudge()
    if (this.token.state.name === 'blocked') this.token.tryNow()
  }

  /** Nothing runs until `wake`, and nothing is lost: what had a place waits for one again. */
  suspend(): void {
    this.queue.stop()
    this.token.close()
    this.#link.suspend()
    for (const upload of this.queue) {
      if (this.#move(upload, { type: 'requeue' })) this.#link.engine?.pause(upload.id)
    }
  }

  /** Places first, so that the engine begins at once with those that have one. */
  wake(): void {
    this.queue.go()
    this.#link.wake()
  }

  /**
   * The endpoint may be another server now. What the old one knows of fails, in
   * words: its asset would be unknown to the new one, and the tokens that the page
   * gives from now on are not for the old one. A retry sends the file to the new one.
   */
  changeEndpoint(): boolean {
    if (!this.#link.leave()) return false
    this.token.close()
    for (const upload of this.queue) this.#leaveEndpoint(upload)
    return true
  }

  #leaveEndpoint(upload: Upload): void {
    const { begun, restored, state: { name } } = upload
    const asked = upload.request !== undefined && !isSettled(upload.state)
    upload.begun = upload.restored = false
    upload.request = upload.kept = undefined
    // What no window has begun comes back when that server is asked again.
    if (name === 'missing') return this.queue.remove(upload.id)
    if (asked && (begun || restored)) this.#apply(upload, { type: 'failed', id: upload.id, failure: failureOf('endpoint_changed') })
  }

  /** The copy first: a file that waits for its turn is safe from then on. */
  #enqueue(upload: Upload): void {
    this.#move(upload, { type: 'enqueue' })
    this.#keep(upload)
  }

  #keep(upload: Upload): void {
    if (upload.request !== undefined || upload.file === undefined) return
    upload.request = requestOf(upload, upload.file, this.#host)
    this.#link.open().keep(upload.id, upload.file, upload.request)
  }

  #begin(upload: Upload): void {
    const engine = this.#link.open()
    this.#move(upload, { type: 'begin' })
    if (upload.begun) return engine.resume(upload.id)
    this.#keep(upload)
    if (upload.file === undefined || upload.request === undefined) return
    upload.begun = true
    engine.start(upload.id, upload.file, upload.request)
  }

  /** What waits for a token is not helped by a question to the server. */
  #tryNow({ id }: Upload): void {
    if (this.token.state.name === 'blocked') this.token.tryNow()
    this.#link.engine?.retry(id)
  }

  /** After a failure: the engine goes on from what is safe, or begins; a file without a verdict is checked again. */
  #again(upload: Upload): void {
    this.#herald.working()
    if (upload.verdict === undefined) return this.#checkAgain(upload)
    this.#enqueue(upload)
    if (!upload.begun) return
    this.#move(upload, { type: 'begin' })
    this.#link.engine?.retry(upload.id)
  }

  #checkAgain(upload: Upload): void {
    upload.state = { name: 'checking' }
    this.#host.changed()
    this.queue.pump()
  }

  #leaveEngine(upload: Upload): void {
    if (isSettled(upload.state) || isHandedOver(upload.state)) this.#link.engine?.forget(upload.id)
    else this.#link.engine?.cancel(upload.id)
  }

  #hear(event: EngineEvent): void {
    if (event.type === 'token-needed') return this.token.need(event.reason)
    if (event.type === 'cancelled') return this.#cancelled(event.id)
    const upload = this.queue.get(event.id)
    if (upload === undefined) return
    const { accepted } = upload.progress
    this.#apply(upload, event)
    if (upload.progress.accepted > accepted || isHandedOver(upload.state)) this.token.accepted()
    if (event.type === 'waiting' && event.reason === 'token') this.#tokenChanged()
  }

  /** Here the row has gone already; in another tab it may have been ended by somebody else. */
  #cancelled(id: string): void {
    this.#link.engine?.forget(id)
    if (this.queue.get(id) === undefined) return
    this.queue.remove(id)
    this.#host.changed()
    this.#afterMove()
  }

  /** Who waits for the token waits until it is asked for again. */
  #tokenChanged(): void {
    const { state } = this.token
    const retryInMs = state.name === 'blocked' && state.retryAt > 0 ? state.retryAt - Date.now() : 0
    this.#each(undefined, (upload) => {
      const { id, state } = upload
      if (state.name === 'waiting' && state.reason === 'token') upload.apply({ type: 'waiting', id, reason: 'token', retryInMs })
    })
    this.#host.changed()
  }

  #apply(upload: Upload, event: UploadEvent): void {
    const { name } = upload.state
    this.#move(upload, event)
    this.#herald.tell(upload, event, { moved: upload.state.name !== name, signedIn: this.token.hasGiven })
  }

  #move(upload: Upload, event: UploadEvent): boolean {
    const moved = upload.apply(event)
    this.#host.changed()
    if (moved) queueMicrotask(() => this.#afterMove())
    return moved
  }

  #afterMove(): void {
    this.queue.pump()
    this.#herald.tellComplete(this.uploads)
  }

  #each(id: string | undefined, act: (upload: Upload) => void): void {
    const uploads = id === undefined ? this.uploads : [this.queue.get(id)]
    for (const upload of uploads) if (upload !== undefined) act(upload)
  }
}
