/** The owner of an upload, read from a token. Only its hash is stored. */
import { claimsOf } from '../engine/token-claims.js'
import type { WorkerToken } from './worker-token.js'

/** SHA-256 of a text in lower-case hexadecimal. */
export type HashText = (text: string) => string

/** The hash of channel and subject; empty without a token whose claims can be read. */
export function ownerOf(token: string | undefined, hash: HashText): string {
  const claims = token === undefined ? undefined : claimsOf(token)
  return claims === undefined ? '' : hash(`${String(claims['channel'] ?? '')}\n${String(claims['sub'] ?? '')}`)
}

/** The owner by the worker's token. Asks for a token until there is one; empty if it is not wanted any more. */
export async function resolveOwner(token: WorkerToken, hash: HashText, isWanted: () => boolean = () => true): Promise<string> {
  while (token.current === undefined && isWanted()) await new Promise(resolve => token.request(resolve))
  return ownerOf(token.current, hash)
}
