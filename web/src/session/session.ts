/**
 * The uploads of one element, and everything that can be done with them: joins the
 * queue, the checks, the engine and the token. It has neither DOM nor words.
 */
import type { ElsewhereFilter, Purpose } from '../engine/engine.js'
import { failureOf } from '../engine/failure.js'
import { warnPage } from '../engine/page-warning.js'
import type { EngineDispatchHost } from './engine-dispatch.js'
import { EngineDispatch } from './engine-dispatch.js'
import { EngineEvents } from './engine-events.js'
import type { EngineLinkHost } from './engine-link.js'
import { EngineLink } from './engine-link.js'
import { EventEmitter } from './event-emitter.js'
import type { FileChecksHost } from './file-checks.js'
import { FileChecks } from './file-checks.js'
import { Queue } from './queue.js'
import type { Result } from './result.js'
import { resultOf } from './result.js'
import type { RestoredUploadsHost } from './restored-uploads.js'
import { RestoredUploads } from './restored-uploads.js'
import { TokenProvider } from './token-provider.js'
import type { UploadChangesHost } from './upload-changes.js'
import { UploadChanges } from './upload-changes.js'
import { Upload } from './upload.js'
import { isActive, isProcessing, isSettled } from './upload-state.js'

/** What the session needs from its element. */
export interface SessionHost extends UploadChangesHost, FileChecksHost, EngineDispatchHost, EngineLinkHost, RestoredUploadsHost {
  readonly purposes: readonly Purpose[]
  readonly concurrency: number
}

export class Session {
  readonly #host: SessionHost
  readonly queue: Queue
  readonly token: TokenProvider
  readonly #link: EngineLink
  readonly #emitter: EventEmitter
  readonly #changes: UploadChanges
  readonly #events: EngineEvents
  readonly #dispatch: EngineDispatch
  readonly #checks: FileChecks
  readonly #restored: RestoredUploads
  /** Looks at what is stored that have not been answered. */
  #looks = 0

  constructor(host: SessionHost) {
    this.#host = host
    this.queue = new Queue(
      { check: (upload) => this.#checks.check(upload), begin: (upload) => this.#dispatch.begin(upload) },
      () => host.concurrency,
    )
    this.token = new TokenProvider({
      provide: (token) => this.#link.engine?.provideToken(token),
      authRequired: (reason, code) => void host.emit('auth-required', { reason, code }),
      warn: (text) => warnPage(text),
      changed: () => this.#events.tokenChanged(),
    })
    this.#link = new EngineLink(host, (event) => this.#events.receive(event))
    this.#emitter = new EventEmitter(host, () => this.token.hasProvided)
    const changes = (this.#changes = new UploadChanges(host, this.queue, this.#emitter))
    const dispatch = (this.#dispatch = new EngineDispatch(host, this.#link, changes))
    const parts = { host, changes, dispatch, link: this.#link, queue: this.queue, token: this.token }
    this.#events = new EngineEvents(parts)
    this.#checks = new FileChecks(parts)
    this.#restored = new RestoredUploads(host, this.queue, changes)
  }

  get uploads(): readonly Upload[] { return [...this.queue] }

  /** Uploads to which nothing more happens without an action. */
  get settled(): readonly Upload[] { return this.uploads.filter(({ state }) => isSettled(state)) }

  /** Some row shows a time or a speed, which changes every second. */
  get isTicking(): boolean { return this.uploads.some(({ state }) => isActive(state)) }

  /** Loads the engine ahead of the first file. If it cannot be loaded, the first file reports that. */
  warm(): void {
    void this.#link.load().then(() => this.#link.open().warm()).catch(() => {})
  }

  /** Brings back the uploads of earlier visits and resumes them: those of this place, or those of other places. */
  async restore(elsewhere?: ElsewhereFilter): Promise<void> {
    await this.#link.load()
    const engine = this.#link.open()
    const uploads = await this.#look(this.#restored.restore(engine, this.#host.place, elsewhere))
    if (engine !== this.#link.engine || uploads.length === 0) return
    for (const upload of uploads) this.queue.add(upload)
    this.#emitter.workAdded()
    this.#host.emit('restored', { files: uploads.map((upload) => upload.detail()) })
    this.#host.changed()
    this.queue.pump()
  }

  /** How many uploads of other places of the site could be brought here. */
  async countElsewhere(filter: ElsewhereFilter): Promise<number> {
    await this.#link.load()
    return this.#look(this.#link.open().countElsewhere(this.#host.place, filter))
  }

  /** What is stored is shown to its owner only, so the answer may wait for a token. */
  #look<T>(answer: Promise<T>): Promise<T> {
    this.#looks++
    return answer.finally(() => { this.#looks--; this.#endTokenNeed() })
  }

  #endTokenNeed(): void {
    if (this.#looks === 0 && this.uploads.every(({ state }) => isSettled(state))) this.token.cancel()
  }

  add(id: string, file: File): void {
    this.queue.add(Upload.of(id, file, this.#host.purposes))
    this.#emitter.workAdded()
    this.#host.changed()
  }

  /** The row that misses a file of this size, with which it is compared; `chosenFor` is the row for which the person chose it. */
  supply(file: File, chosenFor?: Upload): Upload | undefined {
    const upload = this.#restored.findCandidate(file, chosenFor)
    const engine = this.#link.engine
    if (upload === undefined || engine === undefined) return undefined
    void this.#restored.supply(engine, file, upload, chosenFor)
    return upload
  }

  /** The results of finished uploads: of one, or of all. */
  results(id?: string): readonly Result[] {
    return this.#chosen(id).flatMap((upload) => resultOf(upload) ?? [])
  }

  start(id?: string): void {
    this.#each(id, (upload) => this.#dispatch.start(upload))
  }

  pause(id?: string): void {
    this.#each(id, (upload) => {
      if (!this.#changes.apply(upload, { type: 'pause' })) return
      if (upload.sender !== 'none') this.#link.engine?.pause(upload.id)
      this.#host.emit('upload-pause', { file: upload.detail() })
    })
  }

  /** Resumes paused uploads; a waiting one retries now. */
  resume(id?: string): void {
    this.#each(id, (upload) => {
      if (upload.state.name === 'waiting') return this.#retryNow(upload)
      if (upload.state.name !== 'paused') return
      this.#dispatch.enqueue(upload)
      this.#host.emit('upload-resume', { file: upload.detail() })
    })
  }

  retry(id?: string): void {
    this.#each(id, (upload) => {
      if (upload.state.name === 'waiting') this.#retryNow(upload)
      else if (upload.state.name === 'failed' && upload.state.failure.retryable) this.#retryFailed(upload)
    })
  }

  /** Cancels uploads whose bytes are not all on the server yet, in this browser and on the server. */
  cancel(id?: string): void {
    this.#each(id, (upload) => {
      if (!isSettled(upload.state) && !isProcessing(upload.state)) this.remove(upload)
    })
  }

  /** Removes an upload from the list; one that is not finished is cancelled. */
  remove(upload: Upload): void {
    this.#dispatch.release(upload)
    this.#changes.remove(upload)
    this.#endTokenNeed()
  }

  /**
   * The purposes or kinds have changed: files of which no byte was sent are checked again,
   * refused ones too. A check that is under way notices the new `purposes` and drops its result.
   */
  recheck(): void {
    this.#each(undefined, (upload) => {
      const { sender, restored, state: { name } } = upload
      if (sender !== 'none' || restored) return
      if (name === 'queued' || name === 'paused') upload.resumeAs = name
      this.#dispatch.discardCopy(upload)
      if (!this.#changes.apply(upload, { type: 'recheck' })) return
      upload.purposes = this.#host.purposes
      this.#emitter.workAdded()
    })
  }

