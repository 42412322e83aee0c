/**
 * What draws files and speaks of them, from when it is loaded: ahead of the first
 * file, beside the sentences, so that the first paint waits for neither.
 */
import { adoptStyles } from 'lit'
import type { CopiedField } from '../list/list-view.js'
import type { Previews } from '../list/preview.js'
import type { Speech } from '../i18n/localization.js'
import { styles } from './styles/styles.js'
import type { Upload } from '../session/upload.js'

export type List = typeof import('./list.js')

export interface ListPartHost {
  root(): HTMLElement | DocumentFragment
  requestUpdate(): void
  /** Called once. */
  loaded(list: List): void
}

/** Rows drawn at first and added when the person scrolls there: 500 dropped files must not freeze the page. */
const rowsAtOnce = 25

/** Milliseconds for which a copy button says that it has copied. */
const copiedMs = 2_000

export class ListPart {
  readonly #host: ListPartHost
  readonly #speech: Speech
  readonly #moreRows = new IntersectionObserver((entries) => this.#scrolledTo(entries), { rootMargin: '600px' })
  #loading: Promise<boolean> | undefined
  code: List | undefined
  previews: Previews | undefined
  drawn = rowsAtOnce
  /** The field that was copied a moment ago. */
  copied: CopiedField | undefined

  constructor(host: ListPartHost, speech: Speech) {
    this.#host = host
    this.#speech = speech
  }

  /** False when it could not be had; the next call tries again. */
  load(): Promise<boolean> {
    this.#loading ??= Promise.all([import('./list.js'), this.#speech.loadSentences()]).then(
      ([list]) => this.#adopt(list),
      () => this.#failed(),
    )
    return this.#loading
  }

  /** Says whether the browser let it. */
  async copy(field: string, value: string, upload: Upload): Promise<boolean> {
    const renderRoot = this.#host.root()
    if (!(renderRoot instanceof ShadowRoot) || (await this.code?.copyText(value, renderRoot)) !== true) return false
    const copied = { upload, field }
    this.#showCopied(copied)
    setTimeout(() => {
      if (this.copied === copied) this.#showCopied(undefined)
    }, copiedMs)
    return true
  }

  /** After each drawing: the place at the list's end that draws more. */
  watchScrolling(): void {
    this.#moreRows.disconnect()
    const sentinel = this.#host.root().querySelector('.sentinel')
    if (sentinel !== null) this.#moreRows.observe(sentinel)
  }

  /** Gives back what costs memory while nobody looks. */
  rest(): void {
    this.#moreRows.disconnect()
    this.previews?.clear()
  }

  #adopt(list: List): boolean {
    this.code = list
    this.previews = new list.Previews(() => this.#host.requestUpdate())
    const renderRoot = this.#host.root()
    if (renderRoot instanceof ShadowRoot) adoptStyles(renderRoot, [...styles, ...list.listStyles])
    this.#host.loaded(list)
    this.#host.requestUpdate()
    return true
  }

  #failed(): boolean {
    this.#loading = undefined
    return false
  }

  #showCopied(copied: CopiedField | undefined): void {
    this.copied = copied
    this.#host.requestUpdate()
  }

  #scrolledTo(entries: readonly IntersectionObserverEntry[]): void {
    if (!entries.some((entry) => entry.isIntersecting)) return
    this.drawn += rowsAtOnce
    this.#host.requestUpdate()
  }
}
