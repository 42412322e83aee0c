/** Finds out, from the page, why the frame of a media server does not answer. */
import type { FaultCode } from './fault.js'
import { askServer, protocolUrl } from './protocol-file.js'

/** Undefined if an administrator could not change it: the server cannot be reached, or is in trouble. */
export async function whyFrameIsSilent(endpoint: string): Promise<FaultCode | undefined> {
  const isOwn = new URL(endpoint).origin === new URL(import.meta.url).origin
  const kind = await askServer(endpoint)
  if (kind === 'stranger' || kind === 'hidden' && !isOwn) return 'wrong_endpoint'
  const protocol = typeof kind === 'number' || !isOwn ? kind : await importProtocol(endpoint)
  if (typeof protocol !== 'number') return undefined
  if (protocol < __ENGINE_PROTOCOL__) return 'server_outdated'
  // A media server always allows its own pages. This is a website with a copy of its files.
  return new URL(endpoint).origin === location.origin ? 'wrong_endpoint' : 'origin_not_allowed'
}

/**
 * Asks by a script, where the page's policy allows scripts of the server but no requests to it. Only the server that
 * this script came from is asked so: it can run scripts here anyway.
 */
async function importProtocol(endpoint: string): Promise<number | undefined> {
  const url = protocolUrl(endpoint)
  // A failed import is remembered by its URL.
  url.search = `at=${Date.now()}`
  try {
    const { protocol } = await import(url.href) as { readonly protocol: unknown }
    return typeof protocol === 'number' ? protocol : undefined
  } catch {
    return undefined
  }
}
