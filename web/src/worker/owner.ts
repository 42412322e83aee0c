/** Whose an upload is, told from a token and kept as a digest alone. */
import { parse } from './server-json.js'
import type { TokenKeeper } from './worker-token.js'

/** SHA-256 of a text, as lower-case hexadecimal. */
export type TextDigest = (text: string) => Promise<string>

export class OwnerKeeper {
  readonly #tokens: TokenKeeper
  readonly #digest: TextDigest
  #token: string | undefined
  #owner: Promise<string> = Promise.resolve('')

  constructor(tokens: TokenKeeper, digest: TextDigest) {
    this.#tokens = tokens
    this.#digest = digest
  }

  /** The owner by the token that there is; where there is none it is asked for, as long as that takes. */
  async ask(): Promise<string> {
    while (this.#tokens.current === undefined) await new Promise(resolve => this.#tokens.need(resolve))
    return this.current()
  }

  /** The owner by the token that there is; empty without one. */
  current(): Promise<string> {
    const token = this.#tokens.current
    if (token !== this.#token) {
      this.#token = token
      this.#owner = token === undefined ? Promise.resolve('') : ownerOf(token, this.#digest)
    }
    return this.#owner
  }
}

/** Reads the claims without checking them: the server does that. Empty where they cannot be read. */
export async function ownerOf(token: string, digest: TextDigest): Promise<string> {
  const claims = claimsOf(token)
  return claims === undefined ? '' : digest(`${String(claims['channel'] ?? '')}\n${String(claims['sub'] ?? '')}`)
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const payload = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))
    const claims = parse(new TextDecoder().decode(Uint8Array.from(payload, character => character.charCodeAt(0))))
    return typeof claims === 'object' && claims !== null ? claims as Readonly<Record<string, unknown>> : undefined
  } catch {
    return undefined
  }
}
