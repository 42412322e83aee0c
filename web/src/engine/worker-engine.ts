/**
 * The engine of one element on the page's side of the worker, wherever that runs. It keeps what must outlive a
 * crash of the worker: the files, their upload URLs and the last command for each.
 */
import { EngineUnavailableError } from './engine-unavailable-error.js'
import type { Connection, EngineHost, Loss } from './connection.js'
import type { CheckRequest, ElsewhereFilter, Engine, EngineEvent, Failure, KeptUpload, UploadRequest, Verdict } from './engine.js'
import { PageCache } from './page-cache.js'
import { PendingCalls, type Question } from './pending-calls.js'
import { reachability } from './reachability.js'
import { trackEvent, trackUpload, type TrackedUpload } from './tracked-upload.js'
import { FIRST, type CallAnswers, type CallMessage, type FromWorker, type StartMessage, type ToWorker, type UploadCommand } from './worker-protocol.js'

/** Crashes in a row, without an answered call or any progress, after which no new worker is started. */
const MAX_CRASHES = 3

export class WorkerEngine implements Engine {
  readonly #host: EngineHost
  readonly #listeners = new Set<(event: EngineEvent) => void>()
  readonly #uploads = new Map<string, TrackedUpload>()
  readonly #calls = new PendingCalls()
  readonly #cache = new PageCache(() => this.#stop(), () => this.wake())
  /** Uploads that were forgotten while there was no worker to remove their copies. */
  readonly #forgotten = new Set<string>()
  #worker: Connection | undefined
  #suspended = false
  #closed = false
  #crashes = 0

  constructor(host: EngineHost) {
    this.#host = host
    this.#cache.listen()
  }

  warm(): void {
    this.#open()
  }

  check(_id: string, file: Blob, request: CheckRequest): Promise<Verdict> {
    return this.#ask<'check'>({ type: 'check', file, request })
  }

