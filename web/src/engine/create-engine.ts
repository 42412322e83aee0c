/** Makes the engine of one element. Nothing is started before it is used. */
import { reportFault } from './advice.js'
import { mayHaveEarlierUploads, noteFrame } from './earlier-uploads.js'
import type { EngineFactory } from './engine.js'
import { isFaultCode } from './fault.js'
import { sharedEngine } from './shared-engine.js'
import type { EngineTarget } from './way.js'
import { WorkerEngine } from './worker-engine.js'

export const createEngine: EngineFactory = (endpoint, choice = '') => {
  const target: EngineTarget = { endpoint, choice }
  const shared = sharedEngine(target)
  return new WorkerEngine({
    connect: listener => shared.connect(listener),
    mayHaveEarlierUploads: async () => shared.way !== undefined || mayHaveEarlierUploads(target),
    noticed(event) {
      if (event.type === 'kept' && shared.way === 'frame') void noteFrame(target)
      if (event.type === 'failed' && isFaultCode(event.failure.code)) reportFault(event.failure.code, target)
    },
  })
}
