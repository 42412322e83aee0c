/** Has the engine check files before they are uploaded, and reports each verdict. */
import type { Kind, Verdict } from '../engine/engine.js'
import { failureOf } from '../engine/failure.js'
import type { EngineLink } from './engine-link.js'
import type { EventHost } from './event-emitter.js'
import type { Upload } from './upload.js'
import type { UploadEvent } from './upload-state.js'

export interface FileChecksHost extends Pick<EventHost, 'emit'> {
  readonly kinds: readonly Kind[]
  readonly autoStart: boolean
}

export interface FileChecksPort {
  apply(upload: Upload, event: UploadEvent): boolean
  /** False if the upload was removed from the list in the meantime. */
  isListed(upload: Upload): boolean
  /** Starts the upload as a click on "Upload" does. */
  start(upload: Upload): void
  enqueue(upload: Upload): void
}

export class FileChecks {
  readonly #host: FileChecksHost
  readonly #link: EngineLink
  readonly #port: FileChecksPort

  constructor(host: FileChecksHost, link: EngineLink, port: FileChecksPort) {
    this.#host = host
    this.#link = link
    this.#port = port
  }

  /** Resolves when the check is over, whatever its result. */
  async check(upload: Upload): Promise<void> {
    const { purposes, file, info: { name, type: declaredType } } = upload
    if (file === undefined) return
    const isCurrent = () => upload.purposes === purposes && this.#port.isListed(upload)
    let engine
    try {
      await this.#link.load()
      engine = this.#link.open()
      const verdict = await engine.check(upload.id, file, { name, declaredType, purposes, kinds: this.#host.kinds })
      if (isCurrent()) this.#report(upload, verdict)
    } catch (error) {
      // An engine that was replaced meanwhile says nothing about the file: the queue has the new one check it.
      if (engine === this.#link.engine && isCurrent()) this.#port.apply(upload, { type: 'failed', id: upload.id, failure: failureOf(codeOf(error)) })
    }
  }

  #report(upload: Upload, verdict: Verdict): void {
    if (!this.#port.apply(upload, { type: 'checked', verdict })) return
    const detail = { file: upload.detail(), verdict }
    this.#host.emit('file-checked', detail)
    if (verdict.outcome === 'refuse') this.#host.emit('file-refused', detail)
    else if (upload.resumeAs !== undefined) this.#resume(upload, upload.resumeAs)
    else if (this.#host.autoStart) this.#port.start(upload)
  }

  /** Restores the state from before a repeated check. */
  #resume(upload: Upload, state: 'queued' | 'paused'): void {
    upload.resumeAs = undefined
    this.#port.enqueue(upload)
    if (state === 'paused') this.#port.apply(upload, { type: 'pause' })
  }
}

/** Why the engine could not check the file: its code did not load, or its worker died. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'engine_unavailable'
}
