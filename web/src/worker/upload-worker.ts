/** The part of the worker that uploads, for one client: its jobs, what is stored of them, and the token that they share. */
import type { ElsewhereFilter, EngineEvent, KeptUpload } from '../engine/engine.js'
import type { FromWorker, UploadCallMessage, UploadCommand, UploadMessage } from '../engine/worker-protocol.js'
import { CopyStore, type RestorePlace } from '../storage/copy-store.js'
import { Database } from '../storage/database.js'
import { IndexedUploadStore, type StoredUpload } from '../storage/upload-store.js'
import { ChunkCeiling } from './chunk-ceiling.js'
import { textSha256 } from './digest.js'
import type { JobFile } from './job-record.js'
import type { LiveWorkers } from './live-workers.js'
import { ownerOf, resolveOwner } from './owner.js'
import { placeKeyOf } from './place-key.js'
import { StatusFeed } from './status-feed.js'
import type { JobContext } from './upload-context.js'
import { UploadJob } from './upload-job.js'
import type { WasmModule } from './wasm-module.js'
import { ServerProbe } from './server-probe.js'
import { WorkerToken } from './worker-token.js'

/** What the worker provides. */
export interface WorkerContext {
  readonly module: WasmModule
  /** The media server, ending in a slash. */
  readonly endpoint: string
  /** The origin of the page around the frame that the worker is in; empty without a frame. */
  readonly site: string
  readonly workers: LiveWorkers
  post(message: FromWorker): void
  /** Whether the worker's policy has blocked a request to a media server. */
  isForbidden(endpoint: string): boolean
  crashed(error: unknown): void
}

export class UploadWorker {
  readonly #worker: WorkerContext
  readonly #context: JobContext
  readonly #jobs = new Map<string, UploadJob>()
  readonly #database = new Database()
  #closed = false

  constructor(worker: WorkerContext) {
    const { module, endpoint: origin, site, workers, post, crashed } = worker
    this.#worker = worker
    const emit = (event: EngineEvent): void => post({ type: 'event', event })
    const token = new WorkerToken(reason => emit({ type: 'token-needed', reason }))
    const store = new IndexedUploadStore(this.#database)
    const hash = (text: string): string => textSha256(module, text)
    const server = new ServerProbe(origin, () => worker.isForbidden(origin))
    this.#context = {
      module, token, origin, hash, emit, crashed,
      statuses: new StatusFeed(origin, token),
      placeKey: place => placeKeyOf(place, site, hash),
      server,
      copies: new CopyStore(store, workers.self, {
        kept: id => emit({ type: 'kept', id }),
        unkept: (id, reason) => emit({ type: 'unkept', id, reason }),
      }),
      ceiling: new ChunkCeiling(origin, store),
      rules: __WASM_FILE__,
      located: (id, url) => post({ type: 'located', id, url }),
    }
    self.addEventListener('online', this.#nudge)
  }

  /** Stops all uploads. Their records stay. */
  close(): void {
    this.#closed = true
    self.removeEventListener('online', this.#nudge)
    for (const job of this.#jobs.values()) job.abandon()
    this.#context.statuses.close()
    this.#database.close()
    this.#worker.workers.release()
  }

  receive(message: UploadMessage): void {
    switch (message.type) {
      case 'restore': case 'count-elsewhere': case 'supply':
        return void this.#answer(message).then(answer => this.#worker.post({ type: 'answer', call: message.call, answer }), this.#worker.crashed)
      case 'keep': return this.#jobOf(message).keep()
      case 'start': {
        const job = this.#jobOf(message)
        job.keep()
        return job.start(message.url, message.first)
      }
      case 'token': return this.#provideToken(message.token)
      case 'nudge': return this.#nudge()
      case 'forget': return this.#forget(message.id)
      default: return this.#command(message.id, message.type)
    }
  }

  #command(id: string, command: UploadCommand): void {
    const job = this.#jobs.get(id)
    if (!job || job.ended) return
    const { key } = job
    const isDuplicate = key !== '' && [...this.#jobs.values()].some(other => other !== job && !other.ended && other.key === key)
    if (command !== 'cancel' || !isDuplicate) return job.command(command)
    // The other job continues the upload.
    job.free()
    this.#context.emit({ type: 'cancelled', id })
  }

  /** If this worker does not know the upload, an earlier one of the page has stored it. */
  #forget(id: string): void {
    const job = this.#jobs.get(id)
    if (job) job.free()
    else this.#context.copies.discard(id)
    this.#jobs.delete(id)
  }

  #jobOf(file: JobFile): UploadJob {
    const job = this.#jobs.get(file.id) ?? new UploadJob(this.#context, file)
    this.#jobs.set(file.id, job)
    return job
  }

  /** Rejects if the module crashes. The next worker then answers. */
  async #answer(message: UploadCallMessage): Promise<readonly KeptUpload[] | number | boolean> {
    switch (message.type) {
      case 'restore': return this.#restore(message.place, message.elsewhere)
      case 'count-elsewhere': return this.#context.copies.count(this.#placeOf(message.place, message.elsewhere), this.#askOwner)
      case 'supply': return await this.#jobs.get(message.id)?.supply(message.file) ?? false
    }
  }

  async #restore(place: string, elsewhere: ElsewhereFilter | undefined): Promise<readonly KeptUpload[]> {
    const { copies, placeKey } = this.#context
    const stored = await copies.restore(this.#placeOf(place, elsewhere), this.#askOwner)
    if (this.#closed) return []
    for (const { record: { id, request } } of stored) {
      if (elsewhere !== undefined) copies.change(id, { request: { ...request, place: placeKey(place) } })
    }
    return stored.map(one => this.#restoreJob(one, place))
  }

  #placeOf(place: string, elsewhere: ElsewhereFilter | undefined): RestorePlace {
    const { origin, placeKey } = this.#context
    const others = elsewhere && { ...elsewhere, taken: elsewhere.taken.map(placeKey) }
    return { origin, place: placeKey(place), elsewhere: others, liveWorkers: this.#worker.workers.all }
  }

  readonly #askOwner = (): Promise<string> => resolveOwner(this.#context.token, this.#context.hash)

  #restoreJob(stored: StoredUpload, place: string): KeptUpload {
    const { record: { id, size, accepted, paused }, copy } = stored
    const request = { ...stored.record.request, place }
    this.#jobOf({ id, size, request, file: undefined }).restore(stored)
    return { id, size, request, accepted, paused, file: copy }
  }

  /** Stops the uploads of other owners before the token can be used for them. */
  #provideToken(token: string | undefined): void {
    const { hash, statuses } = this.#context
    const owner = ownerOf(token, hash)
    if (owner !== '') for (const job of this.#jobs.values()) job.signedIn(owner)
    this.#context.token.provide(token)
    // Claims that cannot be read tell nobody apart.
    statuses.renew(owner || token || '')
    this.#context.copies.setOwner(owner)
  }

  readonly #nudge = (): void => {
    this.#context.statuses.nudge()
    for (const job of this.#jobs.values()) job.nudge()
  }
}
