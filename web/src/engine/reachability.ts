/** Tells a browser without a network from a server that does not answer. The worker sees the same broken request. */
import type { EngineEvent } from './engine.js'

/**
 * Says `unreachable` where the browser has a network: then it is the server's address, the server itself, or something
 * on the way to it.
 */
export function reachability(event: EngineEvent): EngineEvent {
  const isReason = event.type === 'waiting' && event.reason === 'offline' && navigator.onLine !== false
  return isReason ? { ...event, reason: 'unreachable' } : event
}
