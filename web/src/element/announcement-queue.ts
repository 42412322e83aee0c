/**
 * Spaces out the messages for people who use a screen reader: at most one every five
 * seconds, so that twenty files do not talk over each other.
 */

/** Milliseconds between two messages: time to read out a few sentences. */
const intervalMs = 5_000

/** Milliseconds that the first message waits, so that sentences which belong together become one message. */
const collectMs = 150

/** More sentences than this are replaced by a summary. */
const maxSentences = 3

export class AnnouncementQueue {
  readonly #show: (message: string) => void
  readonly #summary: () => string
  #pending: string[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #lastAt = -Infinity

  constructor(show: (message: string) => void, summary: () => string) {
    this.#show = show
    this.#summary = summary
  }

  add(sentence: string): void {
    if (!this.#pending.includes(sentence)) this.#pending.push(sentence)
    this.#timer ??= setTimeout(() => this.#flush(), Math.max(collectMs, this.#lastAt + intervalMs - performance.now()))
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#pending = []
  }

  #flush(): void {
    this.#timer = undefined
    this.#lastAt = performance.now()
    const sentences = this.#pending.splice(0)
    this.#show(sentences.length > maxSentences ? this.#summary() : sentences.join(' '))
  }
}
