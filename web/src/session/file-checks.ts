/** Has the engine check files before they are uploaded, and reports each verdict. */
import type { Kind, Verdict } from '../engine/engine.js'
import { failureOf } from '../engine/failure.js'
import { codeOfError } from './error-code.js'
import type { EngineDispatch } from './engine-dispatch.js'
import type { EngineLink } from './engine-link.js'
import type { EventHost } from './event-emitter.js'
import type { Queue } from './queue.js'
import type { UploadChanges } from './upload-changes.js'
import type { Upload } from './upload.js'

export interface FileChecksHost extends Pick<EventHost, 'emit'> {
  readonly kinds: readonly Kind[]
  readonly autoStart: boolean
}

export interface FileChecksParts {
  readonly host: FileChecksHost
  readonly queue: Queue
  readonly link: EngineLink
  readonly changes: UploadChanges
  readonly dispatch: EngineDispatch
}

export class FileChecks {
  readonly #parts: FileChecksParts

  constructor(parts: FileChecksParts) {
    this.#parts = parts
  }

  /** Resolves when the check is over, whatever its result. */
  async check(upload: Upload): Promise<void> {
    const { host, queue, link, changes } = this.#parts
    const { id, purposes, file, info: { name, type: declaredType } } = upload
    if (file === undefined) return
    const isCurrent = () => upload.purposes === purposes && queue.get(id) === upload
    let engine
    try {
      await link.load()
      engine = link.open()
      const verdict = await engine.check(id, file, { name, declaredType, purposes, kinds: host.kinds })
      if (isCurrent()) this.#report(upload, verdict)
    } catch (error) {
      // An engine that was replaced meanwhile says nothing about the file: the queue has the new one check it.
      if (engine === link.engine && isCurrent()) changes.applyAndEmit(upload, { type: 'failed', id, failure: failureOf(codeOfError(error, 'engine_unavailable')) })
    }
  }

  #report(upload: Upload, verdict: Verdict): void {
    const { host, changes, dispatch } = this.#parts
    if (!changes.apply(upload, { type: 'checked', verdict })) return
    const detail = { file: upload.detail(), verdict }
    host.emit('file-checked', detail)
    if (verdict.outcome === 'refuse') host.emit('file-refused', detail)
    else if (upload.resumeAs !== undefined) this.#resume(upload, upload.resumeAs)
    else if (host.autoStart) dispatch.start(upload)
  }

  /** Restores the state from before a repeated check. */
  #resume(upload: Upload, state: 'queued' | 'paused'): void {
    upload.resumeAs = undefined
    this.#parts.dispatch.enqueue(upload)
    if (state === 'paused') this.#parts.changes.apply(upload, { type: 'pause' })
  }
}
