/** Checks what `getToken` returns, where it enters: a login page or an error page must not reach a request's header. */
import { describeValue } from '../engine/page-warning.js'

/** Why there is no token: the page has none, returned something else, or the server rejects what it returns. */
export type TokenProblem = 'token_missing' | 'token_invalid' | 'token_rejected'

export type TokenAnswer =
  | { readonly token: string }
  /** `mistake` is for the page's developer, and does not contain the answer; empty if there is nothing to change. */
  | { readonly problem: TokenProblem; readonly mistake: string }

/** Three base64url parts. Source: RFC 7515, section 7.1 (JWS compact serialization). */
const jwt = /^[\w-]+\.[\w-]+\.[\w-]+$/

const missing = 'getToken returned no token (token_missing). Return the JWT of the person who is signed in, and set getToken to undefined while nobody is'

export function readTokenAnswer(answer: unknown): TokenAnswer {
  if (answer === undefined || answer === null || answer === '') return { problem: 'token_missing', mistake: missing }
  if (typeof answer !== 'string') return invalid(typeof answer === 'object' ? 'an object' : describeValue(answer))
  const text = answer.trim()
  if (jwt.test(text)) return { token: text }
  if (/^<|<html/i.test(text)) return invalid('an HTML page, perhaps of a login')
  if (/^[{["]/.test(text)) return invalid('JSON instead of the token in it')
  return invalid(/^bearer /i.test(text) ? 'a token behind the word Bearer' : `a text of ${text.length} characters that is no JWT`)
}

function invalid(what: string): TokenAnswer {
  return { problem: 'token_invalid', mistake: `getToken must return a JWT, and returned ${what} (token_invalid)` }
}
