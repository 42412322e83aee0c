/** Why no way to the engine works on this page. */
import type { FaultCode } from './fault.js'
import type { WayFailure } from './process-search.js'
import { whyFrameIsSilent } from './silent-frame.js'
import { forbidsFrame, forbidsWorker, type Violation } from './violations.js'

/** What is known when no way works. */
export interface FailedSearch {
  readonly endpoint: string
  readonly failures: readonly WayFailure[]
  readonly violations: readonly Violation[]
}

/** Undefined if it is nothing that an administrator could change, such as a lost connection. */
export async function faultOfSearch({ endpoint, failures, violations }: FailedSearch): Promise<FaultCode | undefined> {
  const tried = new Set(failures.map(({ way }) => way))
  if (tried.has('frame') && !forbidsFrame(violations, new URL(endpoint).origin)) return whyFrameIsSilent(endpoint)
  const forbidden = tried.has('frame') && tried.size === 1 || failures.some(({ forbidden }) => forbidden) || forbidsWorker(violations)
  return forbidden ? 'policy_forbids_engine' : undefined
}
