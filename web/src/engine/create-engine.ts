/** Makes the engine of one element. Nothing is started before it is used. */
import { reportCause, reportFault } from './advice.js'
import { mayHaveEarlierUploads, noteFrame } from './earlier-uploads.js'
import type { Engine, EngineEvent, EngineFactory } from './engine.js'
import { isFaultCode } from './fault.js'
import { sharedEngine } from './shared-engine.js'
import type { EngineTarget } from './way.js'
import { WorkerEngine } from './worker-engine.js'

export const createEngine: EngineFactory = (endpoint, choice = '') => engineOf({ endpoint, choice })

/** An engine for `check` alone, in a worker of the page. A check needs no server, and so no frame of one. */
export function createChecker(): Engine {
  return engineOf({ endpoint: `${location.origin}/`, choice: 'worker', checksOnly: true })
}

function engineOf(target: EngineTarget): Engine {
  const shared = sharedEngine(target)
  return new WorkerEngine({
    connect: listener => shared.connect(listener),
    mayHaveEarlierUploads: async () => shared.way !== undefined || mayHaveEarlierUploads(target),
    noticed(event) {
      if (event.type === 'kept' && shared.way === 'frame') void noteFrame(target)
      report(event, target)
    },
  })
}

/** Tells the page's developer what the event says about the set-up. */
function report(event: EngineEvent, target: EngineTarget): void {
  const code = event.type === 'failed' ? event.failure.code : event.type === 'waiting' ? event.reason : ''
  if (isFaultCode(code)) reportFault(code, target)
  else reportCause(code, target)
}
