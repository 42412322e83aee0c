/** Holds the files that are added before the code that handles them is loaded. */
import type { FileDetail } from '../session/upload.js'

export class FileBuffer {
  readonly #files = new Map<string, File>()

  add(id: string, file: File): void {
    this.#files.set(id, file)
  }

  /** Returns the removed file; undefined if there is none with this id. */
  remove(id: string): File | undefined {
    const file = this.#files.get(id)
    this.#files.delete(id)
    return file
  }

  ids(): readonly string[] {
    return [...this.#files.keys()]
  }

  details(): readonly FileDetail[] {
    return [...this.#files].map(([id, file]) => uncheckedDetail(id, file))
  }

  /** Empties the buffer, in the order in which files were added. */
  drain(add: (id: string, file: File) => void): void {
    for (const [id, file] of this.#files) add(id, file)
    this.#files.clear()
  }
}

export function uncheckedDetail(id: string, { name, size, type }: File): FileDetail {
  return { id, name, size, type, kind: '', state: 'checking', verdict: null, bytesAccepted: 0 }
}
