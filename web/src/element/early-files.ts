/** Files that come before the part that deals with them is loaded: they are in the list, and nothing is known of them. */
import type { FileDetail } from '../session/upload.js'

export class EarlyFiles {
  readonly #files = new Map<string, File>()

  get size(): number {
    return this.#files.size
  }

  add(id: string, file: File): void {
    this.#files.set(id, file)
  }

  /** The file that is taken away; undefined where there is none. */
  remove(id: string): File | undefined {
    const file = this.#files.get(id)
    this.#files.delete(id)
    return file
  }

  ids(): readonly string[] {
    return [...this.#files.keys()]
  }

  details(): readonly FileDetail[] {
    return [...this.#files].map(([id, file]) => earlyDetail(id, file))
  }

  /** Hands all of them on, in their order. */
  handOver(take: (id: string, file: File) => void): void {
    for (const [id, file] of this.#files) take(id, file)
    this.#files.clear()
  }
}

export function earlyDetail(id: string, { name, size, type }: File): FileDetail {
  return { id, name, size, type, kind: '', state: 'checking', verdict: null, bytesAccepted: 0 }
}

/** 80 random bits: the engine keeps uploads by this id, also across pages. `crypto.randomUUID` exists on secure origins only. */
export function newID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10))
  return 'file-' + Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}
