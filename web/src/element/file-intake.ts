/** Files that come in: which go to a row that misses one, which there is room for, and what to say of the others. */
import type { Upload } from '../session/upload.js'
import type { Message, Voice } from './announcements.js'

export interface IntakeHost {
  readonly multiple: boolean
  /** 0 for no limit. */
  readonly maxFiles: number
}

/** The list that files come into. */
export interface IntakeList {
  readonly size: number
  /** The row that misses a file of this size, which is held against it. */
  supply(file: File, wanted: Upload | undefined): Upload | undefined
  /** The new file's id; undefined when the page does not want it. */
  add(file: File): string | undefined
  /** Takes away what a new file replaces. */
  makeRoom(): void
}

export class FileIntake {
  readonly #host: IntakeHost
  readonly #list: IntakeList
  readonly #voice: Voice

  constructor(host: IntakeHost, list: IntakeList, voice: Voice) {
    this.#host = host
    this.#list = list
    this.#voice = voice
  }

  /** The ids of those that were taken. `wanted` is the row that a person has chosen a file for. */
  add(files: readonly File[], wanted?: Upload): readonly string[] {
    const rows = files.map((file) => this.#list.supply(file, wanted))
    const supplied = rows.flatMap((row) => row?.id ?? [])
    if (supplied.length > 0 && supplied.length === files.length) return supplied
    const added = this.#addNew(files.filter((_, at) => rows[at] === undefined))
    if (supplied.length === 0) this.#sayAnother(wanted)
    return [...supplied, ...added]
  }

  /** A file that was held against the rows that miss one, and belongs to none. */
  addAnother(file: File, wanted: Upload | undefined): void {
    this.#addNew([file])
    this.#sayAnother(wanted)
  }

  #addNew(files: readonly File[]): readonly string[] {
    const taken = this.#fitting(files).flatMap((file) => {
      const id = this.#list.add(file)
      return id === undefined ? [] : { id, file }
    })
    const [first] = taken
    if (first !== undefined) this.#voice.announce('saidAdded', { count: taken.length, name: first.file.name })
    return taken.map(({ id }) => id)
  }

  /** The files that there is room for; says so when some are left out. */
  #fitting(files: readonly File[]): readonly File[] {
    this.#voice.notify(files.length === 0 ? { label: 'nothingDropped' } : undefined)
    // One file alone: a new one takes the place of the last, as in a file input, unless that one is on its way.
    if (!this.#host.multiple && files.length > 0) this.#list.makeRoom()
    const most = this.#host.multiple ? this.#host.maxFiles || Infinity : 1
    const room = Math.max(0, most - this.#list.size)
    if (files.length > room) this.#voice.notify(this.#leftOut(most, room))
    return files.slice(0, room)
  }

  #leftOut(most: number, room: number): Message {
    if (!this.#host.multiple && room === 0) return { label: 'oneAtATime' }
    return { label: 'tooManyFiles', params: { count: most } }
  }

  #sayAnother(wanted: Upload | undefined): void {
    if (wanted !== undefined) this.#voice.notify({ label: 'otherFile', params: { name: wanted.name } })
  }
}
