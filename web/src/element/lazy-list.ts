/**
 * The list of files, whose code and sentences are loaded ahead of the first file, so
 * that the first paint waits for neither.
 */
import type { LitElement } from 'lit'
import { adoptStyles } from 'lit'
import type { Localization } from '../i18n/localization.js'
import type { CopiedField } from '../list/list-view.js'
import type { Thumbnails } from '../list/thumbnails.js'
import type { Upload } from '../session/upload.js'
import { styles } from './styles/styles.js'

export type ListModule = typeof import('./list-module.js')

/** Rows are rendered in steps of this many as the person scrolls: 500 dropped files must not freeze the page. */
const rowsPerStep = 25

/** Milliseconds for which a copy button shows that it has copied. */
const copiedMs = 2_000

export class LazyList {
  readonly #element: LitElement
  readonly #localization: Localization
  readonly #loaded: (module: ListModule) => void
  readonly #sentinelObserver = new IntersectionObserver((entries) => this.#scrolledTo(entries), { rootMargin: '600px' })
  #loading: Promise<boolean> | undefined
  /** Undefined until it is loaded. */
  module: ListModule | undefined
  thumbnails: Thumbnails | undefined
  maxRows = rowsPerStep
  /** The field that was copied a moment ago. */
  copied: CopiedField | undefined

  /** `loaded` is called once, when the code is loaded. */
  constructor(element: LitElement, localization: Localization, loaded: (module: ListModule) => void) {
    this.#element = element
    this.#localization = localization
    this.#loaded = loaded
  }

  /** Resolves to false if it could not be loaded; the next call tries again. */
  load(): Promise<boolean> {
    this.#loading ??= Promise.all([import('./list-module.js'), this.#localization.loadSentences()]).then(
      ([module]) => this.#adopt(module),
      () => this.#failed(),
    )
    return this.#loading
  }

  /** Resolves to false if the browser does not allow it. */
  async copy(field: string, value: string, upload: Upload): Promise<boolean> {
    const { renderRoot } = this.#element
    if (!(renderRoot instanceof ShadowRoot) || (await this.module?.copyText(value, renderRoot)) !== true) return false
    const copied = { upload, field }
    this.#showCopied(copied)
    setTimeout(() => {
      if (this.copied === copied) this.#showCopied(undefined)
    }, copiedMs)
    return true
  }

  /** Call after rendering: observes the sentinel at the end of the list, which makes it render more rows. */
  observeSentinel(): void {
    this.#sentinelObserver.disconnect()
    const sentinel = this.#element.renderRoot.querySelector('.sentinel')
    if (sentinel !== null) this.#sentinelObserver.observe(sentinel)
  }

  /** Releases what costs memory while the element is not shown. */
  release(): void {
    this.#sentinelObserver.disconnect()
    this.thumbnails?.clear()
  }

  #adopt(module: ListModule): boolean {
    this.module = module
    this.thumbnails = new module.Thumbnails(() => this.#element.requestUpdate())
    const { renderRoot } = this.#element
    if (renderRoot instanceof ShadowRoot) adoptStyles(renderRoot, [...styles, ...module.listStyles])
    this.#loaded(module)
    this.#element.requestUpdate()
    return true
  }

  #failed(): boolean {
    this.#loading = undefined
    return false
  }

  #showCopied(copied: CopiedField | undefined): void {
    this.copied = copied
    this.#element.requestUpdate()
  }

  #scrolledTo(entries: readonly IntersectionObserverEntry[]): void {
    if (!entries.some((entry) => entry.isIntersecting)) return
    this.maxRows += rowsPerStep
    this.#element.requestUpdate()
  }
}
