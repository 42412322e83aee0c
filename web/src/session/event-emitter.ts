/** Turns what happens to uploads into the element's events. */
import type { Failure } from '../engine/engine.js'
import { failureOf } from '../engine/failure.js'
import type { ErrorDetail, MediaUploadDetails } from './events.js'
import type { Upload } from './upload.js'
import type { StateName, UploadEvent } from './upload-state.js'
import { isSettled } from './upload-state.js'

export interface EventHost {
  /** False if a listener called `preventDefault`. */
  emit<N extends keyof MediaUploadDetails>(name: N, detail: MediaUploadDetails[N]): boolean
  /** The form control's value has changed. */
  valueChanged(): void
  /** The sentence for a failure, in the element's language. */
  sentence(failure: Failure): string
}

export class EventEmitter {
  readonly #host: EventHost
  readonly #hadToken: () => boolean
  /** There was work since the last `complete`. */
  #incomplete = false

  /** `hadToken` says whether a token was provided before. */
  constructor(host: EventHost, hadToken: () => boolean) {
    this.#host = host
    this.#hadToken = hadToken
  }

  /** Work was added; `complete` is emitted when it ends. */
  workAdded(): void {
    this.#incomplete = true
  }

  /** `moved`: the event changed the upload's state. */
  emitFor(upload: Upload, event: UploadEvent, moved: boolean): void {
    if (event.type === 'progress') this.#emitProgress(upload)
    // Waiting for the first token is no retry: nothing was tried before.
    if (event.type === 'waiting' && (event.reason !== 'token' || this.#hadToken() && !event.untried)) this.#emitWaiting(upload, event)
    if ('problem' in event && event.problem) this.#emitRetry(upload, event.problem)
    if (event.type === 'damaged') this.#emitRetry(upload, failureOf('digest_mismatch'))
    if (moved) this.#emitMove(upload, event)
  }

  /** Emits `complete` once when every upload is settled. */
  emitComplete(uploads: readonly Upload[]): void {
    if (!this.#incomplete || uploads.length === 0) return
    if (!uploads.every((upload) => isSettled(upload.state))) return
    this.#incomplete = false
    const count = (name: StateName) => uploads.filter(({ state }) => state.name === name).length
    this.#host.emit('complete', {
      files: uploads.map((upload) => upload.detail()),
      succeeded: count('done'), refused: count('refused'), failed: count('failed'),
    })
  }

  #emitMove(upload: Upload, event: UploadEvent): void {
    const file = upload.detail()
    if (event.type === 'relaying') this.#host.emit('relay-start', { file })
    if (event.type === 'refused') this.#host.emit('file-refused', { file, verdict: event.verdict })
    if (event.type === 'failed') this.#host.emit('upload-error', { file, error: this.#error(event.failure) })
    if (event.type !== 'done') return
    this.#host.emit('upload-success', { file, asset: event.asset })
    this.#host.valueChanged()
  }

  #emitProgress(upload: Upload): void {
    const { accepted, shown, total } = upload.progress
    const bytes = { bytesAccepted: accepted, bytesShown: shown, bytesTotal: total }
    this.#host.emit('upload-progress', { file: upload.detail(), ...bytes })
  }

  #emitWaiting(upload: Upload, event: Extract<UploadEvent, { type: 'waiting' }>): void {
    const file = upload.detail()
    if (event.reason === 'stalled') this.#host.emit('upload-stalled', { file })
    this.#host.emit('upload-retry', { file, reason: event.reason, retryInMs: event.retryInMs })
  }

  /** The server or the engine retries by itself, at a time that is not known here. */
  #emitRetry(upload: Upload, problem: Failure): void {
    this.#host.emit('upload-retry', { file: upload.detail(), reason: problem.code, retryInMs: 0, error: this.#error(problem) })
  }

  #error(failure: Failure): ErrorDetail {
    const { code, retryable } = failure
    return { code, retryable, message: this.#host.sentence(failure) }
  }
}
