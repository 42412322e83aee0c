/** What keeps an engine from running, or an upload from its server, until an administrator changes a setting. */

/** Codes of the catalogue. */
export type FaultCode = 'origin_not_allowed' | 'policy_forbids_engine' | 'wrong_endpoint' | 'server_outdated'

const codes: ReadonlySet<string> = new Set<FaultCode>(['origin_not_allowed', 'policy_forbids_engine', 'wrong_endpoint', 'server_outdated'])

export function isFaultCode(code: string): code is FaultCode {
  return codes.has(code)
}
