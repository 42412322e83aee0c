/**
 * The element's files, whether or not the code that handles them is loaded: until
 * then they are buffered here, afterwards they are in the session.
 */
import { newFileDetail, newFileID } from '../session/new-file.js'
import type { Session, SessionHost } from '../session/session.js'
import type { FileDetail, Upload } from '../session/upload.js'
import type { Announcements } from './announcements.js'
import type { IntakeList } from './file-intake.js'
import type { ListModule } from './lazy-list.js'

/** Not `FileList`, which is a type of the DOM. */
export class UploadFileList implements IntakeList {
  readonly #host: SessionHost
  readonly #announcements: Announcements
  readonly #removed: (upload: Upload) => void
  /** Files that were added before `open`, by id. */
  readonly #buffer = new Map<string, File>()
  #session: Session | undefined

  /** `removed` is called for every upload that is removed. */
  constructor(host: SessionHost, announcements: Announcements, removed: (upload: Upload) => void) {
    this.#host = host
    this.#announcements = announcements
    this.#removed = removed
  }

  /** Undefined until `open`. */
  get session(): Session | undefined {
    return this.#session
  }

  get uploads(): readonly Upload[] {
    return this.#session?.uploads ?? []
  }

  get files(): readonly FileDetail[] {
    return [...[...this.#buffer].map(([id, file]) => newFileDetail(id, file, this.#host.purposes)), ...this.uploads.map((upload) => upload.detail())]
  }

  /** A file of the list has no verdict yet. */
  get hasUnchecked(): boolean {
    return this.#buffer.size > 0 || this.uploads.some(({ state }) => state.name === 'checking')
  }

  get size(): number {
    return this.files.length
  }

  /** Creates the session and moves the buffered files there. */
  open({ Session }: ListModule): Session {
    const session = (this.#session = new Session(this.#host))
    for (const [id, file] of this.#buffer) session.add(id, file)
    this.#buffer.clear()
    return session
  }

  add(file: File): string | undefined {
    const id = newFileID()
    if (!this.#host.emit('file-added', { file: newFileDetail(id, file, this.#host.purposes) })) return undefined
    if (this.#session === undefined) this.#buffer.set(id, file)
    else this.#session.add(id, file)
    return id
  }

  supply(file: File, chosenFor: Upload | undefined): Upload | undefined {
    return this.#session?.supply(file, chosenFor)
  }

  makeRoom(): void {
    this.#removeBuffered(this.#buffer.keys())
    for (const upload of this.uploads) if (upload.isReplaceable) this.removeUpload(upload)
  }

  cancel(id: string | undefined): void {
    this.#removeBuffered(id === undefined ? this.#buffer.keys() : [id])
    this.#session?.cancel(id)
  }

  remove(id: string): void {
    this.#removeBuffered([id])
    const upload = this.#session?.queue.get(id)
    if (upload !== undefined) this.removeUpload(upload)
  }

  clear(): void {
    this.#removeBuffered(this.#buffer.keys())
    for (const upload of this.uploads) this.removeUpload(upload)
  }

  clearSettled(): void {
    for (const upload of this.#session?.settled ?? []) this.removeUpload(upload)
  }

  removeUpload(upload: Upload): void {
    const { name, isProcessing } = upload
    this.#session?.remove(upload)
    this.#removed(upload)
    this.#announcements.announceLabel(isProcessing ? 'saidHidden' : 'saidRemoved', { name })
  }

  #removeBuffered(ids: Iterable<string>): void {
    for (const id of ids) {
      const file = this.#buffer.get(id)
      this.#buffer.delete(id)
      if (file !== undefined) this.#announcements.announceLabel('saidRemoved', { name: file.name })
    }
  }
}
