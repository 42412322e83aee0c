/** Takes in files: supplies them to rows that miss their file, adds the others as far as there is room, and announces the result. */
import type { Upload } from '../session/upload.js'
import type { Announcements, NoticeMessage } from './announcements.js'

export interface IntakeHost {
  readonly multiple: boolean
  /** 0 for no limit. */
  readonly maxFiles: number
}

/** The list to which files are added. */
export interface IntakeList {
  readonly size: number
  /** The row that misses a file of this size, with which it is compared. */
  supply(file: File, chosenFor: Upload | undefined): Upload | undefined
  /** The new file's id; undefined if the page prevented `file-added`. */
  add(file: File): string | undefined
  /** Removes what a new file replaces. */
  makeRoom(): void
}

export class FileIntake {
  readonly #host: IntakeHost
  readonly #list: IntakeList
  readonly #announcements: Announcements

  constructor(host: IntakeHost, list: IntakeList, announcements: Announcements) {
    this.#host = host
    this.#list = list
    this.#announcements = announcements
  }

  /** Returns the ids of the accepted files. `chosenFor` is the row for which a person chose the file. */
  add(files: readonly File[], chosenFor?: Upload): readonly string[] {
    const rows = files.map((file) => this.#list.supply(file, chosenFor))
    const supplied = rows.flatMap((row) => row?.id ?? [])
    if (supplied.length > 0 && supplied.length === files.length) return supplied
    const added = this.#addNew(files.filter((_, at) => rows[at] === undefined))
    if (supplied.length === 0) this.#notifyOtherFile(chosenFor)
    return [...supplied, ...added]
  }

  /** Adds a file that was compared with rows that miss their file and matches none. */
  addUnmatched(file: File, chosenFor: Upload | undefined): void {
    this.#addNew([file])
    this.#notifyOtherFile(chosenFor)
  }

  #addNew(files: readonly File[]): readonly string[] {
    const added = this.#fitting(files).flatMap((file) => {
      const id = this.#list.add(file)
      return id === undefined ? [] : { id, file }
    })
    const [first] = added
    if (first !== undefined) this.#announcements.announceLabel('saidAdded', { count: added.length, name: first.file.name })
    return added.map(({ id }) => id)
  }

  /** The files for which there is room; notifies the person if some are left out. */
  #fitting(files: readonly File[]): readonly File[] {
    this.#announcements.notify(files.length === 0 ? { label: 'nothingDropped' } : undefined)
    // Without `multiple` a new file replaces the last one, as in a file input, unless that one is being uploaded.
    if (!this.#host.multiple && files.length > 0) this.#list.makeRoom()
    const limit = this.#host.multiple ? this.#host.maxFiles || Infinity : 1
    const room = Math.max(0, limit - this.#list.size)
    if (files.length > room) this.#announcements.notify(this.#leftOut(limit, room))
    return files.slice(0, room)
  }

  #leftOut(limit: number, room: number): NoticeMessage {
    if (!this.#host.multiple && room === 0) return { label: 'oneAtATime' }
    return { label: 'tooManyFiles', params: { count: limit } }
  }

  #notifyOtherFile(chosenFor: Upload | undefined): void {
    if (chosenFor !== undefined) this.#announcements.notify({ label: 'otherFile', params: { name: chosenFor.name } })
  }
}
