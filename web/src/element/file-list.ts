/**
 * The element's files, before and after the part that deals with them is loaded:
 * what comes early waits here, and goes its way in the session from then on.
 */
import { EarlyFiles, earlyDetail, newID } from './early-files.js'
import type { IntakeList } from './file-intake.js'
import type { List } from './list-part.js'
import type { Session, SessionHost } from '../session/session.js'
import type { FileDetail, Upload } from '../session/upload.js'
import type { Voice } from './announcements.js'

export class Desk implements IntakeList {
  readonly #host: SessionHost
  readonly #voice: Voice
  readonly #taken: (upload: Upload) => void
  readonly #early = new EarlyFiles()
  #session: Session | undefined

  /** `taken` is told of each row that goes. */
  constructor(host: SessionHost, voice: Voice, taken: (upload: Upload) => void) {
    this.#host = host
    this.#voice = voice
    this.#taken = taken
  }

  /** Undefined until the part is loaded. */
  get session(): Session | undefined {
    return this.#session
  }

  get uploads(): readonly Upload[] {
    return this.#session?.uploads ?? []
  }

  get files(): readonly FileDetail[] {
    return [...this.#early.details(), ...this.uploads.map((upload) => upload.detail())]
  }

  get size(): number {
    return this.files.length
  }

  /** What has come early takes its way. */
  open(list: List): Session {
    const session = (this.#session = new list.Session(this.#host))
    this.#early.handOver((id, file) => session.add(id, file))
    return session
  }

  add(file: File): string | undefined {
    const id = newID()
    if (!this.#host.emit('file-added', { file: earlyDetail(id, file) })) return undefined
    if (this.#session === undefined) this.#early.add(id, file)
    else this.#session.add(id, file)
    return id
  }

  supply(file: File, wanted: Upload | undefined): Upload | undefined {
    return this.#session?.supply(file, wanted)
  }

  makeRoom(): void {
    this.#removeEarly(this.#early.ids())
    for (const upload of this.uploads) if (upload.isReplaceable) this.take(upload)
  }

  /** Ends what is not through yet. */
  cancel(id: string | undefined): void {
    this.#removeEarly(id === undefined ? this.#early.ids() : [id])
    this.#session?.cancel(id)
  }

  remove(id: string): void {
    this.#removeEarly([id])
    const upload = this.#session?.queue.get(id)
    if (upload !== undefined) this.take(upload)
  }

  clear(): void {
    this.#removeEarly(this.#early.ids())
    for (const upload of this.uploads) this.take(upload)
  }

  clearSettled(): void {
    for (const upload of this.#session?.settled ?? []) this.take(upload)
  }

  take(upload: Upload): void {
    const { name, isHandedOver } = upload
    this.#session?.remove(upload)
    this.#taken(upload)
    this.#voice.announce(isHandedOver ? 'saidHidden' : 'saidRemoved', { name })
  }

  #removeEarly(ids: readonly string[]): void {
    for (const id of ids) {
      const file = this.#early.remove(id)
      if (file !== undefined) this.#voice.announce('saidRemoved', { name: file.name })
    }
  }
}
