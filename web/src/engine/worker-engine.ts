/**
 * The engine on the page's side of a worker of the same origin. Keeps what a
 * worker's death must not lose: the files, their upload URLs and what was last asked for.
 */
import type {
  CheckRequest, Engine, EngineEvent, EngineFactory, Failure, KeptUpload, UploadRequest, Verdict,
} from './engine.js'
import { createWorker } from './worker-script.js'
import {
  FIRST, firstAfter, type CallAnswers, type CallMessage, type FromWorker, type StartMessage, type ToWorker,
} from './worker-protocol.js'

/** A worker that dies this often without having been of use is not started again by itself. */
const MAX_DEATHS = 3

interface Upload {
  start: StartMessage
  /** A `failed` upload is not given to the next worker until the person retries, an `ended` one never. */
  state: 'running' | 'failed' | 'ended'
  /** Who knows of it. */
  worker: Worker | undefined
  /** Bytes that the server has acknowledged. */
  accepted: number
}

interface Call {
  readonly message: CallMessage
  deaths: number
  readonly resolve: (answer: CallAnswers[CallMessage['type']]) => void
  readonly reject: (error: EngineUnavailableError) => void
}

/** A call before it has its number. */
type Question = CallMessage extends infer M ? M extends CallMessage ? Omit<M, 'call'> : never : never

/** The browser cannot run the engine: no worker, no WebAssembly, or its file cannot be had. */
export class EngineUnavailableError extends Error {
  override readonly name = 'EngineUnavailableError'
  /** For the catalogue. */
  readonly code = 'engine_unavailable'
}

export const createWorkerEngine: EngineFactory = endpoint => new WorkerEngine(endpoint)

class WorkerEngine implements Engine {
  readonly #endpoint: string
  readonly #listeners = new Set<(event: EngineEvent) => void>()
  readonly #uploads = new Map<string, Upload>()
  readonly #asked = new Map<number, Call>()
  /** Forgotten while there was no worker that could take their copies away. */
  readonly #forgotten = new Set<string>()
  #worker: Worker | undefined
  #suspended = false
  #deaths = 0
  #calls = 0

