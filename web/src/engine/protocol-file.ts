/**
 * The public file by which a media server is known: `export const protocol = 1`, the number of worker-protocol.ts.
 * Pages that may not upload can read it too.
 */
const PROTOCOL_FILE = 'widget/engine-protocol.js'

const TIMEOUT_MILLISECONDS = 5000

/**
 * What answers at an endpoint: the protocol of a media server, something else (`stranger`), or something that hides
 * its answer from pages of other origins (`hidden`), as an error page of a load balancer does too. Undefined if it is
 * unknown.
 */
export type ServerKind = number | 'stranger' | 'hidden' | undefined

export function protocolUrl(endpoint: string): URL {
  return new URL(PROTOCOL_FILE, endpoint)
}

export async function askServer(endpoint: string): Promise<ServerKind> {
  const url = protocolUrl(endpoint)
  try {
    const response = await fetchPublic(url, 'cors')
    const found = response.ok ? /^export const protocol = (\d+)/.exec(await response.text()) : undefined
    if (found) return Number(found[1])
    return response.ok || response.status === 404 || response.status === 405 ? 'stranger' : undefined
  } catch (error) {
    return await isHidden(url, error) ? 'hidden' : undefined
  }
}

/**
 * Whether the browser hides what a URL answers: a request has failed with `error`, and one whose answer nobody may read
 * does not fail. A request that takes too long is not hidden.
 */
export async function isHidden(url: URL, error: unknown): Promise<boolean> {
  if (!(error instanceof TypeError)) return false
  return fetchPublic(url, 'no-cors').then(() => true, () => false)
}

/** A request without credentials, past the cache. */
export function fetchPublic(url: URL, mode: RequestMode): Promise<Response> {
  return fetch(url, { mode, credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) })
}
