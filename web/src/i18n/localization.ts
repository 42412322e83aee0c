/**
 * The language of an element: determines it, loads its words and follows every change.
 * The previous words stay until those of another language are loaded; if they cannot be
 * loaded, the previous ones (at first English) remain.
 */
import { loadCatalogue, loadLabels } from './catalogues.js'
import type { Language } from './languages.js'
import { languageOf, languageTag } from './languages.js'
import type { Catalogue, Messages, Words } from './messages.js'
import { Texts, english } from './messages.js'

export interface LocalizationHost extends HTMLElement {
  /** The page's own words, which replace ours. */
  readonly messages: Messages
  requestUpdate(): void
}

export class Localization {
  readonly #host: LocalizationHost
  readonly #langObserver = new MutationObserver(() => this.update())
  texts = new Texts('en')
  #words: Words = english
  #wanted: Language = 'en'
  #loadingFirst = false
  /** There are files, so the catalogue's sentences are needed too. */
  #sentences = false

  constructor(host: LocalizationHost) {
    this.#host = host
  }

  /** The first words are still loading. The element stays hidden rather than show English for a moment. */
  get isLoadingFirst(): boolean {
    return this.#loadingFirst
  }

  connect(): void {
    const options = { attributeFilter: ['lang'], subtree: true }
    for (let root: Node = this.#host.getRootNode(); ; root = root.host.getRootNode()) {
      this.#langObserver.observe(root, options)
      if (!(root instanceof ShadowRoot)) break
    }
    this.#loadingFirst = languageOf(languageTag(this.#host)) !== 'en' && this.#words === english
    this.update()
  }

  disconnect(): void {
    this.#langObserver.disconnect()
  }

  /** The language or the page's own words may have changed. */
  update(): void {
    const wanted = languageOf(languageTag(this.#host)) ?? 'en'
    if (wanted !== this.#wanted) {
      this.#wanted = wanted
      void this.#load().catch(() => this.#use(this.#words))
    }
    this.texts = new Texts(languageTag(this.#host), this.#host.messages, this.#words)
    this.#host.requestUpdate()
  }

  /** Loads the sentences about files as well; rejects if they cannot be loaded. */
  async loadSentences(): Promise<void> {
    this.#sentences = true
    await this.#load()
  }

  async #load(): Promise<void> {
    const language = this.#wanted
    const sentences = this.#sentences ? loadCatalogue(language) : undefined
    const [labels, catalogue] = await Promise.all([loadLabels(language), sentences])
    // If another language is wanted by now, its own load is under way.
    if (language === this.#wanted) this.#use({ language, labels, catalogue: catalogue ?? this.#loadedCatalogue(language) })
  }

  /** The sentences that are loaded already: a load of the labels alone must not discard them. */
  #loadedCatalogue(language: Language): Catalogue {
    return this.#words.language === language ? this.#words.catalogue : english.catalogue
  }

  #use(words: Words): void {
    this.#words = words
    this.#wanted = words.language
    this.#loadingFirst = false
    this.texts = new Texts(languageTag(this.#host), this.#host.messages, words)
    this.#host.requestUpdate()
  }
}
