/**
 * Asks a media server, from the page, whether it is one: why else would its frame not answer?
 * `/widget/engine-protocol.js` is public, so that pages that may not upload can read it too.
 */
import type { FaultCode } from './fault.js'
import { PROTOCOL_FILE, readProtocol } from './protocol-file.js'

const TIMEOUT_MILLISECONDS = 5000

/**
 * Why the frame of a reachable server does not answer; undefined if the server cannot be reached. A policy that
 * forbids the request, but allows scripts of the server, is asked by a script: only of the server that this script
 * came from too, which can run scripts here anyway.
 */
export async function whyFrameIsSilent(endpoint: string): Promise<FaultCode | undefined> {
  const url = new URL(PROTOCOL_FILE, endpoint.replace(/\/*$/, '/'))
  url.search = `at=${Date.now()}`
  const protocol = await fetchProtocol(url) ?? await importProtocol(url)
  if (protocol !== undefined) return protocol < __ENGINE_PROTOCOL__ ? 'server_outdated' : 'origin_not_allowed'
  return await answersAnything(url) ? 'wrong_endpoint' : undefined
}

async function fetchProtocol(url: URL): Promise<number | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS), credentials: 'omit' })
    return response.ok ? readProtocol(await response.text()) : undefined
  } catch {
    return undefined
  }
}

async function importProtocol(url: URL): Promise<number | undefined> {
  if (url.origin !== new URL(import.meta.url).origin) return undefined
  try {
    const { protocol } = await import(url.href) as { readonly protocol: unknown }
    return typeof protocol === 'number' ? protocol : undefined
  } catch {
    return undefined
  }
}

async function answersAnything(url: URL): Promise<boolean> {
  try {
    await fetch(url, { mode: 'no-cors', signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS), credentials: 'omit' })
    return true
  } catch {
    return false
  }
}
