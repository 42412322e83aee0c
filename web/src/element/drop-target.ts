/** Makes an element take dropped files, and says while files are held over the window. */
import { carriesFiles, filesOf } from './file-drop.js'

export interface DropTargetOptions {
  enabled(): boolean
  dragging(on: boolean): void
  dropped(files: readonly File[]): void
}

export class DropTarget {
  readonly #options: DropTargetOptions
  #on = false

  constructor(target: HTMLElement, options: DropTargetOptions) {
    this.#options = options
    target.addEventListener('dragover', this.#over)
    target.addEventListener('drop', this.#drop)
  }

  /** Watches the whole window, so that the place to drop shows itself before the pointer is there. */
  connect(): void {
    window.addEventListener('dragenter', this.#enter)
    window.addEventListener('dragleave', this.#leave)
    window.addEventListener('drop', this.#end)
  }

  disconnect(): void {
    window.removeEventListener('dragenter', this.#enter)
    window.removeEventListener('dragleave', this.#leave)
    window.removeEventListener('drop', this.#end)
    this.#set(false)
  }

  readonly #enter = (event: DragEvent): void => {
    if (this.#options.enabled() && carriesFiles(event.dataTransfer)) this.#set(true)
  }

  /** Only the one that leaves the window has nowhere to go. */
  readonly #leave = (event: DragEvent): void => {
    if (event.relatedTarget === null) this.#set(false)
  }

  readonly #end = (): void => this.#set(false)

  readonly #over = (event: DragEvent): void => {
    if (!this.#options.enabled() || !carriesFiles(event.dataTransfer)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    this.#set(true)
  }

  readonly #drop = (event: DragEvent): void => {
    if (!this.#options.enabled() || !carriesFiles(event.dataTransfer)) return
    event.preventDefault()
    this.#set(false)
    void filesOf(event.dataTransfer).then((files) => this.#options.dropped(files))
  }

  #set(on: boolean): void {
    if (on === this.#on) return
    this.#on = on
    this.#options.dragging(on)
  }
}
