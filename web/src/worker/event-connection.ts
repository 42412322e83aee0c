/**
 * Keeps a stream of events open: opens it again when it ends, with back-off where it cannot be
 * opened. It leaves to its listener what to do meanwhile.
 */
import { openStream, type StreamEvent } from './event-stream.js'
import { holdSlot } from './stream-slots.js'

/**
 * live: bytes arrive. pending: a first attempt, or the first one after a live stream, whose outcome
 * is open. down: no stream could be opened.
 */
export type ConnectionState = 'closed' | 'pending' | 'live' | 'down'

export interface ConnectionListener {
  /** The token for the next attempt. A 401 is no concern of this class: requests find it out. */
  token(): string
  event(event: StreamEvent): void
  changed(state: ConnectionState): void
}

/** The server sends a heartbeat at least every 15 s. */
const STALL_MS = 45_000
const FIRST_BACKOFF_MS = 1000
/** Where a proxy blocks streams, an attempt now and then finds out that it has stopped. */
const MAX_BACKOFF_MS = 300_000

export class EventConnection {
  readonly #origin: string
  readonly #listener: ConnectionListener
  #state: ConnectionState = 'closed'
  #lastEventId = ''
  #failures = 0
  /** Ends the attempt, the stream or the wait. */
  #stop: () => void = () => {}

  constructor(origin: string, listener: ConnectionListener) {
    this.#origin = origin
    this.#listener = listener
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Tries at once if the stream is down: the network is back. */
  nudge(): void {
    if (this.#state === 'down') this.reopen()
  }

  close(): void {
    this.#stop()
    this.#enter('closed')
  }

  /** Opens the stream, or opens it again with another token. */
  reopen(): void {
    this.#stop()
    this.#failures = 0
    this.#enter('pending')
    this.#attempt()
  }

  #attempt(): void {
    const slot = holdSlot(this.#origin)
    let close = (): void => {}
    let stopped = false
    this.#stop = () => {
      stopped = true
      close()
      slot.release()
    }
    void slot.taken.then(taken => {
      if (stopped) return
      if (!taken) return this.#ended(0)
      const request = { url: `${this.#origin}v1/events`, token: this.#listener.token(), lastEventId: this.#lastEventId, stallAfter: STALL_MS }
      close = openStream(request, {
        received: () => {
          this.#failures = 0
          this.#enter('live')
        },
        event: event => {
          if (event.id !== '') this.#lastEventId = event.id
          this.#listener.event(event)
        },
        ended: retryAfter => this.#ended(retryAfter),
      })
    })
  }

  #ended(retryAfter: number): void {
    this.#stop()
    // Most streams that end were idle for too long, or their server restarts.
    const wasLive = this.#state === 'live'
    const ceiling = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures, MAX_BACKOFF_MS)
    this.#failures++
    const timer = setTimeout(() => this.#attempt(), Math.max(Math.min(retryAfter, MAX_BACKOFF_MS), ceiling * (0.5 + Math.random() / 2)))
    this.#stop = () => clearTimeout(timer)
    this.#enter(wasLive ? 'pending' : 'down')
  }

  #enter(state: ConnectionState): void {
    if (state === this.#state) return
    this.#state = state
    this.#listener.changed(state)
  }
}
