/**
 * Gets tokens from the page: one call of `getToken` at a time, however many uploads
 * wait for it. How often it is called is decided here alone, whatever the page does
 * between two calls. It stores no token; the answer goes straight to the engine.
 */
import type { TokenReason } from '../engine/token-reason.js'
import { CallLimit } from './call-limit.js'
import type { TokenAnswer, TokenProblem } from './token-answer.js'
import { readTokenAnswer } from './token-answer.js'

/** The page's callback for a token. `signal` aborts when the answer is no longer needed. */
export type GetToken = (request: { readonly reason: TokenReason; readonly signal: AbortSignal }) => string | Promise<string>

export type TokenState =
  | { readonly name: 'idle' }
  | { readonly name: 'asking'; readonly slow: boolean }
  /** `retryAt` is in milliseconds of `Date.now()`; 0 if it takes an action of the person or the page. */
  | { readonly name: 'blocked'; readonly retryAt: number; readonly problem: TokenProblem }

export interface TokenProviderPort {
  provide(token: string | undefined): void
  /** The person or the page has to act: emit `auth-required`. */
  authRequired(reason: TokenReason, problem: TokenProblem): void
  /** Reports a mistake of the page to its developer. Elements of one page make the same ones, so it appears once a page. */
  warn(text: string): void
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
  readonly #limit = new CallLimit()
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

  /**
   * Setting it to undefined also discards its token: the page has signed out. Another function takes the place of the
   * last one. A page that makes one with every rendering does not shorten the time until the next call.
   */
  set getToken(callback: GetToken | undefined) {
    const signsIn = this.#callback === undefined
    this.#callback = callback
    if (callback === undefined) this.#signOut()
    else if (signsIn) this.tryNow()
  }

  /** Gets a token for the engine, unless it is already waiting for one. */
  request(reason: TokenReason): void {
    if (this.state.name !== 'idle') return
    this.#reason = reason
    // One rejected token may just have expired. A second one in a row is an error: wait before calling again.
    if (this.#unconfirmed && ++this.#failures > 1) return this.#rejected()
    void this.#ask()
  }

  #rejected(): void {
    this.#port.warn("the server rejects the token that getToken returns (token_rejected). Compare its secret, aud, exp and the clock of your back end with the server's settings. The response to the request names the reason")
    this.#block(0, 'token_rejected')
  }

  /** The server accepted the token. */
  accepted(): void {
    this.#unconfirmed = false
    this.#failures = 0
  }

  /** Calls `getToken` if a token is needed: at once, unless it was called several times in the last seconds. */
  tryNow(): void {
    if (this.state.name !== 'idle') void this.#ask()
  }

  /** Nothing needs a token any more: aborts the pending call, and tells the engine, which asks again if it does need one. */
  cancel(): void {
    if (this.state.name === 'idle') return
    this.close()
    this.#port.provide(undefined)
  }

  /** Discards a pending answer. A later `request` starts over. */
  close(): void {
    this.#abort()
    this.#setState({ name: 'idle' })
  }

  async #ask(): Promise<void> {
    this.#abort()
    const waitMs = this.#limit.waitMs(Date.now())
    if (this.#callback === undefined || waitMs > 0) return this.#block(waitMs)
    this.#limit.note(Date.now())
    const asking = (this.#asking = new AbortController())
    this.#setState({ name: 'asking', slow: false })
    this.#timer = setTimeout(() => this.#reportSlow(asking), slowMs)
    const answer = await this.#call(this.#callback, asking.signal)
    if (this.#asking !== asking) return
    if ('token' in answer) return this.#deliver(answer.token)
    if (answer.mistake !== '') this.#port.warn(answer.mistake)
    this.#fail(answer.problem)
  }

  async #call(getToken: GetToken, signal: AbortSignal): Promise<TokenAnswer> {
    try {
      return readTokenAnswer(await getToken({ reason: this.#reason, signal }))
    } catch (error) {
      // The message may contain a token, or what a login page said.
      return { problem: 'token_missing', mistake: signal.aborted ? '' : `getToken failed with ${error instanceof Error ? error.name : 'an error'} (token_missing)` }
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
    this.#port.authRequired(this.#reason, 'token_missing')
    this.#timer = setTimeout(() => {
      if (this.#asking === asking) this.#fail('token_missing')
    }, timeoutMs - slowMs)
  }

  #fail(problem: TokenProblem): void {
    this.#failures++
    this.#block(0, problem)
  }

  /** Calls `getToken` again after the back-off, and not before `leastMs`. */
  #block(leastMs = 0, problem: TokenProblem = 'token_missing'): void {
    this.#abort()
    const backOff = Math.min(maxRetryMs, minRetryMs * 2 ** (this.#failures - 1)) * (0.75 + Math.random() / 2)
    const delay = Math.max(backOff, leastMs)
    const canRetry = this.#callback !== undefined
    if (canRetry) this.#timer = setTimeout(() => this.tryNow(), delay)
    this.#setState({ name: 'blocked', retryAt: canRetry ? Date.now() + delay : 0, problem })
    this.#port.authRequired(this.#reason, problem)
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
