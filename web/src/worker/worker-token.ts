/**
 * The token, in memory alone, and the one question for it: however many uploads
 * need a token, it is asked for once, and the answer lets all of them go.
 */
export type TokenAnswer = 'token-ready' | 'token-denied'
export type TokenReason = 'missing' | 'expired'

export class TokenKeeper {
  readonly #ask: (reason: TokenReason) => void
  readonly #waiting = new Set<(answer: TokenAnswer) => void>()
  #token: string | undefined
  #reason: TokenReason = 'missing'
  #asked = false

  constructor(ask: (reason: TokenReason) => void) {
    this.#ask = ask
  }

  get current(): string | undefined {
    return this.#token
  }

  /** The server did not take `token`. One that came meanwhile stays. */
  reject(token: string): void {
    if (token !== this.#token) return
    this.#token = undefined
    this.#reason = 'expired'
  }

  /** Calls `listener` once, when there is a token or none can be had. Returns how to stop waiting. */
  need(listener: (answer: TokenAnswer) => void): () => void {
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
    this.#answer(token === undefined ? 'token-denied' : 'token-ready', [...this.#waiting])
  }

  #answer(answer: TokenAnswer, listeners: readonly ((answer: TokenAnswer) => void)[]): void {
    for (const listener of listeners) {
      if (this.#waiting.delete(listener)) listener(answer)
    }
  }
}
