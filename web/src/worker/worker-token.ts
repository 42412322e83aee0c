/**
 * The token of a worker, held in memory only. However many uploads wait for a token, the page is
 * asked once, and its answer reaches all of them.
 */
import type { TokenReason } from '../engine/token-reason.js'

export type TokenAnswer = 'token-ready' | 'token-denied'

export class WorkerToken {
  readonly #ask: (reason: TokenReason) => void
  readonly #waiting = new Set<(answer: TokenAnswer) => void>()
  #token: string | undefined
  #reason: TokenReason = 'missing'
  #asked = false
  /** There was a token before. */
  hadToken = false

  constructor(ask: (reason: TokenReason) => void) {
    this.#ask = ask
  }

  get current(): string | undefined {
    return this.#token
  }

  /** Drops a token that the server did not accept, unless there is a newer one. */
  reject(token: string): void {
    if (token !== this.#token) return
    this.#token = undefined
    this.#reason = 'expired'
  }

  /** Calls `listener` once, when there is a token or the page has none. Returns a function that cancels the call. */
  request(listener: (answer: TokenAnswer) => void): () => void {
    this.#waiting.add(listener)
    if (this.#token !== undefined) queueMicrotask(() => this.#answer('token-ready', [listener]))
    else if (!this.#asked) {
      this.#asked = true
      this.#ask(this.#reason)
    }
    return () => { this.#waiting.delete(listener) }
  }

  provide(token: string | undefined): void {
    this.#asked = false
    this.#token = token
    this.hadToken ||= token !== undefined
    this.#answer(token === undefined ? 'token-denied' : 'token-ready', [...this.#waiting])
  }

  #answer(answer: TokenAnswer, listeners: readonly ((answer: TokenAnswer) => void)[]): void {
    for (const listener of listeners) {
      if (this.#waiting.delete(listener)) listener(answer)
    }
  }
}
