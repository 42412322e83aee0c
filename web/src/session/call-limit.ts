/** Limits how often something may be called: a few times in a row, then no more until the first of them is long enough ago. */

/** Calls in a row. Signing in, switching to another person and renewing a token need two. */
const burst = 3

/** Milliseconds within which there are no more than `burst` calls. */
const windowMs = 10_000

export class CallLimit {
  #calls: number[] = []

  note(now: number): void {
    this.#calls = [...this.#calls, now].slice(-burst)
  }

  /** Milliseconds until the next call is allowed; 0 if it is now. */
  waitMs(now: number): number {
    const [first] = this.#calls
    return this.#calls.length < burst || first === undefined ? 0 : Math.max(0, first + windowMs - now)
  }
}
