/** The server's clock, by which links expire. A computer's own may be hours off. */

/** Milliseconds to wait for the server's time before the computer's own has to do. */
const timeoutMs = 3_000

export class ServerClock {
  /** Milliseconds by which the server is ahead. */
  #ahead = 0
  /** Resolves when the server's time is known, or cannot be found out. */
  readonly ready: Promise<void> = this.#ask().catch(() => {})

  now(): number {
    return Date.now() + this.#ahead
  }

  async #ask(): Promise<void> {
    const { headers } = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(timeoutMs) })
    const at = Date.parse(headers.get('Date') ?? '')
    if (!Number.isNaN(at)) this.#ahead = at - Date.now()
  }
}
