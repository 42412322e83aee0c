/**
 * Thumbnails of images, decoded off the main thread if the browser supports it, and
 * released when their row is removed.
 */
import type { Upload } from '../session/upload.js'

/** Pixels: the row's 48 CSS pixels on a display of double density. */
const sideLength = 96

/** Bytes: decoding a larger image takes more memory than its thumbnail is worth. */
const maxBytes = 20 * 1024 * 1024

const decodable = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/bmp'])

export class Thumbnails {
  readonly #ready: (upload: Upload) => void
  /** Blob URLs by upload id; empty while there is no thumbnail, absent before it was requested. */
  readonly #urls = new Map<string, string>()
  #queue: Promise<void> = Promise.resolve()

  constructor(ready: (upload: Upload) => void) {
    this.#ready = ready
  }

  /** The thumbnail's blob URL; undefined until there is one. The first call requests it. */
  url(upload: Upload): string | undefined {
    const url = this.#urls.get(upload.id)
    if (url === undefined && upload.verdict !== undefined) this.#request(upload)
    return url || undefined
  }

  drop(id: string): void {
    const url = this.#urls.get(id)
    if (url) URL.revokeObjectURL(url)
    this.#urls.delete(id)
  }

  clear(): void {
    for (const id of [...this.#urls.keys()]) this.drop(id)
  }

  /** One thumbnail at a time: nothing else in the element takes as much memory as decoding. */
  #request(upload: Upload): void {
    this.#urls.set(upload.id, '')
    const { file } = upload
    if (file === undefined || !decodable.has(upload.type) || file.size > maxBytes) return
    this.#queue = this.#queue.then(() => this.#create(upload, file))
  }

  async #create(upload: Upload, file: Blob): Promise<void> {
    if (!this.#urls.has(upload.id)) return
    const image = await thumbnail(file).catch(() => null)
    if (image === null || !this.#urls.has(upload.id)) return
    this.#urls.set(upload.id, URL.createObjectURL(image))
    this.#ready(upload)
  }
}

/** The centre square of the image; null if the browser cannot encode it. */
async function thumbnail(file: Blob): Promise<Blob | null> {
  const bitmap = await createImageBitmap(file, { resizeHeight: sideLength, resizeQuality: 'medium' })
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = sideLength
  const side = Math.min(bitmap.width, bitmap.height)
  const context = canvas.getContext('2d')
  context?.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, sideLength, sideLength)
  bitmap.close()
  return new Promise((resolve) => canvas.toBlob(resolve))
}
