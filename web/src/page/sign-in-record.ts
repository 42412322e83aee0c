/**
 * Remembers in the tab that somebody is signed in, so that a link of another person or channel
 * does not replace the sign-in silently by loading the page again. It stores no token and no name,
 * only a salted hash of channel and subject and the time at which the token expires.
 */
import { isJsonObject } from '../engine/json-object.js'
import type { TokenInfo } from './page-token.js'
import type { ServerClock } from './server-clock.js'

/** Whose the recorded sign-in is, compared with a token: `none` if nothing is recorded or it has expired. */
export type RecordedSignIn = 'none' | 'same' | 'other'

interface Stored {
  readonly salt: string
  /** Empty if the browser could not compute it. It then equals nobody's. */
  readonly owner: string
  /** In milliseconds since the epoch, by the server's clock; null if the token does not say. */
  readonly expiresAt: number | null
}

/** The key in sessionStorage, which ends with the tab. */
const KEY = 'mediarelay-sign-in'

const SALT_BYTES = 16

export class SignInRecord {
  #newest: TokenInfo | undefined

  /** Replaces what is recorded. */
  async write(info: TokenInfo): Promise<void> {
    this.#newest = info
    const salt = hexadecimal(crypto.getRandomValues(new Uint8Array(SALT_BYTES)))
    const stored: Stored = { salt, owner: await ownerHash(info, salt), expiresAt: info.expiresAt ?? null }
    if (this.#newest === info) store(JSON.stringify(stored))
  }

  /** `clock`: the server's time. A device whose clock is ahead must not take the record for expired. */
  async compare(info: TokenInfo, clock: Pick<ServerClock, 'now' | 'ready'>): Promise<RecordedSignIn> {
    const stored = read()
    if (stored === undefined) return 'none'
    const hasExpired = (): boolean => stored.expiresAt !== null && stored.expiresAt <= clock.now()
    if (hasExpired()) await clock.ready
    if (hasExpired()) return 'none'
    return stored.owner !== '' && stored.owner === (await ownerHash(info, stored.salt)) ? 'same' : 'other'
  }
}

/** Browsers have WebCrypto in secure contexts only. */
async function ownerHash({ channel, subject }: TokenInfo, salt: string): Promise<string> {
  if (!isSecureContext) return ''
  const text = new TextEncoder().encode(JSON.stringify([salt, channel, subject]))
  return hexadecimal(new Uint8Array(await crypto.subtle.digest('SHA-256', text)))
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Without storage, which a browser may refuse, the page cannot ask after it was loaded again. */
function store(text: string): void {
  try {
    sessionStorage.setItem(KEY, text)
  } catch {}
}

/** Undefined if nothing is stored that this page has written. */
function read(): Stored | undefined {
  let value: unknown
  try {
    value = JSON.parse(sessionStorage.getItem(KEY) ?? 'null')
  } catch {}
  if (!isJsonObject(value)) return undefined
  const { salt, owner, expiresAt } = value
  if (typeof salt !== 'string' || typeof owner !== 'string') return undefined
  return { salt, owner, expiresAt: typeof expiresAt === 'number' ? expiresAt : null }
}
