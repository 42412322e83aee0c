/**
 * The choice of what the files are for: a checkbox for each purpose and, if a refused
 * file could be sent as a message only, the offer to choose that.
 */
import type { MediaUploadElement } from '../element/media-upload-element.js'
import type { Verdict } from '../engine/engine.js'

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
    accept.addEventListener('click', () => this.#chooseMessageOnly())
    uploader.addEventListener('file-checked', () => this.#updateOffer())
    uploader.addEventListener('file-refused', () => this.#updateOffer())
    // A click may have removed a refused file from the list.
    uploader.addEventListener('click', () => this.#updateOffer())
  }

  /** At least one purpose stays chosen: without any, the server would have nothing to return. */
  #choose(changed: HTMLInputElement): void {
    const { uploader, boxes } = this.#parts
    const chosen = boxes.filter((box) => box.checked)
    if (chosen.length === 0) changed.checked = true
    else uploader.purpose = chosen.map((box) => box.value).join(',')
    this.#updateOffer()
  }

  #chooseMessageOnly(): void {
    const { uploader, boxes } = this.#parts
    for (const box of boxes) box.checked = box.value === 'message'
    uploader.purpose = 'message'
    this.#updateOffer()
    uploader.focus()
  }

  #updateOffer(): void {
    const { uploader, offer } = this.#parts
    const helps = uploader.files.some(({ state, verdict }) => state === 'refused' && verdict !== null && fitsMessage(verdict))
    offer.hidden = !helps || uploader.purpose === 'message'
  }
}

/** The file is refused only because of its other purposes. */
function fitsMessage({ reasons }: Verdict): boolean {
  return reasons.every(({ severity, fixes }) => severity === 'warn' || fixes.includes('send_as_message_only'))
}
