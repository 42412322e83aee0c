/**
 * The question that the page asks if a link of another person or channel is opened while
 * somebody is signed in: use the link, or not. Until it is answered, nothing is sent
 * with the new token. Anybody can make somebody else open a link.
 */
import type { TokenInfo } from './page-token.js'

export interface QuestionParts {
  readonly dialog: HTMLDialogElement
  readonly current: HTMLElement
  readonly next: HTMLElement
  readonly why: HTMLElement
  readonly keepButton: HTMLElement
  readonly switchButton: HTMLElement
}

export interface Question {
  /** Who is signed in. Undefined if only the tab remembers that somebody is: the page was loaded again. */
  readonly current: TokenInfo | undefined
  /** Whose the new link is. */
  readonly next: TokenInfo
  onSwitch(): void
  onKeep(): void
}

/** Puts the names of a channel and a person, if there are any, into the sentence with a key. */
export type NameSentence = (key: string, info: TokenInfo | undefined) => readonly Node[]

/** The keys of the sentences, by whether the page still has the token of the sign-in. */
const running = { current: 'switchFrom', why: 'switchWhy', keep: 'switchKeep', accept: 'switchAccept' }
const remembered = { current: 'replaceFrom', why: 'replaceWhy', keep: 'replaceKeep', accept: 'replaceAccept' }

export class SwitchQuestion {
  readonly #parts: QuestionParts
  readonly #sentence: NameSentence
  #asked: Question | undefined

  constructor(parts: QuestionParts, sentence: NameSentence) {
    this.#parts = parts
    this.#sentence = sentence
    parts.switchButton.addEventListener('click', () => this.#answer())
    // Escape and the other button keep the sign-in.
    parts.dialog.addEventListener('close', () => this.#closed())
  }

  get isOpen(): boolean {
    return this.#asked !== undefined
  }

  /** Asks, instead of an earlier question. */
  ask(question: Question): void {
    this.#asked = question
    this.translate()
    if (!this.#parts.dialog.open) this.#parts.dialog.showModal()
  }

  /** Shows the sentences again in the page's language. */
  translate(): void {
    if (this.#asked === undefined) return
    const { current, next } = this.#asked
    const keys = current === undefined ? remembered : running
    this.#parts.current.replaceChildren(...this.#sentence(keys.current, current))
    this.#parts.next.replaceChildren(...this.#sentence('switchTo', next))
    this.#parts.why.replaceChildren(...this.#sentence(keys.why, undefined))
    this.#parts.keepButton.replaceChildren(...this.#sentence(keys.keep, undefined))
    this.#parts.switchButton.replaceChildren(...this.#sentence(keys.accept, undefined))
  }

  #answer(): void {
    const asked = this.#asked
    this.#asked = undefined
    this.#parts.dialog.close()
    asked?.onSwitch()
  }

  #closed(): void {
    if (this.#parts.dialog.open) return // a newer question
    const asked = this.#asked
    this.#asked = undefined
    asked?.onKeep()
  }
}