  constructor(endpoint: string) {
    this.#endpoint = endpoint
    addEventListener('pagehide', this.#freeze)
    addEventListener('pageshow', this.#thaw)
  }

  /**
   * A page that is left may be put aside whole, for the way back. WebKit freezes its
   * worker along with the locks of its uploads, and no other page could go on with them.
   */
  readonly #freeze = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) this.#stop()
  }

  readonly #thaw = ({ persisted }: PageTransitionEvent): void => {
    if (persisted && !this.#suspended) this.wake()
  }

  warm(): void {
    this.#open()
  }

  check(_id: string, file: Blob, request: CheckRequest): Promise<Verdict> {
    return this.#ask<'check'>({ type: 'check', file, request })
  }

  keep(id: string, file: Blob, request: UploadRequest): void {
    if (!this.#uploads.has(id)) this.#begin({ type: 'keep', id, file, size: file.size, request, url: '', first: 'start' })
  }

  start(id: string, file: Blob, request: UploadRequest): void {
    const start = this.#uploads.get(id)?.start
    if (start?.type !== 'start') this.#begin({ type: 'start', id, file, size: file.size, request, url: start?.url ?? '', first: 'start' })
  }

  async restore(place: string): Promise<readonly KeptUpload[]> {
    const kept = await this.#ask<'restore'>({ type: 'restore', place })
    for (const { id, file, size, request } of kept) {
      const start: StartMessage = { type: 'keep', id, file, size, request, url: '', first: 'start' }
      this.#uploads.set(id, { start, state: 'running', worker: this.#worker, accepted: 0 })
    }
    return kept
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

  suspend(): void {
    this.#suspended = true
    this.#stop()
  }

  wake(): void {
    this.#suspended = false
    const waiting = [...this.#uploads.values()].some(({ state }) => state === 'running')
    if (waiting || this.#asked.size + this.#forgotten.size > 0) this.#open()
  }

  close(): void {
    removeEventListener('pagehide', this.#freeze)
    removeEventListener('pageshow', this.#thaw)
    this.#stop()
    this.#uploads.clear()
    this.#giveUpCalls('the engine was closed')
  }

  #stop(): void {
    this.#worker?.terminate()
    this.#worker = undefined
  }

  #begin(start: StartMessage): void {
    const upload: Upload = { start, state: 'running', worker: undefined, accepted: 0 }
    this.#uploads.set(start.id, upload)
    this.#open()
    this.#give(upload)
  }

  #ask<T extends CallMessage['type']>(question: Question & { readonly type: T }): Promise<CallAnswers[T]> {
    const call = ++this.#calls
    return new Promise((resolve, reject) => {
      const message = { ...question, call } as CallMessage
      this.#open()
      this.#asked.set(call, { message, deaths: 0, resolve: resolve as Call['resolve'], reject })
      this.#post(message)
    })
  }

  #command(id: string, type: keyof typeof FIRST): void {
    const upload = this.#uploads.get(id)
    if (!upload) return
    // What was only kept must be begun for its cancel: the server may have some of it.
    upload.start = { ...upload.start, type: type === 'cancel' ? 'start' : upload.start.type, first: FIRST[type] }
    if (upload.state === 'failed' && (type === 'retry' || type === 'cancel')) upload.state = 'running'
    if (this.#worker !== undefined && upload.worker === this.#worker) return this.#post({ type, id })
    this.#open()
    this.#give(upload)
  }

  /** A worker that has not heard of the upload begins with what was last asked for. */
  #give(upload: Upload): void {
    if (upload.state !== 'running' || upload.worker === this.#worker) return
    upload.worker = this.#worker
    this.#post(upload.start)
  }

  #open(): void {
    if (this.#worker || this.#suspended) return
    let worker: Worker
    try {
      worker = createWorker()
    } catch (error) {
      queueMicrotask(() => this.#giveUp(String(error)))
      return
    }
    this.#worker = worker
    worker.onmessage = (event: MessageEvent<FromWorker>) => this.#receive(worker, event.data)
    worker.onerror = event => this.#died(worker, event.message)
    this.#post({ type: 'open', endpoint: this.#endpoint })
    for (const id of this.#forgotten) this.#post({ type: 'forget', id })
    this.#forgotten.clear()
    for (const { message } of this.#asked.values()) this.#post(message)
    for (const upload of this.#uploads.values()) this.#give(upload)
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message)
  }

  #receive(worker: Worker, message: FromWorker): void {
    if (worker !== this.#worker) return
    switch (message.type) {
      case 'dead': return this.#died(worker, message.detail)
      case 'located': return this.#located(message.id, message.url)
      case 'answer':
        this.#deaths = 0
        this.#asked.get(message.call)?.resolve(message.answer)
        this.#asked.delete(message.call)
        return
      case 'event':
        this.#remember(message.event)
        this.#emit(message.event)
    }
  }

  #located(id: string, url: string): void {
    const upload = this.#uploads.get(id)
    if (upload) upload.start = { ...upload.start, url }
  }

  /** Notes what the next worker would have to know. */
  #remember(event: EngineEvent): void {
    if (event.type === 'token-needed') return
    const upload = this.#uploads.get(event.id)
    if (!upload) return
    upload.start = { ...upload.start, first: firstAfter(event.type, upload.start.first) }
    switch (event.type) {
      case 'progress':
        // Every worker tells where an upload stands; only one that got further was of use.
        if (event.accepted <= upload.accepted) return
        upload.accepted = event.accepted
        this.#deaths = 0
        return
      case 'failed':
        upload.state = 'failed'
        return
      case 'done': case 'refused': case 'cancelled':
        upload.state = 'ended'
    }
  }

  #emit(event: EngineEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
  }

  #died(worker: Worker, detail: string): void {
    if (worker !== this.#worker) return
    this.#stop()
    this.#deaths++
    this.#suspectCheck(detail)
    if (this.#deaths < MAX_DEATHS) this.#open()
    else this.#giveUp(detail)
  }

  /** Checks run one by one: the first is the one that the worker died in. A file may do that once. */
  #suspectCheck(detail: string): void {
    const first = [...this.#asked].find(([, { message }]) => message.type === 'check')
    if (!first) return
    const [call, check] = first
    if (++check.deaths < 2) return
    this.#asked.delete(call)
    check.reject(new EngineUnavailableError(detail))
  }

  /** Says of everything that runs that it cannot go on; a retry starts a new worker. */
  #giveUp(detail: string): void {
    this.#deaths = 0
    this.#giveUpCalls(detail)
    const failure: Failure = { code: 'engine_unavailable', message: '', retryable: true, facts: [] }
    for (const [id, upload] of this.#uploads) {
      if (upload.state !== 'running' || upload.start.type !== 'start') continue
      upload.state = 'failed'
      this.#emit({ type: 'failed', id, failure })
    }
  }

  #giveUpCalls(detail: string): void {
    for (const { reject } of this.#asked.values()) reject(new EngineUnavailableError(detail))
    this.#asked.clear()
  }
}
