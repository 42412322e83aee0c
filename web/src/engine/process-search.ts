/**
 * Finds the way by which the engine works on this page. The ways are tried in order, best first. The next one
 * starts when one has failed, or when a blob worker has not answered for a while: then the first to answer wins.
 */
import type { EngineProcess, ProcessListener } from './engine-process.js'
import type { Way } from './way.js'
import type { FromProcess } from './worker-protocol.js'

/** How long a blob worker may be silent before the next way is tried beside it. Other failures are reported. */
const SILENCE_MILLISECONDS = 800

/** How long the last way may be silent: a slow network may need as long for the worker's script. */
const GIVE_UP_MILLISECONDS = 60_000

/** A violation of the page's policy is reported a moment after what it has blocked fails. */
const REPORT_MILLISECONDS = 100

export interface WayFailure {
  readonly way: Way
  readonly detail: string
  /** A policy forbids what the worker needs. */
  readonly forbidden: boolean
}

export interface FoundProcess {
  readonly way: Way
  readonly process: EngineProcess
  /** The protocol that the worker speaks. */
  readonly protocol: number
}

export interface SearchListener {
  found(found: FoundProcess): void
  /** No way works. */
  failed(failures: readonly WayFailure[]): void
  /** An event of the process that was found. */
  event(event: FromProcess): void
}

/** Undefined to skip the way. Throws if the browser refuses it at once. */
export type OpenWay = (way: Way, listener: ProcessListener) => EngineProcess | undefined

export class ProcessSearch {
  readonly #open: OpenWay
  readonly #listener: SearchListener
  readonly #untried: Way[]
  readonly #running = new Map<Way, EngineProcess>()
  readonly #failures: WayFailure[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #ended = false

  constructor(ways: readonly Way[], open: OpenWay, listener: SearchListener) {
    this.#open = open
    this.#listener = listener
    this.#untried = [...ways]
    // Not at once, so that whoever started the search has it before it ends.
    queueMicrotask(() => this.#next())
  }

  /** Stops whatever is being tried. */
  cancel(): void {
    this.#ended = true
    clearTimeout(this.#timer)
    for (const process of this.#running.values()) process.close()
    this.#running.clear()
  }

  #next(): void {
    if (this.#ended) return
    clearTimeout(this.#timer)
    const way = this.#untried.shift()
    if (way !== undefined) this.#try(way)
    else if (this.#running.size === 0) this.#fail()
    else this.#timer = setTimeout(() => this.#fail(), GIVE_UP_MILLISECONDS)
  }

  #try(way: Way): void {
    this.#timer = setTimeout(() => this.#next(), way === 'blob' ? SILENCE_MILLISECONDS : GIVE_UP_MILLISECONDS)
    try {
      const process = this.#open(way, event => this.#receive(way, event))
      if (process) this.#running.set(way, process)
      else this.#next()
    } catch (error) {
      this.#failed({ way, detail: String(error), forbidden: false })
    }
  }

  #receive(way: Way, event: FromProcess): void {
    const process = this.#running.get(way)
    if (!process) return
    if (this.#ended) return this.#listener.event(event)
    if (event.type !== 'ready') return this.#failed(event.type === 'forbidden' ? { way, detail: event.directive, forbidden: true } : { way, detail: event.detail, forbidden: false })
    this.#running.delete(way)
    this.cancel()
    this.#running.set(way, process)
    this.#listener.found({ way, process, protocol: event.protocol })
  }

  #failed(failure: WayFailure): void {
    this.#failures.push(failure)
    this.#running.get(failure.way)?.close()
    this.#running.delete(failure.way)
    if (this.#untried.length === 0 && this.#running.size > 0) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#next(), REPORT_MILLISECONDS)
  }

  #fail(): void {
    this.cancel()
    this.#listener.failed(this.#failures)
  }
}
