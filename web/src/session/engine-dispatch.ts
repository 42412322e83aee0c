/** Passes uploads to the engine: has them copied, started or resumed, and takes them back. */
import { failureOf } from '../engine/failure.js'
import { codeOfError } from './error-code.js'
import type { EngineLink } from './engine-link.js'
import type { EventHost } from './event-emitter.js'
import type { UploadChanges } from './upload-changes.js'
import type { UploadRequestHost } from './upload-request.js'
import { uploadRequestOf } from './upload-request.js'
import type { Upload } from './upload.js'
import { isProcessing, isSettled } from './upload-state.js'

export interface EngineDispatchHost extends UploadRequestHost, Pick<EventHost, 'emit'> {}

export class EngineDispatch {
  readonly #host: EngineDispatchHost
  readonly #link: EngineLink
  readonly #changes: UploadChanges

  constructor(host: EngineDispatchHost, link: EngineLink, changes: UploadChanges) {
    this.#host = host
    this.#link = link
    this.#changes = changes
  }

  /** Starts an upload that is ready, unless the page prevents it. */
  start(upload: Upload): void {
    if (upload.state.name !== 'ready') return
    if (this.#host.emit('upload-start', { file: upload.detail() })) this.enqueue(upload)
  }

  /** Has the file copied at once, so that it is safe while it waits for a slot. */
  enqueue(upload: Upload): void {
    this.#changes.apply(upload, { type: 'enqueue' })
    this.#keep(upload)
  }

  begin(upload: Upload): void {
    this.#changes.apply(upload, { type: 'begin' })
    if (!this.#keep(upload)) return
    const engine = this.#link.open()
    if (upload.sender !== 'none') return engine.resume(upload.id)
    if (upload.file === undefined || upload.request === undefined) return
    upload.sender = 'here'
    engine.start(upload.id, upload.file, upload.request)
  }

  /** After a failure: the engine continues from the server's offset, or starts if it had not. */
  retry(upload: Upload): void {
    this.enqueue(upload)
    if (upload.sender === 'none') return
    this.#changes.apply(upload, { type: 'begin' })
    this.#link.engine?.retry(upload.id)
  }

  /** Before a repeated check, whose result may need another request: the copy is deleted. */
  discardCopy(upload: Upload): void {
    if (upload.request !== undefined) this.#link.engine?.forget(upload.id)
    upload.copy = 'unknown'
  }

  /** Ends an upload that is removed from the list; a finished or processing one is only forgotten. */
  release(upload: Upload): void {
    if (upload.request === undefined) return
    if (isSettled(upload.state) || isProcessing(upload.state)) this.#link.engine?.forget(upload.id)
    else this.#link.engine?.cancel(upload.id)
  }

  /** Forgets the engine of another endpoint; says whether the upload has failed because of it. */
  leaveEndpoint(upload: Upload): boolean {
    const known = upload.sender !== 'none' || upload.restored
    const failed = upload.request !== undefined && !isSettled(upload.state) && known
    upload.sender = 'none'
    upload.restored = false
    upload.request = undefined
    upload.copy = 'unknown'
    return failed
  }

  /** Has the file copied unless it was before. False if a mistake of the page, or a fault of ours, prevents it: the upload fails. */
  #keep(upload: Upload): boolean {
    try {
      const engine = this.#link.open()
      if (upload.request !== undefined || upload.file === undefined) return true
      const request = uploadRequestOf(upload, upload.file, this.#host)
      engine.keep(upload.id, upload.file, request)
      upload.request = request
      return true
    } catch (error) {
      this.#changes.applyAndEmit(upload, { type: 'failed', id: upload.id, failure: failureOf(codeOfError(error, 'internal_error')) })
      return false
    }
  }
}