  keep(id: string, file: Blob, request: UploadRequest): void {
    if (!this.#uploads.has(id)) this.#begin({ type: 'keep', id, file, size: file.size, request, url: '' })
  }

  start(id: string, file: Blob, request: UploadRequest): void {
    const start = this.#uploads.get(id)?.start
    if (start?.type !== 'start') this.#begin({ type: 'start', id, file, size: file.size, request, url: start?.url ?? '' })
  }

  async restore(place: string, elsewhere?: ElsewhereFilter): Promise<readonly KeptUpload[]> {
    if (!await this.#mayHaveUploads()) return []
    const kept = await this.#ask<'restore'>({ type: 'restore', place, elsewhere })
    for (const { id, file, size, request } of kept) {
      this.#uploads.set(id, trackUpload({ type: 'keep', id, file, size, request, url: '' }, this.#worker))
    }
    return kept
  }

  async countElsewhere(place: string, elsewhere: ElsewhereFilter): Promise<number> {
    if (!await this.#mayHaveUploads()) return 0
    return this.#ask<'count-elsewhere'>({ type: 'count-elsewhere', place, elsewhere })
  }

  supply(id: string, file: Blob): Promise<boolean> {
    return this.#ask<'supply'>({ type: 'supply', id, file }).catch(() => false)
  }

  pause(id: string): void {
    this.#command(id, 'pause')
  }

  resume(id: string): void {
    this.#command(id, 'resume')
  }

  cancel(id: string): void {
    this.#command(id, 'cancel')
  }

  retry(id: string): void {
    this.#command(id, 'retry')
  }

  forget(id: string): void {
    if (this.#worker) this.#post({ type: 'forget', id })
    else this.#forgotten.add(id)
    this.#uploads.delete(id)
  }

  provideToken(token: string | undefined): void {
    this.#post({ type: 'token', token })
  }

  nudge(): void {
    this.#post({ type: 'nudge' })
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  /** A removed element may never come back, so the page keeps no listener of it. */
  suspend(): void {
    this.#suspended = true
    this.#cache.unlisten()
    this.#stop()
  }

  wake(): void {
    if (this.#closed) return
    this.#suspended = false
    this.#cache.listen()
    const running = [...this.#uploads.values()].some(({ state }) => state === 'running')
    if (running || this.#calls.messages.length + this.#forgotten.size > 0) this.#open()
  }

  close(): void {
    this.#closed = true
    this.#cache.unlisten()
    this.#stop()
    this.#uploads.clear()
    this.#calls.rejectAll('the engine was closed')
  }

  /** Whether it takes a worker to know what earlier visits have left. */
  async #mayHaveUploads(): Promise<boolean> {
    return this.#worker !== undefined || this.#host.mayHaveEarlierUploads()
  }

  #stop(): void {
    this.#worker?.close()
    this.#worker = undefined
  }

  #begin(start: Omit<StartMessage, 'first'>): void {
    const upload = trackUpload(start)
    this.#uploads.set(start.id, upload)
    this.#open()
    this.#give(upload)
  }

  #ask<T extends CallMessage['type']>(question: Question & { readonly type: T }): Promise<CallAnswers[T]> {
    if (this.#closed) return Promise.reject(new EngineUnavailableError('the engine was closed'))
    this.#open()
    return this.#calls.add<T>(question, message => this.#post(message))
  }

  #command(id: string, type: UploadCommand): void {
    const upload = this.#uploads.get(id)
    if (!upload) return
    // A cancel starts an upload that was only kept: the server may have part of it.
    upload.start = { ...upload.start, type: type === 'cancel' ? 'start' : upload.start.type, first: FIRST[type] }
    if (upload.state === 'failed' && (type === 'retry' || type === 'cancel')) upload.state = 'running'
    if (this.#worker !== undefined && upload.worker === this.#worker) return this.#post({ type, id })
    this.#open()
    this.#give(upload)
  }

  /** Hands the upload to the worker unless it has it. The worker begins with the last command. */
  #give(upload: TrackedUpload): void {
    if (upload.state !== 'running' || upload.worker === this.#worker) return
    upload.worker = this.#worker
    this.#post(upload.start)
  }

  #open(): void {
    if (this.#worker || this.#suspended || this.#closed) return
    const worker: Connection = (this.#worker = this.#host.connect({
      receive: message => { if (worker === this.#worker) this.#receive(message) },
      lost: loss => { if (worker === this.#worker) this.#lost(loss) },
    }))
    for (const id of this.#forgotten) this.#post({ type: 'forget', id })
    this.#forgotten.clear()
    for (const message of this.#calls.messages) this.#post(message)
    for (const upload of this.#uploads.values()) this.#give(upload)
  }

  #post(message: ToWorker): void {
    this.#worker?.post(message)
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'located': return this.#located(message.id, message.url)
      case 'answer':
        this.#crashes = 0
        return this.#calls.resolve(message.call, message.answer)
      case 'event':
        return this.#happened(reachability(message.event))
    }
  }

  #located(id: string, url: string): void {
    const upload = this.#uploads.get(id)
    if (upload) upload.start = { ...upload.start, url }
  }

  #happened(event: EngineEvent): void {
    this.#track(event)
    this.#host.noticed(event)
    this.#emit(event)
  }

  #track(event: EngineEvent): void {
    const upload = event.type === 'token-needed' ? undefined : this.#uploads.get(event.id)
    // Every worker reports an upload's offset. Only progress shows that the worker can work.
    if (upload && trackEvent(upload, event)) this.#crashes = 0
  }

  #emit(event: EngineEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
  }

  #lost({ detail, blamed, fault }: Loss): void {
    this.#worker = undefined
    if (fault) return this.#giveUp(detail, fault)
    if (blamed) {
      this.#crashes++
      this.#calls.noteCrash(detail)
    }
    if (this.#crashes < MAX_CRASHES) this.#open()
    else this.#giveUp(detail, 'engine_unavailable')
  }

  /** Fails all calls and running uploads. A retry starts a new worker. */
  #giveUp(detail: string, code: string): void {
    this.#crashes = 0
    this.#calls.rejectAll(detail, code)
    const failure: Failure = { code, message: '', retryable: true, facts: [] }
    for (const [id, upload] of this.#uploads) {
      if (upload.state !== 'running' || upload.start.type !== 'start') continue
      upload.state = 'failed'
      this.#emit({ type: 'failed', id, failure })
    }
  }
}
