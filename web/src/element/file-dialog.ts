/** Opens the browser's file dialog through the file input, for new files or for a row that misses its file. */
import type { LitElement } from 'lit'
import type { Upload } from '../session/upload.js'

export interface FileDialogPort {
  isDisabled(): boolean
  add(files: readonly File[], chosenFor: Upload | undefined): void
}

export class FileDialog {
  readonly #element: LitElement
  readonly #port: FileDialogPort
  #chosenFor: Upload | undefined

  constructor(element: LitElement, port: FileDialogPort) {
    this.#element = element
    this.#port = port
  }

  open(chosenFor?: Upload): void {
    this.#chosenFor = chosenFor
    if (!this.#port.isDisabled()) this.#element.renderRoot.querySelector('input')?.click()
  }

  readonly picked = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement) || target.files === null) return
    if (!this.#port.isDisabled()) this.#port.add([...target.files], this.#chosenFor)
    // So that the same file can be chosen again after it was removed.
    target.value = ''
  }
}
