/** Accepts files that are dropped on an element, and reports while files are dragged over the window. */
import { filesIn, hasFiles } from './transferred-files.js'

export interface DropTargetOptions {
  isDisabled(): boolean
  dragging(dragging: boolean): void
  dropped(files: readonly File[]): void
}

export class DropTarget {
  readonly #options: DropTargetOptions
  #dragging = false

  constructor(target: HTMLElement, options: DropTargetOptions) {
    this.#options = options
    target.addEventListener('dragover', this.#over)
    target.addEventListener('drop', this.#drop)
  }

  /** Listens on the whole window, so that the dropzone is highlighted before the pointer reaches it. */
  connect(): void {
    window.addEventListener('dragenter', this.#enter)
    window.addEventListener('dragleave', this.#leave)
    window.addEventListener('drop', this.#end)
  }

  disconnect(): void {
    window.removeEventListener('dragenter', this.#enter)
    window.removeEventListener('dragleave', this.#leave)
    window.removeEventListener('drop', this.#end)
    this.#setDragging(false)
  }

  readonly #enter = (event: DragEvent): void => {
    if (!this.#options.isDisabled() && hasFiles(event.dataTransfer)) this.#setDragging(true)
  }

  /** Only when the pointer leaves the window is there no related target. */
  readonly #leave = (event: DragEvent): void => {
    if (event.relatedTarget === null) this.#setDragging(false)
  }

  readonly #end = (): void => this.#setDragging(false)

  readonly #over = (event: DragEvent): void => {
    if (this.#options.isDisabled() || !hasFiles(event.dataTransfer)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    this.#setDragging(true)
  }

  readonly #drop = (event: DragEvent): void => {
    if (this.#options.isDisabled() || !hasFiles(event.dataTransfer)) return
    event.preventDefault()
    this.#setDragging(false)
    void filesIn(event.dataTransfer).then((files) => this.#options.dropped(files))
  }

  #setDragging(dragging: boolean): void {
    if (dragging === this.#dragging) return
    this.#dragging = dragging
    this.#options.dragging(dragging)
  }
}
