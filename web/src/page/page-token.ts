/**
 * The page's token: out of a link, into memory, and nowhere else. It is never
 * stored, never put in the document, and taken out of the address at once.
 */
import { claimsOf } from '../engine/token-claims.js'

/** What the page may show of a token: whose channel it is for and when it ends, in milliseconds of `Date.now()`. */
export interface TokenFacts {
  readonly channel: string
  readonly expiresAt: number | undefined
}

/** Finds a token in a pasted link, a fragment or a bare token; undefined where there is none. */
export function tokenIn(text: string): string | undefined {
  const inFragment = /[#&?]token=([^&\s]+)/.exec(text)?.[1]
  const candidate = inFragment === undefined ? text.trim() : inFragment
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(candidate) ? candidate : undefined
}

/** What the page shows of a token; undefined if its claims cannot be read. */
export function factsOf(token: string): TokenFacts | undefined {
  const claims = claimsOf(token)
  if (claims === undefined) return undefined
  const { channel, exp } = claims
  return {
    channel: typeof channel === 'string' ? channel : '',
    // `exp` is in seconds (RFC 7519, section 4.1.4).
    expiresAt: typeof exp === 'number' ? exp * 1000 : undefined,
  }
}

/**
 * Takes the token out of the page's address, so that no screenshot, history or reload has it.
 * Undefined where the address names none, empty where what it names is no token.
 */
export function takeFromAddress(): string | undefined {
  const { hash, pathname, search } = location
  if (!hash.includes('token=')) return undefined
  history.replaceState(null, '', pathname + search)
  return tokenIn(hash) ?? ''
}

/** Holds one token and hands it out; who asks when there is none waits for the next. */
export class TokenHolder {
  #token: string | undefined
  #given: string | undefined
  #waiting: ((token: string) => void)[] = []

  get current(): string | undefined {
    return this.#token
  }

  set(token: string): void {
    this.#token = token
    for (const resolve of this.#waiting.splice(0)) resolve(token)
  }

  forget(): void {
    this.#token = undefined
  }

  /** The server did not take the token that was handed out; one that came since is kept. */
  refuse(): void {
    if (this.#token === this.#given) this.#token = undefined
  }

  async next(signal: AbortSignal): Promise<string> {
    return (this.#given = this.#token ?? (await this.#wait(signal)))
  }

  #wait(signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve)
      signal.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((waiting) => waiting !== resolve)
        reject(new DOMException('no token', 'AbortError'))
      })
    })
  }
}
