/**
 * Says what happens to people who do not see it: at most one message in five
 * seconds, so that twenty files do not talk over each other.
 */

/** Milliseconds between two messages (acceptance check X3 of the widget's reference). */
const pauseMs = 5_000

/** So many sentences are read out one after the other; more become a summary. */
const mostSentences = 3

export class Announcer {
  private pending: string[] = []
  private timer: ReturnType<typeof setTimeout> | undefined
  private lastAt = -Infinity

  constructor(
    private readonly speak: (message: string) => void,
    private readonly summary: () => string,
  ) {}

  say(sentence: string): void {
    if (!this.pending.includes(sentence)) this.pending.push(sentence)
    this.timer ??= setTimeout(() => this.flush(), this.delay())
  }

  close(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.pending = []
  }

  /** The first message waits a moment too, so that what belongs together is said together. */
  private delay(): number {
    return Math.max(150, this.lastAt + pauseMs - performance.now())
  }

  private flush(): void {
    this.timer = undefined
    this.lastAt = performance.now()
    const sentences = this.pending.splice(0)
    this.speak(sentences.length > mostSentences ? this.summary() : sentences.join(' '))
  }
}
