/** The claims of a token, read without verification: the server alone verifies tokens. */
import { isJsonObject, type JsonObject } from './json-object.js'

/** The claims of a JWT (RFC 7519, section 7.2); undefined if `token` has none that can be read. */
export function claimsOf(token: string): JsonObject | undefined {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0))
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return isJsonObject(claims) ? claims : undefined
  } catch {
    return undefined
  }
}
