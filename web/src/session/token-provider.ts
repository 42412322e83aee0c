/**
 * Gets a token once for all uploads: one call of `getToken` at a time, however
 * many files wait for it. It keeps no token; the answer goes straight to the engine.
 */
import type { TokenReason } from '../engine/token-reason.js'

/** The page's way to a token. `signal` aborts when the answer is no longer waited for. */
export type GetToken = (request: { readonly reason: TokenReason; readonly signal: AbortSignal }) => string | Promise<string>

export type TokenState =
  | { readonly name: 'idle' }
  | { readonly name: 'asking'; readonly slow: boolean }
  /** `retryAt` is in milliseconds of `Date.now()`; 0 when only a person or the page can go on. */
  | { readonly name: 'blocked'; readonly retryAt: number }

export interface TokenPort {
  provide(token: string | undefined): void
  /** The person or the page has to act: say so and fire `auth-required`. */
  authRequired(reason: TokenReason): void
  changed(): void
}

/** Milliseconds after which an unanswered `getToken` is called slow in front of the person. */
const slowMs = 6_000

/** Milliseconds after which an unanswered `getToken` is given up and asked again. */
const giveUpMs = 60_000

/** Milliseconds between tries: doubled each time, up to the same 30 s as the engine's own waits. */
const firstRetryMs = 1_000
const longestRetryMs = 30_000

export class TokenBroker {
  readonly #port: TokenPort
  state: TokenState = { name: 'idle' }
  #reason: TokenReason = 'missing'
  #failures = 0
  /** A token was handed over and no server has taken it yet. */
  #untested = false
  #hasGiven = false
  #asking: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #callback: GetToken | undefined

  constructor(port: TokenPort) {
    this.#port = port
  }

  get getToken(): GetToken | undefined {
    return this.#callback
  }

  /** Taken away, it takes its token along: the page has signed out. */
  set getToken(callback: GetToken | undefined) {
    this.#callback = callback
    if (callback === undefined) this.#signOut()
    else if (this.state.name === 'blocked') this.tryNow()
  }

  /** A token was handed over before. */
  get hasGiven(): boolean {
    return this.#hasGiven
  }

  /** The engine needs a token. */
  need(reason: TokenReason): void {
    if (this.state.name !== 'idle') return
    this.#reason = reason
    // The first refused token may just have been old. A second one in a row is a fault: wait before asking again.
    if (this.#untested && ++this.#failures > 1) return this.#block()
    void this.#ask()
  }

  /** A request went through: the token is good. */
  accepted(): void {
    this.#untested = false
    this.#failures = 0
  }

  /** The person or the page asks to try again now. */
  tryNow(): void {
    if (this.state.name === 'idle') return
    void this.#ask()
  }

  /** Stops waiting for an answer; a later `need` starts afresh. */
  close(): void {
    this.#stopWaiting()
    this.#become({ name: 'idle' })
  }

  async #ask(): Promise<void> {
    this.#stopWaiting()
    if (this.#callback === undefined) return this.#block()
    const asking = (this.#asking = new AbortController())
    this.#become({ name: 'asking', slow: false })
    this.#timer = setTimeout(() => this.#becomeSlow(asking), slowMs)
    const token = await this.#answer(this.#callback, asking.signal)
    if (this.#asking !== asking) return
    if (token === '') return this.#fail()
    this.#deliver(token)
  }

  /** The trimmed token; empty when the page had none. */
  async #answer(getToken: GetToken, signal: AbortSignal): Promise<string> {
    try {
      return (await getToken({ reason: this.#reason, signal })).trim()
    } catch {
      return ''
    }
  }

  #signOut(): void {
    if (this.state.name === 'asking') this.#block()
    else if (this.#hasGiven && this.state.name === 'idle') this.#port.provide(undefined)
  }

  #deliver(token: string): void {
    this.#stopWaiting()
    this.#untested = this.#hasGiven = true
    this.#become({ name: 'idle' })
    this.#port.provide(token)
  }

  #becomeSlow(asking: AbortController): void {
    this.#become({ name: 'asking', slow: true })
    this.#port.authRequired(this.#reason)
    this.#timer = setTimeout(() => {
      if (this.#asking === asking) this.#fail()
    }, giveUpMs - slowMs)
  }

  #fail(): void {
    this.#failures++
    this.#block()
  }

  #block(): void {
    this.#stopWaiting()
    const delay = Math.min(longestRetryMs, firstRetryMs * 2 ** (this.#failures - 1)) * (0.75 + Math.random() / 2)
    const canRetry = this.#callback !== undefined
    if (canRetry) this.#timer = setTimeout(() => this.tryNow(), delay)
    this.#become({ name: 'blocked', retryAt: canRetry ? Date.now() + delay : 0 })
    this.#port.authRequired(this.#reason)
  }

  #stopWaiting(): void {
    this.#asking?.abort()
    this.#asking = undefined
    clearTimeout(this.#timer)
  }

  #become(state: TokenState): void {
    this.state = state
    this.#port.changed()
  }
}
