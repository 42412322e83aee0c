/**
 * The question that the page asks if a link of another person or channel is opened while
 * somebody is signed in: keep the sign-in, or switch. Until it is answered, nothing is sent
 * with the new token. Anybody can make somebody else open a link.
 */
import type { TokenInfo } from './page-token.js'

export interface QuestionParts {
  readonly dialog: HTMLDialogElement
  readonly current: HTMLElement
  readonly next: HTMLElement
  readonly switchButton: HTMLElement
}

/** Puts the names of a channel and a person into the sentence with a key. */
export type NameSentence = (key: string, info: TokenInfo) => readonly Node[]

export class SwitchQuestion {
  readonly #parts: QuestionParts
  readonly #sentence: NameSentence
  #asked: { readonly current: TokenInfo; readonly next: TokenInfo } | undefined
  #switch = (): void => {}

  constructor(parts: QuestionParts, sentence: NameSentence) {
    this.#parts = parts
    this.#sentence = sentence
    parts.switchButton.addEventListener('click', () => this.#answer())
    // Escape and the other button keep the sign-in.
    parts.dialog.addEventListener('close', () => (this.#asked = undefined))
  }

  get isOpen(): boolean {
    return this.#asked !== undefined
  }

  /** Asks, instead of an earlier question. `onSwitch` is called if the person wants to switch. */
  ask(current: TokenInfo, next: TokenInfo, onSwitch: () => void): void {
    this.#asked = { current, next }
    this.#switch = onSwitch
    this.translate()
    if (!this.#parts.dialog.open) this.#parts.dialog.showModal()
  }

  /** Shows the names again in the page's language. */
  translate(): void {
    if (this.#asked === undefined) return
    this.#parts.current.replaceChildren(...this.#sentence('switchFrom', this.#asked.current))
    this.#parts.next.replaceChildren(...this.#sentence('switchTo', this.#asked.next))
  }

  #answer(): void {
    this.#parts.dialog.close()
    this.#switch()
  }
}
