/** Has the engine check files before they are sent, and says what comes of it. */
import type { Kind, Verdict } from '../engine/engine.js'
import type { EngineLink } from './engine-link.js'
import type { HeraldPort } from './event-emitter.js'
import { failureOf } from '../engine/failure.js'
import type { Upload } from './upload.js'
import type { UploadEvent } from './upload-state.js'

export interface ChecksHost extends Pick<HeraldPort, 'emit'> {
  readonly kinds: readonly Kind[]
  readonly autoStart: boolean
}

export interface ChecksPort {
  move(upload: Upload, event: UploadEvent): boolean
  /** Was not taken off the list meanwhile. */
  isListed(upload: Upload): boolean
  /** As a person would who starts it. */
  start(upload: Upload): void
  enqueue(upload: Upload): void
}

export class Checks {
  readonly #host: ChecksHost
  readonly #link: EngineLink
  readonly #port: ChecksPort

  constructor(host: ChecksHost, link: EngineLink, port: ChecksPort) {
    this.#host = host
    this.#link = link
    this.#port = port
  }

  /** Resolves when the check is over, whatever came of it. */
  async check(upload: Upload): Promise<void> {
    const { purposes, file, facts: { name, type: declaredType } } = upload
    if (file === undefined) return
    const isAsked = () => upload.purposes === purposes && this.#port.isListed(upload)
    let engine
    try {
      await this.#link.load()
      engine = this.#link.open()
      const verdict = await engine.check(upload.id, file, { name, declaredType, purposes, kinds: this.#host.kinds })
      if (isAsked()) this.#checked(upload, verdict)
    } catch (error) {
      // An engine that was left for another one's sake says nothing about the file: the queue asks the other.
      if (engine === this.#link.engine && isAsked()) this.#port.move(upload, { type: 'failed', id: upload.id, failure: failureOf(codeOf(error)) })
    }
  }

  #checked(upload: Upload, verdict: Verdict): void {
    if (!this.#port.move(upload, { type: 'checked', verdict })) return
    const detail = { file: upload.detail(), verdict }
    this.#host.emit('file-checked', detail)
    if (verdict.outcome === 'refuse') this.#host.emit('file-refused', detail)
    else if (upload.asked !== undefined) this.#goOn(upload, upload.asked)
    else if (this.#host.autoStart) this.#port.start(upload)
  }

  /** As it was before it was checked once more. */
  #goOn(upload: Upload, asked: 'queued' | 'paused'): void {
    upload.asked = undefined
    this.#port.enqueue(upload)
    if (asked === 'paused') this.#port.move(upload, { type: 'hold' })
  }
}

/** The engine could not check at all: it did not load, or its worker died. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'engine_unavailable'
}
