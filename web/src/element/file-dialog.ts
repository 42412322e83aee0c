/** Opens the browser's file dialog through the file input, for new files or for a row that misses its file. */
import type { Upload } from '../session/upload.js'

export interface FileDialogHost {
  root(): HTMLElement | DocumentFragment
  isEnabled(): boolean
  add(files: readonly File[], chosenFor: Upload | undefined): void
}

export class FileDialog {
  readonly #host: FileDialogHost
  #chosenFor: Upload | undefined

  constructor(host: FileDialogHost) {
    this.#host = host
  }

  open(chosenFor?: Upload): void {
    this.#chosenFor = chosenFor
    if (this.#host.isEnabled()) this.#host.root().querySelector('input')?.click()
  }

  readonly picked = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement) || target.files === null) return
    if (this.#host.isEnabled()) this.#host.add([...target.files], this.#chosenFor)
    // So that the same file can be chosen again after it was removed.
    target.value = ''
  }
}
