/**
 * Says what happens to people who do not see it: at most one message in five
 * seconds, so that twenty files do not talk over each other.
 */

/** Milliseconds between two messages (acceptance check X3 of the widget's reference). */
const pauseMs = 5_000

/** So many sentences are read out one after the other; more become a summary. */
const mostSentences = 3

export class Announcer {
  readonly #speak: (message: string) => void
  readonly #summary: () => string
  #pending: string[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #lastAt = -Infinity

  constructor(speak: (message: string) => void, summary: () => string) {
    this.#speak = speak
    this.#summary = summary
  }

  say(sentence: string): void {
    if (!this.#pending.includes(sentence)) this.#pending.push(sentence)
    this.#timer ??= setTimeout(() => this.#flush(), this.#delay())
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#pending = []
  }

  /** The first message waits a moment too, so that what belongs together is said together. */
  #delay(): number {
    return Math.max(150, this.#lastAt + pauseMs - performance.now())
  }

  #flush(): void {
    this.#timer = undefined
    this.#lastAt = performance.now()
    const sentences = this.#pending.splice(0)
    this.#speak(sentences.length > mostSentences ? this.#summary() : sentences.join(' '))
  }
}
