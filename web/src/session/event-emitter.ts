/** Tells the page what becomes of its files: the element's events, out of the engine's. */
import type { Failure } from '../engine/engine.js'
import { failureOf } from '../engine/failure.js'
import type { ErrorDetail, MediaUploadDetails } from './events.js'
import type { Upload } from './upload.js'
import type { UploadEvent } from './upload-state.js'
import { isSettled } from './upload-state.js'

export interface HeraldPort {
  /** False when a listener prevented it. */
  emit<N extends keyof MediaUploadDetails>(name: N, detail: MediaUploadDetails[N]): boolean
  /** The form's value has changed. */
  valueChanged(): void
  /** The sentence for a failure, for the event's detail. */
  sentence(failure: Failure): string
}

export class Herald {
  readonly #port: HeraldPort
  /** Work was done since the last `complete`. */
  #incomplete = false

  constructor(port: HeraldPort) {
    this.#port = port
  }

  /** There is something to do, at whose end `complete` is told. */
  working(): void {
    this.#incomplete = true
  }

  /** `moved`: the event has changed the state. `signedIn`: a token was handed over before. */
  tell(upload: Upload, event: UploadEvent, { moved, signedIn }: { readonly moved: boolean; readonly signedIn: boolean }): void {
    if (event.type === 'progress') this.#tellProgress(upload)
    // The first token: nothing was tried before it.
    if (event.type === 'waiting' && (event.reason !== 'token' || signedIn)) this.#tellWaiting(upload, event)
    if ('problem' in event && event.problem) this.#tellRetry(upload, event.problem)
    if (event.type === 'damaged') this.#tellRetry(upload, failureOf('digest_mismatch'))
    if (moved) this.#tellMove(upload, event)
  }

  /** Once all is over, until there is something to do again. */
  tellComplete(uploads: readonly Upload[]): void {
    if (!this.#incomplete || uploads.length === 0) return
    if (!uploads.every((upload) => isSettled(upload.state))) return
    this.#incomplete = false
    this.#port.emit('complete', { files: uploads.map((upload) => upload.detail()) })
  }

  #tellMove(upload: Upload, event: UploadEvent): void {
    const file = upload.detail()
    if (event.type === 'relaying') this.#port.emit('relay-start', { file })
    if (event.type === 'refused') this.#port.emit('file-refused', { file, verdict: event.verdict })
    if (event.type === 'failed') this.#port.emit('upload-error', { file, error: this.#error(event.failure) })
    if (event.type !== 'done') return
    this.#port.emit('upload-success', { file, asset: event.asset })
    this.#port.valueChanged()
  }

  #tellProgress(upload: Upload): void {
    const { accepted, shown, total } = upload.progress
    const bytes = { bytesAccepted: accepted, bytesShown: shown, bytesTotal: total }
    this.#port.emit('upload-progress', { file: upload.detail(), ...bytes })
  }

  #tellWaiting(upload: Upload, event: Extract<UploadEvent, { type: 'waiting' }>): void {
    const file = upload.detail()
    if (event.reason === 'stalled') this.#port.emit('upload-stalled', { file })
    this.#port.emit('upload-retry', { file, reason: event.reason, retryInMs: event.retryInMs })
  }

  /** It is tried again without anybody's doing, and nobody says when. */
  #tellRetry(upload: Upload, problem: Failure): void {
    this.#port.emit('upload-retry', { file: upload.detail(), reason: problem.code, retryInMs: 0, error: this.#error(problem) })
  }

  #error(failure: Failure): ErrorDetail {
    const { code, retryable } = failure
    return { code, retryable, message: this.#port.sentence(failure) }
  }
}
