/**
 * Uploads of earlier visits: brings them back as rows and, if this browser kept no
 * copy of the file, accepts it when the person chooses it again.
 */
import type { ElsewhereFilter, Engine } from '../engine/engine.js'
import type { Queue } from './queue.js'
import type { UploadChanges } from './upload-changes.js'
import { Upload } from './upload.js'

export interface RestoredUploadsHost {
  /** The file's content matches no row that misses its file. `chosenFor` is the row for which the person chose it. */
  unmatched(file: File, chosenFor: Upload | undefined): void
}

export class RestoredUploads {
  readonly #host: RestoredUploadsHost
  readonly #queue: Queue
  readonly #changes: UploadChanges

  constructor(host: RestoredUploadsHost, queue: Queue, changes: UploadChanges) {
    this.#host = host
    this.#queue = queue
    this.#changes = changes
  }

  /** The uploads of earlier visits that are not in the list yet. */
  async restore(engine: Engine, place: string, elsewhere?: ElsewhereFilter): Promise<readonly Upload[]> {
    const kept = await engine.restore(place, elsewhere)
    return kept.filter(({ id }) => this.#queue.get(id) === undefined).map((upload) => Upload.restored(upload))
  }

  /** A row that misses a file of exactly this size; `chosenFor` is preferred. */
  findCandidate(file: File, chosenFor: Upload | undefined): Upload | undefined {
    const candidates = this.#missing(file).filter(({ state }) => !(state.name === 'missing' && state.comparing))
    return candidates.find((upload) => upload === chosenFor) ?? candidates[0]
  }

  /** Compares the file's content with the row `first`, then with other rows of its size. */
  async supply(engine: Engine, file: File, first: Upload, chosenFor: Upload | undefined): Promise<void> {
    const compared = new Set<Upload>()
    for (let upload: Upload | undefined = first; upload !== undefined; upload = this.#missing(file).find((upload) => !compared.has(upload))) {
      if (await this.#matches(engine, file, upload)) return
      compared.add(upload)
    }
    this.#host.unmatched(file, chosenFor)
  }

  /** The rows that miss a file of this size. */
  #missing({ size }: File): readonly Upload[] {
    return [...this.#queue].filter((upload) => upload.state.name === 'missing' && upload.size === size)
  }

  async #matches(engine: Engine, file: File, upload: Upload): Promise<boolean> {
    this.#changes.apply(upload, { type: 'compare' })
    const same = await engine.supply(upload.id, file).catch(() => false)
    if (same) upload.file = file
    this.#changes.apply(upload, { type: 'compared', same })
    return same
  }
}
