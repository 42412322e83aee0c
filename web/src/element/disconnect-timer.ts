/**
 * Distinguishes a move within the document from a removal. Browsers report both with
 * the same pair of callbacks; only the time between them differs.
 */

/**
 * Milliseconds that an element may be disconnected without consequences: frameworks move
 * a node within one task, and an animated change of view takes a second or two.
 */
export const disconnectTimeoutMs = 10_000

export interface DisconnectTimerPort {
  /** The element stays disconnected, perhaps forever: it must release everything that runs. */
  expired(): void
  /** The element is connected again, after `expired`. */
  reconnected(): void
}

export class DisconnectTimer {
  readonly #port: DisconnectTimerPort
  readonly #window: EventTarget
  #timer: ReturnType<typeof setTimeout> | undefined
  #hasExpired = false

  /** When the page is left, the timer expires at once: `window` emits `pagehide`. */
  constructor(port: DisconnectTimerPort, window: EventTarget) {
    this.#port = port
    this.#window = window
  }

  start(): void {
    this.#timer = setTimeout(this.#expire, disconnectTimeoutMs)
    this.#window.addEventListener('pagehide', this.#expire)
  }

  stop(): void {
    this.#clear()
    if (!this.#hasExpired) return
    this.#hasExpired = false
    this.#port.reconnected()
  }

  readonly #expire = (): void => {
    this.#clear()
    this.#hasExpired = true
    this.#port.expired()
  }

  #clear(): void {
    clearTimeout(this.#timer)
    this.#window.removeEventListener('pagehide', this.#expire)
  }
}
