/**
 * What the page's files are for: its boxes, and, where some file can go as a
 * message alone, the offer to do with that.
 */
import type { Verdict } from '../engine/engine.js'
import type { MediaUploadElement } from '../element/media-upload-element.js'

export interface PurposeParts {
  readonly uploader: MediaUploadElement
  readonly boxes: readonly HTMLInputElement[]
  readonly offer: HTMLElement
  readonly accept: HTMLElement
}

export class PurposeChoice {
  readonly #parts: PurposeParts

  constructor(parts: PurposeParts) {
    this.#parts = parts
    const { uploader, boxes, accept } = parts
    for (const box of boxes) box.addEventListener('change', () => this.#choose(box))
    accept.addEventListener('click', () => this.#messageOnly())
    uploader.addEventListener('file-checked', () => this.#offer())
    uploader.addEventListener('file-refused', () => this.#offer())
    // A refused file may have been taken off the list.
    uploader.addEventListener('click', () => this.#offer())
  }

  /** At least one purpose stays chosen: a file that is for nothing gives nothing back. */
  #choose(changed: HTMLInputElement): void {
    const { uploader, boxes } = this.#parts
    const chosen = boxes.filter((box) => box.checked)
    if (chosen.length === 0) changed.checked = true
    else uploader.purpose = chosen.map((box) => box.value).join(',')
    this.#offer()
  }

  #messageOnly(): void {
    const { uploader, boxes } = this.#parts
    for (const box of boxes) box.checked = box.value === 'message'
    uploader.purpose = 'message'
    this.#offer()
    uploader.focus()
  }

  #offer(): void {
    const { uploader, offer } = this.#parts
    const helps = uploader.files.some(({ state, verdict }) => state === 'refused' && verdict !== null && goesAsMessage(verdict))
    offer.hidden = !helps || uploader.purpose === 'message'
  }
}

/** Nothing speaks against the file but what else it was for. */
function goesAsMessage({ reasons }: Verdict): boolean {
  return reasons.every(({ severity, fixes }) => severity === 'warn' || fixes.includes('send_as_message_only'))
}
