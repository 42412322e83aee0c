/** Applies events to uploads, and informs the queue, the element and the page. */
import type { EventEmitter, EventHost } from './event-emitter.js'
import type { Queue } from './queue.js'
import type { Upload } from './upload.js'
import type { UploadEvent } from './upload-state.js'

export interface UploadChangesHost extends EventHost {
  /** Something that is shown has changed. */
  changed(): void
}

export class UploadChanges {
  readonly #host: UploadChangesHost
  readonly #queue: Queue
  readonly #emitter: EventEmitter

  constructor(host: UploadChangesHost, queue: Queue, emitter: EventEmitter) {
    this.#host = host
    this.#queue = queue
    this.#emitter = emitter
  }

  /** Applies an event; says whether the state changed. */
  apply(upload: Upload, event: UploadEvent): boolean {
    const moved = upload.apply(event)
    this.#host.changed()
    if (moved) queueMicrotask(() => this.#update())
    return moved
  }

  /** Applies an event of the engine and emits what it means for the page. */
  applyAndEmit(upload: Upload, event: UploadEvent): void {
    const { name } = upload.state
    this.apply(upload, event)
    this.#emitter.emitFor(upload, event, upload.state.name !== name)
  }

  remove(upload: Upload): void {
    this.#queue.remove(upload.id)
    this.#host.changed()
    if (upload.state.name === 'done') this.#host.valueChanged()
    this.#update()
  }

  /** Fills free slots, and emits `complete` if everything is settled. */
  #update(): void {
    this.#queue.pump()
    this.#emitter.emitComplete([...this.#queue])
  }
}
