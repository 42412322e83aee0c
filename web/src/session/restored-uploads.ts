/**
 * Uploads of earlier visits: brings them back as rows, and finds the file again
 * for those of which this browser has kept none.
 */
import type { Engine } from '../engine/engine.js'
import { Upload } from './upload.js'
import type { UploadEvent } from './upload-state.js'

export interface ReturningPort {
  readonly uploads: readonly Upload[]
  /** Moves an upload, and shows it. */
  move(upload: Upload, event: UploadEvent): boolean
  /** The file is none that was missing. */
  isAnother(file: File, wanted: Upload | undefined): void
}

export class Returning {
  readonly #port: ReturningPort

  constructor(port: ReturningPort) {
    this.#port = port
  }

  /** Those that are not in the list yet. */
  async restore(engine: Engine, place: string): Promise<readonly Upload[]> {
    const kept = await engine.restore(place)
    const known = new Set(this.#port.uploads.map(({ id }) => id))
    return kept.filter(({ id }) => !known.has(id)).map((upload) => Upload.restored(upload))
  }

  /** The row that a file may belong to: of its size to the byte. `wanted` goes before the others. */
  candidate(file: File, wanted: Upload | undefined): Upload | undefined {
    const fits = this.#port.uploads.filter(({ state, size }) => state.name === 'missing' && !state.comparing && size === file.size)
    return fits.find((upload) => upload === wanted) ?? fits[0]
  }

  /** Holds the file's content against that row, then against others of its size. */
  async supply(engine: Engine, file: File, first: Upload, wanted: Upload | undefined): Promise<void> {
    for (let upload: Upload | undefined = first, refused = new Set<Upload>(); upload !== undefined; upload = this.#next(file, refused)) {
      if (await this.#belongs(engine, file, upload)) return
      refused.add(upload)
    }
    this.#port.isAnother(file, wanted)
  }

  #next(file: File, refused: ReadonlySet<Upload>): Upload | undefined {
    return this.#port.uploads.find((upload) => upload.state.name === 'missing' && upload.size === file.size && !refused.has(upload))
  }

  async #belongs(engine: Engine, file: File, upload: Upload): Promise<boolean> {
    this.#port.move(upload, { type: 'compare' })
    const same = await engine.supply(upload.id, file).catch(() => false)
    if (same) upload.file = file
    this.#port.move(upload, { type: 'compared', same })
    return same
  }
}
