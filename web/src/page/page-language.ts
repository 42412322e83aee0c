/**
 * The page's language: English is in the HTML, other languages replace it. A choice
 * lasts as long as the page and is not stored.
 */
import type { Language } from '../i18n/languages.js'
import { languageOf, preferredTag } from '../i18n/languages.js'
import type { PageWords } from './page-words.js'
import type { TranslatedPlace } from './translated-places.js'
import { translatedPlaces } from './translated-places.js'

type WordsLoader = () => Promise<{ readonly default: PageWords }>

const loaders: { readonly [L in Language]: WordsLoader } = {
  en: async () => ({ default: {} }),
  de: () => import('./words/de.js'),
  es: () => import('./words/es.js'),
  pt: () => import('./words/pt.js'),
}

export class PageLanguage {
  readonly #select: HTMLSelectElement
  readonly #changed: () => void
  readonly #places: readonly TranslatedPlace[] = translatedPlaces()
  readonly #english = new Map(this.#places.map(({ key, english }) => [key, english]))
  #words: PageWords = {}
  #wanted = 'en'
  #isChosen = false

  /** `changed` is called after other words are shown. */
  constructor(select: HTMLSelectElement, changed: () => void) {
    this.#select = select
    this.#changed = changed
    select.addEventListener('change', () => this.#choose())
    window.addEventListener('languagechange', () => this.followBrowser())
  }

  /** The tag for formatting numbers. */
  get tag(): string {
    return document.documentElement.lang
  }

  /** Uses the browser's language, unless the person has chosen one. */
  followBrowser(): void {
    if (!this.#isChosen) void this.#use(preferredTag(navigator.languages))
  }

  /** A text for scripts to show; `{name}` in it is replaced with a parameter. */
  text(key: string, params: PageWords = {}): string {
    const text = this.#words[key] ?? this.#english.get(key) ?? key
    return text.replace(/\{(\w+)\}/g, (place, name: string) => params[name] ?? place)
  }

  #choose(): void {
    this.#isChosen = true
    const { value } = this.#select
    void this.#use(navigator.languages.find((tag) => languageOf(tag) === value) ?? value)
  }

  async #use(tag: string): Promise<void> {
    const root = document.documentElement
    this.#wanted = tag
    // Set first, so that the element loads its words at the same time.
    root.lang = tag
    root.toggleAttribute('data-translating', languageOf(tag) !== 'en')
    const words = await this.#load(tag)
    if (tag !== this.#wanted) return
    if (words === undefined) return this.#use('en')
    this.#show(words)
    root.removeAttribute('data-translating')
  }

  /** Undefined if the words cannot be loaded. */
  async #load(tag: string): Promise<PageWords | undefined> {
    try {
      const language = languageOf(tag) ?? 'en'
      return { ...rulesIn(language), ...(await loaders[language]()).default }
    } catch {
      return undefined
    }
  }

  #show(words: PageWords): void {
    this.#words = words
    for (const place of this.#places) place.show(this.text(place.key))
    this.#select.value = languageOf(this.tag) ?? 'en'
    this.#changed()
  }
}

/** The server's texts about WhatsApp's rules, which are in the page in every language. */
function rulesIn(language: Language): PageWords {
  const template = document.querySelector<HTMLTemplateElement>(`template[lang="${language}"]`)
  const words = [...(template?.content.querySelectorAll<HTMLElement>('[data-word]') ?? [])]
  return Object.fromEntries(words.map((word) => [word.dataset['word'] ?? '', word.textContent]))
}
