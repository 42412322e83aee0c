/**
 * The page's token: read from a link and held in memory only. It is never stored or put
 * into the document, and it is removed from the address at once.
 */
import { claimsOf } from '../engine/token-claims.js'

/** What the page shows of a token: whose it is, and when it expires, in milliseconds of `Date.now()`. */
export interface TokenInfo {
  readonly channel: string
  readonly subject: string
  readonly expiresAt: number | undefined
}

/** Finds a token in a pasted link, a fragment or a bare token; undefined if there is none. */
export function findToken(text: string): string | undefined {
  const inFragment = /[#&?]token=([^&\s]+)/.exec(text)?.[1]
  const candidate = inFragment === undefined ? text.trim() : inFragment
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(candidate) ? candidate : undefined
}

/** Undefined if the token's claims cannot be read. */
export function tokenInfoOf(token: string): TokenInfo | undefined {
  const claims = claimsOf(token)
  if (claims === undefined) return undefined
  const { channel, sub, exp } = claims
  return {
    channel: typeof channel === 'string' ? channel : '',
    subject: typeof sub === 'string' ? sub : '',
    // `exp` is in seconds (RFC 7519, section 4.1.4).
    expiresAt: typeof exp === 'number' ? exp * 1000 : undefined,
  }
}

/** Whether two tokens are of the same person in the same channel. */
export function isSameSignIn(a: TokenInfo, b: TokenInfo): boolean {
  return a.channel === b.channel && a.subject === b.subject
}

/**
 * Removes the token from the page's address, so that no screenshot, history entry or reload contains it.
 * Returns undefined if the address has no token, and an empty string if what it has is not one.
 */
export function takeTokenFromAddress(): string | undefined {
  const { hash, pathname, search } = location
  if (!hash.includes('token=')) return undefined
  history.replaceState(null, '', pathname + search)
  return findToken(hash) ?? ''
}

/** Holds the token and hands it out. If there is none, callers wait for the next one. */
export class PageToken {
  #token: string | undefined
  #handedOut: string | undefined
  #waiting: ((token: string) => void)[] = []

  get current(): string | undefined {
    return this.#token
  }

  set(token: string): void {
    this.#token = token
    for (const resolve of this.#waiting.splice(0)) resolve(token)
  }

  clear(): void {
    this.#token = undefined
  }

  /** The server rejected the token that was handed out. A newer one is kept. */
  reject(): void {
    if (this.#token === this.#handedOut) this.#token = undefined
  }

  async next(signal: AbortSignal): Promise<string> {
    return (this.#handedOut = this.#token ?? (await this.#wait(signal)))
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
