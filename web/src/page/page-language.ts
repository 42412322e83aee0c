/**
 * The page's language: English stands in the HTML, the others take its place.
 * The choice lives as long as the page and is stored nowhere.
 */
import type { Language } from '../i18n/languages.js'
import { languageOf, preferred } from '../i18n/languages.js'

/** A page's texts by the keys that the HTML gives them (`data-text`, and `data-label` for aria-label). */
export type PageWords = Readonly<Record<string, string>>

type Loader = () => Promise<{ readonly default: PageWords }>

const loaders: { readonly [L in Language]: Loader } = {
  en: async () => ({ default: {} }),
  de: () => import('./words/de.js'),
  es: () => import('./words/es.js'),
  pt: () => import('./words/pt.js'),
}

export class PageLanguage {
  readonly #choice: HTMLSelectElement
  readonly #changed: () => void
  readonly #texts: readonly TextPlace[]
  readonly #labels: readonly LabelPlace[]
  readonly #english: Map<string, string>
  #words: PageWords = {}
  #wanted = 'en'
  #chosen = false

  /** `changed` is called when other words are shown. */
  constructor(choice: HTMLSelectElement, changed: () => void) {
    this.#choice = choice
    this.#changed = changed
    this.#texts = marked('text').map((node) => new TextPlace(node))
    this.#labels = marked('label').map((node) => new LabelPlace(node))
    this.#english = new Map([...this.#texts, ...this.#labels].map(({ key, english }) => [key, english]))
    choice.addEventListener('change', () => this.#choose())
    window.addEventListener('languagechange', () => this.follow())
  }

  /** The tag that numbers are written by. */
  get tag(): string {
    return document.documentElement.lang
  }

  /** Speaks the browser's language until another is chosen. */
  follow(): void {
    if (!this.#chosen) void this.#speak(preferred(navigator.languages))
  }

  /** A text that no place shows by itself. */
  phrase(key: string, params: PageWords = {}): string {
    const text = this.#words[key] ?? this.#english.get(key) ?? key
    return text.replace(/\{(\w+)\}/g, (place, name: string) => params[name] ?? place)
  }

  #choose(): void {
    this.#chosen = true
    const { value } = this.#choice
    void this.#speak(navigator.languages.find((tag) => languageOf(tag) === value) ?? value)
  }

  async #speak(tag: string): Promise<void> {
    const root = document.documentElement
    this.#wanted = tag
    // The element follows at once and loads its words beside the page's.
    root.lang = tag
    root.toggleAttribute('data-translating', languageOf(tag) !== 'en')
    const words = await this.#load(tag)
    if (tag !== this.#wanted) return
    if (words === undefined) return this.#speak('en')
    this.#show(words)
    root.removeAttribute('data-translating')
  }

  /** Undefined where they cannot be had. */
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
    for (const place of [...this.#texts, ...this.#labels]) place.show(this.phrase(place.key))
    this.#choice.value = languageOf(this.tag) ?? 'en'
    this.#changed()
  }
}

/** An element whose text is translated. Elements in it stay and stand as {0}, {1} in the text. */
class TextPlace {
  readonly key: string
  readonly english: string
  readonly #node: HTMLElement
  readonly #kept: readonly Element[]

  constructor(node: HTMLElement) {
    this.#node = node
    this.key = node.dataset['text'] ?? ''
    this.#kept = [...node.children]
    const parts = [...node.childNodes].map((child) => (child instanceof Element ? `{${this.#kept.indexOf(child)}}` : child.textContent))
    this.english = parts.join('').replace(/\s+/g, ' ').trim()
  }

  show(text: string): void {
    this.#node.replaceChildren(...text.split(/(\{\d\})/).map((part) => this.#kept[Number(part.slice(1, -1) || NaN)] ?? part))
  }
}

/** An element whose aria-label is translated. */
class LabelPlace {
  readonly key: string
  readonly english: string
  readonly #node: HTMLElement

  constructor(node: HTMLElement) {
    this.#node = node
    this.key = node.dataset['label'] ?? ''
    this.english = node.ariaLabel ?? ''
  }

  show(text: string): void {
    this.#node.ariaLabel = text
  }
}

/** In the page, and in the template of what is said now and then. */
function marked(what: 'text' | 'label'): readonly HTMLElement[] {
  const roots = [document, ...[...document.querySelectorAll('template')].map((template) => template.content)]
  return roots.flatMap((root) => [...root.querySelectorAll<HTMLElement>(`[data-${what}]`)])
}

/** The server's words for its rules, which stand in the page in every language. */
function rulesIn(language: Language): PageWords {
  const template = document.querySelector<HTMLTemplateElement>(`template[lang="${language}"]`)
  const words = [...(template?.content.querySelectorAll<HTMLElement>('[data-word]') ?? [])]
  return Object.fromEntries(words.map((word) => [word.dataset['word'] ?? '', word.textContent]))
}
