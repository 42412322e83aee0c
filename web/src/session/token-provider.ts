/**
 * Gets tokens from the page: one call of `getToken` at a time, however many uploads
 * wait for it. It stores no token; the answer goes straight to the engine.
 */
import type { TokenReason } from '../engine/token-reason.js'

/** The page's callback for a token. `signal` aborts when the answer is no longer needed. */
export type GetToken = (request: { readonly reason: TokenReason; readonly signal: AbortSignal }) => string | Promise<string>

export type TokenState =
  | { readonly name: 'idle' }
  | { readonly name: 'asking'; readonly slow: boolean }
  /** `retryAt` is in milliseconds of `Date.now()`; 0 if it takes an action of the person or the page. */
  | { readonly name: 'blocked'; readonly retryAt: number }

export interface TokenProviderPort {
  provide(token: string | undefined): void
  /** The person or the page has to act: emit `auth-required`. */
  authRequired(reason: TokenReason): void
  changed(): void
}

/** Milliseconds after which the person is told that `getToken` is slow. */
const slowMs = 6_000

/** Milliseconds after which an unanswered call of `getToken` is aborted and repeated. */
const timeoutMs = 60_000

/** Milliseconds between calls: doubled each time, up to the engine's own limit of 30 s. */
const minRetryMs = 1_000
const maxRetryMs = 30_000

export class TokenProvider {
  readonly #port: TokenProviderPort
  state: TokenState = { name: 'idle' }
  #reason: TokenReason = 'missing'
  #failures = 0
  /** The last token has not been accepted by the server yet. */
  #unconfirmed = false
  /** A token was provided before. */
  hasProvided = false
  #asking: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #callback: GetToken | undefined

  constructor(port: TokenProviderPort) {
    this.#port = port
  }

  get getToken(): GetToken | undefined {
    return this.#callback
  }

  /** Setting it to undefined also discards its token: the page has signed out. */
  set getToken(callback: GetToken | undefined) {
    this.#callback = callback
    if (callback === undefined) this.#signOut()
    else if (this.state.name === 'blocked') this.tryNow()
  }

  /** Gets a token for the engine, unless it is already waiting for one. */
  request(reason: TokenReason): void {
    if (this.state.name !== 'idle') return
    this.#reason = reason
    // One rejected token may just have expired. A second one in a row is an error: wait before calling again.
    if (this.#unconfirmed && ++this.#failures > 1) return this.#block()
    void this.#ask()
  }

  /** The server accepted the token. */
  accepted(): void {
    this.#unconfirmed = false
    this.#failures = 0
  }

  /** Calls `getToken` at once, if a token is needed. */
  tryNow(): void {
    if (this.state.name === 'idle') return
    void this.#ask()
  }

  /** Discards a pending answer. A later `request` starts over. */
  close(): void {
    this.#abort()
    this.#setState({ name: 'idle' })
  }

  async #ask(): Promise<void> {
    this.#abort()
    if (this.#callback === undefined) return this.#block()
    const asking = (this.#asking = new AbortController())
    this.#setState({ name: 'asking', slow: false })
    this.#timer = setTimeout(() => this.#reportSlow(asking), slowMs)
    const token = await this.#call(this.#callback, asking.signal)
    if (this.#asking !== asking) return
    if (token === '') return this.#fail()
    this.#deliver(token)
  }

  /** The trimmed token; empty if the page has none. */
  async #call(getToken: GetToken, signal: AbortSignal): Promise<string> {
    try {
      return (await getToken({ reason: this.#reason, signal })).trim()
    } catch {
      return ''
    }
  }

  #signOut(): void {
    if (this.state.name === 'asking') this.#block()
    else if (this.hasProvided && this.state.name === 'idle') this.#port.provide(undefined)
  }

  #deliver(token: string): void {
    this.#abort()
    this.#unconfirmed = this.hasProvided = true
    this.#setState({ name: 'idle' })
    this.#port.provide(token)
  }

  #reportSlow(asking: AbortController): void {
    this.#setState({ name: 'asking', slow: true })
    this.#port.authRequired(this.#reason)
    this.#timer = setTimeout(() => {
      if (this.#asking === asking) this.#fail()
    }, timeoutMs - slowMs)
  }

  #fail(): void {
    this.#failures++
    this.#block()
  }

  #block(): void {
    this.#abort()
    const delay = Math.min(maxRetryMs, minRetryMs * 2 ** (this.#failures - 1)) * (0.75 + Math.random() / 2)
    const canRetry = this.#callback !== undefined
    if (canRetry) this.#timer = setTimeout(() => this.tryNow(), delay)
    this.#setState({ name: 'blocked', retryAt: canRetry ? Date.now() + delay : 0 })
    this.#port.authRequired(this.#reason)
  }

  #abort(): void {
    this.#asking?.abort()
    this.#asking = undefined
    clearTimeout(this.#timer)
  }

  #setState(state: TokenState): void {
    this.state = state
    this.#port.changed()
  }
}
