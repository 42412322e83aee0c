/**
 * Files, checks and uploads without a view. It has the same session and the same engine
 * as `<media-upload>`, with the same events; the page draws what it likes.
 */
import { createEngine } from '../engine/create-engine.js'
import type { Engine, EngineFactory, Failure, Verdict } from '../engine/engine.js'
import { EngineUnavailableError } from '../engine/engine-unavailable-error.js'
import { warnPage } from '../engine/page-warning.js'
import { serverOf } from '../engine/server-url.js'
import { preferredTag } from '../i18n/languages.js'
import { loadTexts } from '../i18n/load-texts.js'
import type { Texts } from '../i18n/messages.js'
import { isCancelable, type MediaUploadDetails, type MediaUploadEventMap } from '../session/events.js'
import { PageError } from '../session/page-error.js'
import { newFileDetail, newFileID } from '../session/new-file.js'
import type { Result } from '../session/result.js'
import type { SessionHost } from '../session/session.js'
import { Session } from '../session/session.js'
import type { GetToken } from '../session/token-provider.js'
import type { FileDetail } from '../session/upload.js'
import type { UploaderOptions } from './options.js'
import { concurrencyOf, placeOf, purposesOf } from './options.js'

/**
 * Uploads files of a page. All methods but `add`, `check` and `remove` take an optional file id; without
 * one they are about all files.
 */
export class Uploader extends EventTarget {
  readonly #options: UploaderOptions
  readonly #session: Session
  #engine: Engine | undefined
  #closed = false
  #texts: Texts | undefined

  /** @internal */
  constructor(options: UploaderOptions) {
    super()
    this.#options = options
    this.#session = new Session(this.#host())
    this.#session.token.getToken = options.getToken
    if (typeof window !== 'undefined') window.addEventListener('online', this.#online)
  }

  /** Every file of the list, in its order. */
  get files(): readonly FileDetail[] {
    return this.#session.uploads.map((upload) => upload.detail())
  }

  /** The callback for tokens. Set it to undefined when the person signs out: the token is discarded. */
  get getToken(): GetToken | undefined {
    return this.#session.token.getToken
  }

  set getToken(callback: GetToken | undefined) {
    this.#session.token.getToken = callback
  }

  /**
   * Adds files and has them checked. Returns the ids of those that were accepted: a listener of
   * `file-added` can prevent a file. If an upload of an earlier visit misses a file of the same size, the id
   * is that upload's.
   */
  add(files: Iterable<File>): readonly string[] {
    if (this.#closed) return []
    const ids = [...files].flatMap((file) => this.#session.supply(file)?.id ?? this.#addNew(file) ?? [])
    this.#session.queue.pump()
    return ids
  }

  /**
   * The verdict on a file that is not added. Rejects with an error whose `code` is `endpoint_invalid`,
   * `engine_unavailable` if the worker cannot run, or that of a set-up that forbids it, such as
   * `policy_forbids_engine`.
   */
  async check(file: File): Promise<Verdict> {
    const factory = await this.#loadEngine()
    const { name, type: declaredType } = file
    const { kinds = [] } = this.#options
    const server = serverOf(this.#options.endpoint ?? '')
    if (server === '') throw new PageError('endpoint_invalid', 'the endpoint is not a URL')
    return factory(server).check('', file, { name, declaredType, kinds, purposes: purposesOf(this.#options) })
  }

  /** Starts files that are ready. */
  start(id?: string): void {
    this.#session.start(id)
  }

  pause(id?: string): void {
    this.#session.pause(id)
  }

  /** Resumes paused uploads. One that waits retries now. */
  resume(id?: string): void {
    this.#session.resume(id)
  }

  /** Retries failed uploads from the server's offset. */
  retry(id?: string): void {
    this.#session.retry(id)
  }

  /** Cancels uploads whose bytes are not all on the server, here and there. */
  cancel(id?: string): void {
    this.#session.cancel(id)
  }

  /** Removes a file from the list; an unfinished upload is cancelled. */
  remove(id: string): void {
    const upload = this.#session.queue.get(id)
    if (upload !== undefined) this.#session.remove(upload)
  }

  /** Brings back the unfinished uploads of earlier visits, and resumes them. */
  async restore(): Promise<void> {
    await this.#session.restore()
  }

  /** Name, media ID, handle and their expiry of finished files. */
  results(id?: string): readonly Result[] {
    return this.#session.results(id)
  }

  /**
   * Stops everything for good, without another event. Unfinished uploads resume at the next visit, by `restore`; calls
   * of `check` and `restore` reject.
   */
  close(): void {
    this.#closed = true
    if (typeof window !== 'undefined') window.removeEventListener('online', this.#online)
    this.#session.suspend()
    this.#engine?.close()
  }

  readonly #online = (): void => this.#session.nudge()

  #addNew(file: File): string | undefined {
    const id = newFileID()
    if (!this.#emit('file-added', { file: newFileDetail(id, file, purposesOf(this.#options)) })) return undefined
    this.#session.add(id, file)
    return id
  }

  #emit<N extends keyof MediaUploadDetails>(name: N, detail: MediaUploadDetails[N]): boolean {
    return this.#dispatch(new CustomEvent(name, { detail, cancelable: isCancelable(name) }))
  }

  #dispatch(event: Event): boolean {
    return !this.#closed && this.dispatchEvent(event)
  }

  #host(): SessionHost {
    const options = this.#options
    return {
      purposes: purposesOf(options),
      kinds: options.kinds ?? [],
      autoStart: options.autoStart ?? false,
      concurrency: concurrencyOf(options),
      engine: options.engine ?? '',
      get server() { return serverOf(options.endpoint ?? '') },
      get place() { return placeOf(options) },
      metadata: options.metadata,
      warn: (text) => warnPage(text),
      loadEngine: () => this.#loadEngine(),
      emit: (name, detail) => this.#emit(name, detail),
      changed: () => void this.#dispatch(new Event('change')),
      valueChanged: () => {},
      sentence: (failure) => this.#sentence(failure),
      unmatched: (file) => {
        this.#addNew(file)
        this.#session.queue.pump()
      },
    }
  }

  /** The sentences are loaded first, so that every error has one. */
  async #loadEngine(): Promise<EngineFactory> {
    this.#texts ??= await loadTexts(this.#options.lang ?? preferredTag(navigator.languages)).catch(() => undefined)
    return (endpoint) => this.#open(endpoint)
  }

  /** Throws if the page has closed the uploader while the engine's code was loading. */
  #open(endpoint: string): Engine {
    if (this.#closed) throw new EngineUnavailableError('the uploader was closed')
    return (this.#engine ??= createEngine(endpoint, this.#options.engine))
  }

  #sentence(failure: Failure): string {
    return this.#texts?.failure(failure) ?? (failure.message || failure.code)
  }
}

/** Typed listeners: `uploader.addEventListener('upload-success', (event) => event.detail.asset)`. */
export interface Uploader {
  addEventListener<N extends keyof UploaderEventMap>(
    type: N,
    listener: (this: Uploader, event: UploaderEventMap[N]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void
}

/** The events of `<media-upload>`, and `change`: something in `files` has changed. */
export interface UploaderEventMap extends MediaUploadEventMap {
  readonly change: Event
}

export function createUploader(options: UploaderOptions = {}): Uploader {
  return new Uploader(options)
}
