/**
 * In which language an element speaks: finds it out, loads its words and follows
 * every change of it. Until the words of another language are there the old ones
 * stay; where they cannot be had, English does.
 */
import { loadCatalogue, loadLabels } from './catalogues.js'
import type { Language } from './languages.js'
import { languageOf, languageTag } from './languages.js'
import type { Catalogue, Messages, Words } from './messages.js'
import { Texts, english } from './messages.js'

export interface SpeechHost extends HTMLElement {
  /** The page's own words. */
  readonly messages: Messages
  requestUpdate(): void
}

export class Speech {
  readonly #host: SpeechHost
  readonly #marks = new MutationObserver(() => this.update())
  texts = new Texts('en')
  #words: Words = english
  #wanted: Language = 'en'
  #silent = false
  /** There are files to speak of. */
  #sentences = false

  constructor(host: SpeechHost) {
    this.#host = host
  }

  /** The first words are on their way: nothing is shown yet, rather than English for a blink. */
  get silent(): boolean {
    return this.#silent
  }

  connect(): void {
    const marks = { attributeFilter: ['lang'], subtree: true }
    for (let root: Node = this.#host.getRootNode(); ; root = root.host.getRootNode()) {
      this.#marks.observe(root, marks)
      if (!(root instanceof ShadowRoot)) break
    }
    this.#silent = languageOf(languageTag(this.#host)) !== 'en' && this.#words === english
    this.update()
  }

  disconnect(): void {
    this.#marks.disconnect()
  }

  /** The language or the page's own words may have changed. */
  update(): void {
    const wanted = languageOf(languageTag(this.#host)) ?? 'en'
    if (wanted !== this.#wanted) {
      this.#wanted = wanted
      void this.#load().catch(() => this.#adopt(this.#words))
    }
    this.texts = new Texts(languageTag(this.#host), this.#host.messages, this.#words)
    this.#host.requestUpdate()
  }

  /** Loads the sentences about files too; rejects when they cannot be had. */
  async loadSentences(): Promise<void> {
    this.#sentences = true
    await this.#load()
  }

  async #load(): Promise<void> {
    const language = this.#wanted
    const sentences = this.#sentences ? loadCatalogue(language) : undefined
    const [labels, catalogue] = await Promise.all([loadLabels(language), sentences])
    // By now another language may be wanted, whose words are on their way.
    if (language === this.#wanted) this.#adopt({ language, labels, catalogue: catalogue ?? this.#known(language) })
  }

  /** The sentences that a load without them must not take away again. */
  #known(language: Language): Catalogue {
    return this.#words.language === language ? this.#words.catalogue : english.catalogue
  }

  #adopt(words: Words): void {
    this.#words = words
    this.#wanted = words.language
    this.#silent = false
    this.texts = new Texts(languageTag(this.#host), this.#host.messages, words)
    this.#host.requestUpdate()
  }
}
