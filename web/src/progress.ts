/**
 * How far one file is, how fast it goes and how long it will take. Knows bytes
 * and a clock; leaves words and numbers for people to messages.ts.
 */

interface Sample {
  readonly at: number
  readonly bytes: number
}

/** Milliseconds over which speed is averaged: longer than a chunk takes (2 to 5 s), so that the pause between chunks does not show. */
const windowMs = 8_000

/** Milliseconds before a speed is worth showing: the first bytes only fill the socket's buffer. */
const settleMs = 1_500

/** The last percent belongs to the asset: bytes that left are not a file that is ready. */
const mostUntilDone = 0.99

export class Progress {
  /** Bytes that the server acknowledged. */
  accepted = 0
  #inFlight = 0
  #highest = 0
  #samples: Sample[] = []

  constructor(readonly total: number) {}

  /** Bytes shown to the person: acknowledged and in flight, never fewer than before. */
  get shown(): number {
    return this.#highest
  }

  /** Share of the whole, 0 to 1, of what is shown. */
  get share(): number {
    return Math.min(mostUntilDone, ratio(this.#highest, this.total))
  }

  /** Share of the whole, 0 to 1, that is safe on the server. */
  get acceptedShare(): number {
    return Math.min(mostUntilDone, ratio(this.accepted, this.total))
  }

  report(accepted: number, inFlight: number, now: number): void {
    this.accepted = Math.min(accepted, this.total)
    this.#inFlight = Math.min(inFlight, this.total - this.accepted)
    this.#highest = Math.max(this.#highest, this.accepted + this.#inFlight)
    this.#sample(now)
  }

  /** Every byte is acknowledged. */
  finish(): void {
    this.accepted = this.#highest = this.total
    this.stop()
  }

  /** Nothing is in flight: the next speed is measured afresh. */
  stop(): void {
    this.#inFlight = 0
    this.#samples = []
  }

  /** Bytes a second over the last seconds; undefined while it cannot be told yet. */
  speed(now: number): number | undefined {
    const first = this.#samples[0]
    if (first === undefined || now - first.at < settleMs) return undefined
    const last = this.#samples.at(-1) ?? first
    return Math.max(0, last.bytes - first.bytes) / ((now - first.at) / 1000)
  }

  /** Seconds until the last byte leaves; undefined while it cannot be told. */
  secondsLeft(now: number): number | undefined {
    const speed = this.speed(now)
    if (speed === undefined || speed === 0) return undefined
    return (this.total - this.accepted - this.#inFlight) / speed
  }

  #sample(now: number): void {
    const bytes = this.accepted + this.#inFlight
    const last = this.#samples.at(-1)
    // A chunk that broke off takes its bytes in flight with it: that is no negative speed but a new start.
    if (last !== undefined && bytes < last.bytes) this.#samples = []
    this.#samples.push({ at: now, bytes })
    while ((this.#samples[1]?.at ?? now) < now - windowMs) this.#samples.shift()
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole
}