  /** The network is back: whatever waits retries now. */
  nudge(): void {
    this.#link.engine?.nudge()
    if (this.token.state.name === 'blocked') this.token.tryNow()
  }

  /** Stops everything until `wake`. Nothing is lost: active uploads are queued again. */
  suspend(): void {
    this.queue.stop()
    this.token.close()
    this.#link.suspend()
    for (const upload of this.queue) {
      if (this.#changes.apply(upload, { type: 'requeue' })) this.#link.engine?.pause(upload.id)
    }
  }

  /** The queue first, so that the engine wakes with the uploads that have a slot. */
  wake(): void {
    this.queue.restart()
    this.#link.wake()
  }

  /**
   * The endpoint may be another server. Uploads that the old server knows fail: the new server
   * would not know their assets, and tokens that the page provides from here on are not meant
   * for the old one. A retry uploads the file to the new server.
   */
  changeEndpoint(): void {
    if (!this.#link.closeStale()) return
    this.token.close()
    for (const upload of this.queue) {
      const failed = this.#dispatch.leaveEndpoint(upload)
      // A row without a file comes back when its own server is restored from again.
      if (upload.state.name === 'missing') this.queue.remove(upload.id)
      else if (failed) this.#changes.applyAndEmit(upload, { type: 'failed', id: upload.id, failure: failureOf('endpoint_changed') })
    }
  }

  /** If a token is missing, asking the server again is no use. */
  #retryNow({ id }: Upload): void {
    if (this.token.state.name === 'blocked') this.token.tryNow()
    this.#link.engine?.retry(id)
  }

  #retryFailed(upload: Upload): void {
    this.#emitter.workAdded()
    if (upload.verdict !== undefined) return this.#dispatch.retry(upload)
    upload.state = { name: 'checking' }
    this.#host.changed()
    this.queue.pump()
  }

  #each(id: string | undefined, act: (upload: Upload) => void): void {
    for (const upload of this.#chosen(id)) act(upload)
  }

  #chosen(id: string | undefined): readonly Upload[] {
    return this.uploads.filter((upload) => id === undefined || upload.id === id)
  }
}
