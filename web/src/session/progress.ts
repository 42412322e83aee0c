/**
 * How far one file is, how fast it goes and how long it will take. Knows bytes
 * and a clock; leaves words and numbers for people to messages.ts.
 *
 * Speed is measured between acknowledgements. What is in flight tells little of
 * it: a socket takes megabytes at once, and then seems to stand still until the
 * line has carried them.
 */

interface Mark {
  readonly at: number
  readonly bytes: number
}

/** Milliseconds over which speed is averaged: two chunks, which take 2 to 5 s each. */
const windowMs = 8_000

/** Milliseconds before a speed is worth showing, and between two marks that one is taken from. */
const settleMs = 1_000

/** The last percent belongs to the asset: bytes that left are not a file that is ready. */
const mostUntilDone = 0.99

export class Progress {
  /** Bytes that the server acknowledged. */
  accepted = 0
  #inFlight = 0
  #highest = 0
  /** When bytes were acknowledged; the first is when they began to move. */
  #marks: Mark[] = []
  /** Of the chunk in flight: its first report after the socket's buffer was filled, and its last one. */
  #settled: Mark | undefined
  #latest: Mark | undefined

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
    const before = this.accepted
    this.accepted = Math.min(accepted, this.total)
    this.#inFlight = Math.min(inFlight, this.total - this.accepted)
    this.#highest = Math.max(this.#highest, this.accepted + this.#inFlight)
    if (this.accepted < before) this.#marks = []
    if (this.accepted > before || this.#marks.length === 0) this.#mark(now)
    else this.#follow(now)
  }

  /** Every byte is acknowledged. */
  finish(): void {
    this.restart(this.total)
  }

  /** Stands at an offset that the server has named, also where that is less than was shown. */
  restart(offset: number): void {
    this.accepted = this.#highest = offset
    this.stop()
  }

  /** Nothing is in flight: the next speed is measured afresh. */
  stop(): void {
    this.#inFlight = 0
    this.#marks = []
    this.#settled = this.#latest = undefined
  }

  /** Bytes a second over the last seconds; undefined while it cannot be told yet. */
  speed(now: number): number | undefined {
    return this.#acknowledgedSpeed(now) ?? this.#chunkSpeed()
  }

  /** Seconds until the last byte is through; undefined while it cannot be told. */
  secondsLeft(now: number): number | undefined {
    const speed = this.speed(now)
    if (speed === undefined || speed === 0) return undefined
    return (this.total - this.accepted - this.#carried(speed, now)) / speed
  }

  /** What of the bytes in flight has left the socket's buffer. */
  #carried(bytesPerSecond: number, now: number): number {
    const last = this.#marks.at(-1)
    if (last === undefined) return 0
    return Math.min(this.#inFlight, (bytesPerSecond * (now - last.at)) / 1000)
  }

  /** A line that has slowed down shows before its chunk is through: then all that left since the first mark is too little. */
  #acknowledgedSpeed(now: number): number | undefined {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)]
    if (first === undefined || last === undefined || last.at - first.at < settleMs) return undefined
    const acknowledged = last.bytes - first.bytes
    return Math.min(perSecond(acknowledged, last.at - first.at), perSecond(acknowledged + this.#inFlight, now - first.at))
  }

  /** Of a first chunk on a slow line. A buffer that swallowed all of it tells nothing. */
  #chunkSpeed(): number | undefined {
    if (this.#settled === undefined || this.#latest === undefined) return undefined
    const took = this.#latest.at - this.#settled.at
    const bytes = this.#latest.bytes - this.#settled.bytes
    return took < settleMs || bytes <= 0 ? undefined : perSecond(bytes, took)
  }

  #mark(now: number): void {
    this.#settled = this.#latest = undefined
    this.#marks.push({ at: now, bytes: this.accepted })
    while (this.#marks.length > 2 && (this.#marks[1]?.at ?? now) < now - windowMs) this.#marks.shift()
  }

  #follow(now: number): void {
    const began = this.#marks.at(-1)?.at ?? now
    if (now - began < settleMs) return
    const { bytes } = this.#latest ?? { bytes: -1 }
    if (this.#inFlight < bytes) this.#settled = undefined
    if (this.#inFlight !== bytes) this.#latest = { at: now, bytes: this.#inFlight }
    this.#settled ??= this.#latest
  }
}

function perSecond(bytes: number, milliseconds: number): number {
  return (bytes * 1000) / milliseconds
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole
}
