/**
 * Accepts files that are dropped on an element, and reports while files are dragged over the window. It listens in the
 * capture phase, since a drop zone of the page may stop the events.
 */
import { filesIn, hasFiles } from './transferred-files.js'

export interface DropTargetOptions {
  isDisabled(): boolean
  dragging(dragging: boolean): void
  dropped(files: readonly File[]): void
}

/**
 * Milliseconds without `dragover` after which a drag has ended or has left for a frame of another document, neither of
 * which is always reported. Browsers repeat the event at least every 350 ms (HTML, "drag-and-drop processing model").
 */
const silenceMs = 1_000

export class DropTarget {
  readonly #options: DropTargetOptions
  #dragging = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(target: HTMLElement, options: DropTargetOptions) {
    this.#options = options
    target.addEventListener('dragover', this.#over, true)
    target.addEventListener('drop', this.#drop, true)
  }

  /** Listens on the whole window, so that the dropzone is highlighted before the pointer reaches it. */
  connect(): void {
    window.addEventListener('dragenter', this.#near, true)
    window.addEventListener('dragover', this.#near, true)
    window.addEventListener('dragleave', this.#leave, true)
    for (const type of ['drop', 'dragend']) window.addEventListener(type, this.#end, true)
  }

  disconnect(): void {
    window.removeEventListener('dragenter', this.#near, true)
    window.removeEventListener('dragover', this.#near, true)
    window.removeEventListener('dragleave', this.#leave, true)
    for (const type of ['drop', 'dragend']) window.removeEventListener(type, this.#end, true)
    this.#setDragging(false)
  }

  readonly #near = (event: DragEvent): void => {
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
  }

  readonly #drop = (event: DragEvent): void => {
    if (this.#options.isDisabled() || !hasFiles(event.dataTransfer)) return
    event.preventDefault()
    void filesIn(event.dataTransfer).then((files) => this.#options.dropped(files))
  }

  #setDragging(dragging: boolean): void {
    clearTimeout(this.#timer)
    if (dragging) this.#timer = setTimeout(this.#end, silenceMs)
    if (dragging === this.#dragging) return
    this.#dragging = dragging
    this.#options.dragging(dragging)
  }
}
