/** Applies the engine's events to the uploads that they are about, and the token's state to those that wait for it. */
import type { EngineEvent } from '../engine/engine.js'
import type { EngineLink } from './engine-link.js'
import type { Queue } from './queue.js'
import type { TokenProvider } from './token-provider.js'
import type { UploadChanges, UploadChangesHost } from './upload-changes.js'
import { isProcessing } from './upload-state.js'

export interface EngineEventsParts {
  readonly host: Pick<UploadChangesHost, 'changed'>
  readonly link: EngineLink
  readonly queue: Queue
  readonly token: TokenProvider
  readonly changes: UploadChanges
}

export class EngineEvents {
  readonly #parts: EngineEventsParts

  constructor(parts: EngineEventsParts) {
    this.#parts = parts
  }

  receive(event: EngineEvent): void {
    const { queue, token, changes } = this.#parts
    if (event.type === 'token-needed') return token.request(event.reason)
    if (event.type === 'cancelled') return this.#cancelled(event.id)
    const upload = queue.get(event.id)
    if (upload === undefined) return
    const { accepted } = upload.progress
    changes.applyAndEmit(upload, event)
    if (upload.progress.accepted > accepted || isProcessing(upload.state)) token.accepted()
    if (event.type === 'waiting' && event.reason === 'token') this.tokenChanged()
  }

  /** Uploads that wait for a token show when the page is asked for it again. */
  tokenChanged(): void {
    const { host, queue, token } = this.#parts
    const retryInMs = token.state.name === 'blocked' && token.state.retryAt > 0 ? token.state.retryAt - Date.now() : 0
    for (const upload of queue) {
      const { id, state } = upload
      if (state.name === 'waiting' && state.reason === 'token') upload.apply({ type: 'waiting', id, reason: 'token', retryInMs })
    }
    host.changed()
  }

  /** If it was cancelled here, its row is gone already; if another tab cancelled it, the row goes now. */
  #cancelled(id: string): void {
    const { link, queue, changes } = this.#parts
    link.engine?.forget(id)
    const upload = queue.get(id)
    if (upload !== undefined) changes.remove(upload)
  }
}
