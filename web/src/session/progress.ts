/**
 * The progress of one upload: how many bytes, how fast, and how long it will take.
 * Works on bytes and milliseconds; messages.ts formats them for people.
 *
 * Speed is measured between acknowledgements. Bytes in flight say little about it:
 * a socket accepts megabytes at once and then seems stalled until the network has
 * carried them.
 */

interface Sample {
  readonly at: number
  readonly bytes: number
}

/** Milliseconds over which speed is averaged: two chunks, which take 2 to 5 s each. */
const windowMs = 8_000

/** Milliseconds: the shortest time between two samples from which a speed is computed. */
const minSpanMs = 1_000

/** The bar never fills before the asset exists: a file whose bytes have arrived is not ready yet. */
const maxShareUntilDone = 0.99

export class Progress {
  /** Bytes that the server has acknowledged. */
  accepted = 0
  #inFlight = 0
  #highest = 0
  /** One sample per acknowledgement, and one from when the first bytes were sent. */
  #samples: Sample[] = []
  /** Of the chunk in flight: its first sample after the socket's buffer was full, and its latest. */
  #chunkFirst: Sample | undefined
  #chunkLast: Sample | undefined

  constructor(readonly total: number) {}

  /** Bytes shown to the person: acknowledged and in flight. It never decreases while the upload runs. */
  get shown(): number {
    return this.#highest
  }

  /** `shown` as a share of the file, 0 to 1. */
  get share(): number {
    return Math.min(maxShareUntilDone, ratio(this.#highest, this.total))
  }

  /** `accepted` as a share of the file, 0 to 1. */
  get acceptedShare(): number {
    return Math.min(maxShareUntilDone, ratio(this.accepted, this.total))
  }

  report(accepted: number, inFlight: number, now: number): void {
    const before = this.accepted
    this.accepted = Math.min(accepted, this.total)
    this.#inFlight = Math.min(inFlight, this.total - this.accepted)
    this.#highest = Math.max(this.#highest, this.accepted + this.#inFlight)
    if (this.accepted < before) this.#samples = []
    if (this.accepted > before || this.#samples.length === 0) this.#addSample(now)
    else this.#sampleChunk(now)
  }

  /** Every byte is acknowledged. */
  finish(): void {
    this.restart(this.total)
  }

  /** Continues from the server's offset, even if that is less than what was shown. */
  restart(offset: number): void {
    this.accepted = this.#highest = offset
    this.stop()
  }

  /** Nothing is in flight; the speed is measured anew afterwards. */
  stop(): void {
    this.#inFlight = 0
    this.#samples = []
    this.#chunkFirst = this.#chunkLast = undefined
  }

  /** Bytes per second over the last seconds; undefined as long as it is not known. */
  speed(now: number): number | undefined {
    return this.#acknowledgedSpeed(now) ?? this.#chunkSpeed()
  }

  /** Seconds until the last byte is acknowledged; undefined as long as the speed is not known. */
  secondsLeft(now: number): number | undefined {
    const speed = this.speed(now)
    if (speed === undefined || speed === 0) return undefined
    return (this.total - this.accepted - this.#delivered(speed, now)) / speed
  }

  /** An estimate of how many bytes in flight have left the socket's buffer. */
  #delivered(bytesPerSecond: number, now: number): number {
    const last = this.#samples.at(-1)
    if (last === undefined) return 0
    return Math.min(this.#inFlight, (bytesPerSecond * (now - last.at)) / 1000)
  }

  /**
   * From acknowledgements. If the network slows down within a chunk, all bytes sent since the first sample, divided
   * by the time until now, give the lower speed, so the drop shows before the chunk is acknowledged.
   */
  #acknowledgedSpeed(now: number): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)]
    if (first === undefined || last === undefined || last.at - first.at < minSpanMs) return undefined
    const acknowledged = last.bytes - first.bytes
    return Math.min(perSecond(acknowledged, last.at - first.at), perSecond(acknowledged + this.#inFlight, now - first.at))
  }

  /** From the first chunk on a slow network; undefined if the socket's buffer took the whole chunk at once. */
  #chunkSpeed(): number | undefined {
    if (this.#chunkFirst === undefined || this.#chunkLast === undefined) return undefined
    const took = this.#chunkLast.at - this.#chunkFirst.at
    const bytes = this.#chunkLast.bytes - this.#chunkFirst.bytes
    return took < minSpanMs || bytes <= 0 ? undefined : perSecond(bytes, took)
  }

  #addSample(now: number): void {
    this.#chunkFirst = this.#chunkLast = undefined
    this.#samples.push({ at: now, bytes: this.accepted })
    while (this.#samples.length > 2 && (this.#samples[1]?.at ?? now) < now - windowMs) this.#samples.shift()
  }

  #sampleChunk(now: number): void {
    const began = this.#samples.at(-1)?.at ?? now
    if (now - began < minSpanMs) return
    const { bytes } = this.#chunkLast ?? { bytes: -1 }
    if (this.#inFlight < bytes) this.#chunkFirst = undefined
    if (this.#inFlight !== bytes) this.#chunkLast = { at: now, bytes: this.#inFlight }
    this.#chunkFirst ??= this.#chunkLast
  }
}

function perSecond(bytes: number, milliseconds: number): number {
  return (bytes * 1000) / milliseconds
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole
}
