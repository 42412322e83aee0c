/** Finds out, from the page, why the frame of a media server does not answer. */
import type { FaultCode } from './fault.js'
import { APART_MILLISECONDS, FaultEvidence, PROVEN_BY } from './fault-evidence.js'
import { askServer, protocolUrl } from './protocol-file.js'
import { isScriptOf } from './script-server.js'
import { isOfOrigin } from './url-origin.js'

/** Undefined if an administrator could not change it: the server cannot be reached, or is in trouble. */
export async function whyFrameIsSilent(endpoint: string): Promise<FaultCode | undefined> {
  const evidence = new FaultEvidence()
  for (let answers = 1; answers <= PROVEN_BY; answers++) {
    const fault = await ask(endpoint)
    const proven = evidence.add(fault)
    if (proven !== undefined || fault === undefined) return proven
    await new Promise(resolve => setTimeout(resolve, APART_MILLISECONDS + 100))
  }
  return undefined
}

async function ask(endpoint: string): Promise<FaultCode | undefined> {
  const kind = await askServer(endpoint)
  if (kind === 'stranger' || kind === 'hidden' && !isScriptOf(import.meta.url, endpoint)) return 'wrong_endpoint'
  const protocol = typeof kind === 'number' ? kind : await importProtocol(endpoint)
  if (protocol === undefined) return undefined
  if (protocol < __ENGINE_PROTOCOL__) return 'server_outdated'
  // A media server always allows its own pages. This is a website with a copy of its files.
  return new URL(endpoint).origin === location.origin ? 'wrong_endpoint' : 'origin_not_allowed'
}

/**
 * Asks by a script, where the page's policy allows scripts of the server but no requests to it. Only the origin that
 * this script came from is asked so: it can run scripts here anyway.
 */
async function importProtocol(endpoint: string): Promise<number | undefined> {
  if (!isOfOrigin(import.meta.url, new URL(endpoint).origin)) return undefined
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
