/**
 * Small pictures of images, made away from the main thread where the browser
 * can, and given back to the system when their row goes.
 */
import type { Upload } from '../session/upload.js'

/** Pixels: the row's 48 CSS pixels on a display of double density. */
const edge = 96

/** Bytes: a larger image would cost more memory to decode than its thumbnail is worth. */
const mostBytes = 20 * 1024 * 1024

const decodable = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/bmp'])

export class Previews {
  readonly #ready: (upload: Upload) => void
  /** A missing key was never asked for; an empty text has no picture. */
  readonly #urls = new Map<string, string>()
  #busy: Promise<void> = Promise.resolve()

  constructor(ready: (upload: Upload) => void) {
    this.#ready = ready
  }

  /** The picture's blob URL; undefined until there is one. The first call orders it. */
  url(upload: Upload): string | undefined {
    const url = this.#urls.get(upload.id)
    if (url === undefined && upload.verdict !== undefined) this.#order(upload)
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

  /** One picture after the other: decoding is the most memory that the element ever takes. */
  #order(upload: Upload): void {
    this.#urls.set(upload.id, '')
    const { file } = upload
    if (file === undefined || !decodable.has(upload.type) || file.size > mostBytes) return
    this.#busy = this.#busy.then(() => this.#make(upload, file))
  }

  async #make(upload: Upload, file: Blob): Promise<void> {
    if (!this.#urls.has(upload.id)) return
    const picture = await thumbnail(file).catch(() => null)
    if (picture === null || !this.#urls.has(upload.id)) return
    this.#urls.set(upload.id, URL.createObjectURL(picture))
    this.#ready(upload)
  }
}

/** The middle square of the image. Null where the browser cannot encode it. */
async function thumbnail(file: Blob): Promise<Blob | null> {
  const bitmap = await createImageBitmap(file, { resizeHeight: edge, resizeQuality: 'medium' })
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = edge
  const side = Math.min(bitmap.width, bitmap.height)
  const context = canvas.getContext('2d')
  context?.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, edge, edge)
  bitmap.close()
  return new Promise((resolve) => canvas.toBlob(resolve))
}
