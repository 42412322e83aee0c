/** The places in the page's HTML whose text or aria-label is translated, with the English that they contain. */

export interface TranslatedPlace {
  readonly key: string
  readonly english: string
  show(text: string): void
}

/** All places of the document, including its templates. */
export function translatedPlaces(): readonly TranslatedPlace[] {
  return [...marked('text').map((node) => new TextPlace(node)), ...marked('label').map((node) => new LabelPlace(node))]
}

/** An element whose text is translated. Its child elements stay, and are {0}, {1} in the text. */
class TextPlace implements TranslatedPlace {
  readonly key: string
  readonly english: string
  readonly #node: HTMLElement
  readonly #children: readonly Element[]

  constructor(node: HTMLElement) {
    this.#node = node
    this.key = node.dataset['text'] ?? ''
    this.#children = [...node.children]
    const parts = [...node.childNodes].map((child) => (child instanceof Element ? `{${this.#children.indexOf(child)}}` : child.textContent))
    this.english = parts.join('').replace(/\s+/g, ' ').trim()
  }

  show(text: string): void {
    this.#node.replaceChildren(...text.split(/(\{\d\})/).map((part) => this.#children[Number(part.slice(1, -1) || NaN)] ?? part))
  }
}

/** An element whose aria-label is translated. */
class LabelPlace implements TranslatedPlace {
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

function marked(attribute: 'text' | 'label'): readonly HTMLElement[] {
  const roots = [document, ...[...document.querySelectorAll('template')].map((template) => template.content)]
  return roots.flatMap((root) => [...root.querySelectorAll<HTMLElement>(`[data-${attribute}]`)])
}
