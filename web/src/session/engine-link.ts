/**
 * The engine for the current endpoint: its code is loaded on first use, and
 * another endpoint gets another engine.
 */
import type { Engine, EngineEvent, EngineFactory } from '../engine/engine.js'
import type { EngineChoice } from '../engine/way.js'
import { PageError } from './page-error.js'

export interface EngineLinkHost {
  /** The media server's URL, ending in a slash; empty if `endpoint` is not a URL. */
  readonly server: string
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
  /** The server that `#engine` was made for. */
  #server = ''
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

  /** Requires a completed `load`. Throws a PageError if the endpoint is not a URL. */
  open(): Engine {
    if (this.#engine !== undefined) return this.#engine
    if (this.#factory === undefined) throw new Error('media-upload: internal error: the engine is not loaded')
    const { server } = this.#host
    if (server === '') throw new PageError('endpoint_invalid', 'the endpoint is not a URL')
    const engine = (this.#engine = this.#factory(server, this.#host.engine))
    this.#server = server
    this.#unsubscribe = engine.subscribe(this.#receive)
    if (this.#suspended) engine.suspend()
    return engine
  }

  /** Closes the engine if the endpoint is another server by now; says whether it did. */
  closeStale(): boolean {
    if (this.#engine === undefined || this.#host.server === this.#server) return false
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
