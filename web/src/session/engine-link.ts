/**
 * The way to the engine of the present endpoint: its code is loaded when it is
 * first wanted, and another endpoint gets another engine.
 */
import type { Engine, EngineEvent, EngineFactory } from '../engine/engine.js'

export interface EngineLinkPort {
  /** The media server's origin; empty when `endpoint` names none. */
  readonly origin: string
  loadEngine(): Promise<EngineFactory>
  hear(event: EngineEvent): void
}

export class EngineLink {
  readonly #port: EngineLinkPort
  #loading: Promise<EngineFactory> | undefined
  #factory: EngineFactory | undefined
  #engine: Engine | undefined
  /** The engine's. */
  #origin = ''
  #unsubscribe: (() => void) | undefined
  #suspended = false

  constructor(port: EngineLinkPort) {
    this.#port = port
  }

  /** The engine, where there is one already. */
  get engine(): Engine | undefined {
    return this.#engine
  }

  /** Rejects when the code cannot be had; the next call tries again. */
  async load(): Promise<void> {
    this.#loading ??= this.#port.loadEngine()
    try {
      this.#factory = await this.#loading
    } catch (error) {
      this.#loading = undefined
      throw error
    }
  }

  /** After `load`. */
  open(): Engine {
    if (this.#engine !== undefined) return this.#engine
    if (this.#factory === undefined) throw new Error('media-upload: internal error: the engine is not loaded')
    const { origin } = this.#port
    if (origin === '') throw new TypeError('media-upload: the attribute endpoint is not a URL; write the media server’s origin, such as https://media.example.com')
    const engine = (this.#engine = this.#factory(origin))
    this.#origin = origin
    this.#unsubscribe = engine.subscribe((event) => this.#port.hear(event))
    if (this.#suspended) engine.suspend()
    return engine
  }

  /** Leaves the engine of another endpoint, and says whether there was one. */
  leave(): boolean {
    if (this.#engine === undefined || this.#port.origin === this.#origin) return false
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
