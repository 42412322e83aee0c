/**
 * Uploads of earlier visits: brings them back as rows and, if this browser kept no
 * copy of the file, accepts it when the person chooses it again.
 */
import type { Engine } from '../engine/engine.js'
import { Upload } from './upload.js'
import type { UploadEvent } from './upload-state.js'

export interface RestoredUploadsPort {
  readonly uploads: readonly Upload[]
  apply(upload: Upload, event: UploadEvent): boolean
  /** The file's content matches no row that misses its file. */
  unmatched(file: File, chosenFor: Upload | undefined): void
}

export class RestoredUploads {
  readonly #port: RestoredUploadsPort

  constructor(port: RestoredUploadsPort) {
    this.#port = port
  }

  /** The uploads of earlier visits that are not in the list yet. */
  async restore(engine: Engine, place: string): Promise<readonly Upload[]> {
    const kept = await engine.restore(place)
    const known = new Set(this.#port.uploads.map(({ id }) => id))
    return kept.filter(({ id }) => !known.has(id)).map((upload) => Upload.restored(upload))
  }

  /** A row that misses a file of exactly this size; `chosenFor` is preferred. */
  findCandidate(file: File, chosenFor: Upload | undefined): Upload | undefined {
    const candidates = this.#port.uploads.filter(({ state, size }) => state.name === 'missing' && !state.comparing && size === file.size)
    return candidates.find((upload) => upload === chosenFor) ?? candidates[0]
  }

  /** Compares the file's content with the row `first`, then with other rows of its size. */
  async supply(engine: Engine, file: File, first: Upload, chosenFor: Upload | undefined): Promise<void> {
    for (let upload: Upload | undefined = first, compared = new Set<Upload>(); upload !== undefined; upload = this.#next(file, compared)) {
      if (await this.#matches(engine, file, upload)) return
      compared.add(upload)
    }
    this.#port.unmatched(file, chosenFor)
  }

  #next(file: File, compared: ReadonlySet<Upload>): Upload | undefined {
    return this.#port.uploads.find((upload) => upload.state.name === 'missing' && upload.size === file.size && !compared.has(upload))
  }

  async #matches(engine: Engine, file: File, upload: Upload): Promise<boolean> {
    this.#port.apply(upload, { type: 'compare' })
    const same = await engine.supply(upload.id, file).catch(() => false)
    if (same) upload.file = file
    this.#port.apply(upload, { type: 'compared', same })
    return same
  }
}
