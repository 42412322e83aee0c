/**
 * The engine for the current endpoint: its code is loaded on first use, and
 * another endpoint gets another engine.
 */
import type { Engine, EngineEvent, EngineFactory } from '../engine/engine.js'
import type { EngineChoice } from '../engine/way.js'

export interface EngineLinkHost {
  /** The media server's origin; empty if `endpoint` is not a URL. */
  readonly origin: string
  /** How the engine is reached; empty for whichever way works. Read when the engine is opened. */
  readonly engine: EngineChoice
  loadEngine(): Promise<EngineFactory>
}

export class EngineLink {
  readonly #host: EngineLinkHost
  readonly #receive: (event: EngineEvent) => void
  #loading: Promise<EngineFactory> | undefined
  #factory: EngineFactory | undefined
  #engine: Engine | undefined
  /** The origin that `#engine` was made for. */
  #origin = ''
  #unsubscribe: (() => void) | undefined
  #suspended = false

  constructor(host: EngineLinkHost, receive: (event: EngineEvent) => void) {
    this.#host = host
    this.#receive = receive
  }

  /** The open engine; undefined before `open`. */
  get engine(): Engine | undefined {
    return this.#engine
  }

  /** Rejects if the code cannot be loaded; the next call tries again. */
  async load(): Promise<void> {
    this.#loading ??= this.#host.loadEngine()
    try {
      this.#factory = await this.#loading
    } catch (error) {
      this.#loading = undefined
      throw error
    }
  }

  /** Requires a completed `load`. */
  open(): Engine {
    if (this.#engine !== undefined) return this.#engine
    if (this.#factory === undefined) throw new Error('media-upload: internal error: the engine is not loaded')
    const { origin } = this.#host
    if (origin === '') throw new TypeError('media-upload: the endpoint attribute is not a URL; set it to the media server’s origin, such as https://media.example.com')
    const engine = (this.#engine = this.#factory(origin, this.#host.engine))
    this.#origin = origin
    this.#unsubscribe = engine.subscribe(this.#receive)
    if (this.#suspended) engine.suspend()
    return engine
  }

  /** Closes the engine if the endpoint is another origin by now; says whether it did. */
  closeStale(): boolean {
    if (this.#engine === undefined || this.#host.origin === this.#origin) return false
    this.#unsubscribe?.()
    this.#engine.close()
    this.#engine = undefined
    return true
  }

  suspend(): void {
    this.#suspended = true
    this.#engine?.suspend()
  }

  wake(): void {
    this.#suspended = false
    this.#engine?.wake()
  }
}
