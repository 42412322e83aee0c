/** The worker's part that sends: uploads, what is kept of them, and the token that all of them share. */
import { Database } from '../storage/database.js'
import { sha256, textSha256 } from './digest.js'
import type { EngineEvent, KeptUpload } from '../engine/engine.js'
import { OwnerKeeper, ownerOf } from './owner.js'
import { TokenKeeper } from './worker-token.js'
import { UploadJob, type JobFile, type JobSurroundings } from './upload-job.js'
import { IndexedUploadStore, type Kept } from '../storage/upload-store.js'
import { Vault } from '../storage/copy-store.js'
import type { WasmModule } from './wasm-module.js'
import type { FromWorker, SendingCallMessage, SendingMessage } from '../engine/worker-protocol.js'
import type { WorkersAlive } from './workers-alive.js'

/** What the worker has ready for this part. */
export interface SendingSurroundings {
  readonly module: WasmModule
  readonly endpoint: string
  readonly workers: WorkersAlive
  post(message: FromWorker): void
  died(error: unknown): void
}

export class Sending {
  readonly #workers: WorkersAlive
  readonly #around: JobSurroundings
  readonly #post: (message: FromWorker) => void
  readonly #jobs = new Map<string, UploadJob>()
  #providing: Promise<void> = Promise.resolve()

  constructor({ module, endpoint, workers, post, died }: SendingSurroundings) {
    this.#workers = workers
    this.#post = post
    const emit = (event: EngineEvent): void => post({ type: 'event', event })
    const tokens = new TokenKeeper(reason => emit({ type: 'token-needed', reason }))
    const store = new IndexedUploadStore(new Database())
    const origin = new URL(endpoint.replace(/\/*$/, '/'), self.location.href).href
    const digest = (text: string): Promise<string> => sha256(module, new Blob([text]))
    const around: JobSurroundings = {
      module, tokens, origin, digest, emit, died,
      placeDigest: place => textSha256(module, place),
      vault: new Vault(store, workers.self, {
        kept: id => emit({ type: 'kept', id }),
        unkept: (id, reason) => emit({ type: 'unkept', id, reason }),
      }),
      ceiling: 0,
      owners: new OwnerKeeper(tokens, digest),
      rules: __WASM_FILE__,
      lowered: bytes => void store.setCeiling(origin, bytes).catch(() => {}),
      located: (id, url) => post({ type: 'located', id, url }),
      hasTwin: job => [...this.#jobs.values()].some(other => other !== job && !other.ended && job.key !== '' && other.key === job.key),
    }
    this.#around = around
    // Nothing waits for it: an upload reads the same store before it begins.
    void store.ceiling(origin).then(bytes => { around.ceiling ||= bytes }, () => {})
    self.addEventListener('online', () => this.#nudge())
  }

  receive(message: SendingMessage): void {
    switch (message.type) {
      case 'restore': case 'supply':
        return void this.#answer(message).then(answer => this.#post({ type: 'answer', call: message.call, answer }), this.#around.died)
      case 'keep': return this.#jobOf(message).keep()
      case 'start': {
        const job = this.#jobOf(message)
        job.keep()
        return job.start(message.url, message.first)
      }
      case 'token': return this.#provide(message.token)
      case 'nudge': return this.#nudge()
      case 'forget':
        return this.#forget(message.id)
      default:
        this.#jobs.get(message.id)?.command(message.type)
    }
  }

  /** What this worker has not heard of, one before it has kept. */
  #forget(id: string): void {
    const job = this.#jobs.get(id)
    if (job) job.free()
    else this.#around.vault.discard(id)
    this.#jobs.delete(id)
  }

  #jobOf(file: JobFile): UploadJob {
    const job = this.#jobs.get(file.id) ?? new UploadJob(this.#around, file)
    this.#jobs.set(file.id, job)
    return job
  }

  async #answer(message: SendingCallMessage): Promise<readonly KeptUpload[] | boolean> {
    if (message.type === 'restore') return this.#restore(message.place)
    return await this.#jobs.get(message.id)?.supply(message.file) ?? false
  }

  async #restore(place: string): Promise<readonly KeptUpload[]> {
    const { vault, owners, origin, placeDigest } = this.#around
    const at = { origin, place: placeDigest(place), alive: this.#workers.all }
    try {
      const kept = await vault.restore(at, () => owners.ask())
      return kept.map(one => this.#takeUp(one, place))
    } catch {
      // A store that cannot be read has nothing for this visit.
      return []
    }
  }

  #takeUp(kept: Kept, place: string): KeptUpload {
    const { record: { id, size, accepted, paused }, copy } = kept
    const request = { ...kept.record.request, place }
    this.#jobOf({ id, size, request, file: undefined }).take(kept)
    return { id, size, request, accepted, paused, file: copy }
  }

  /** One after the other: the last token is the one that counts. */
  #provide(token: string | undefined): void {
    this.#providing = this.#providing.then(() => this.#handOut(token)).catch(this.#around.died)
  }

  /** What somebody else has begun stops before the token can be used for it. */
  async #handOut(token: string | undefined): Promise<void> {
    const { tokens, digest, vault } = this.#around
    const owner = token === undefined ? '' : await ownerOf(token, digest)
    if (owner !== '') for (const job of this.#jobs.values()) job.signedIn(owner)
    tokens.provide(token)
    vault.own(owner)
  }

  #nudge(): void {
    for (const job of this.#jobs.values()) job.nudge()
  }
}
