/** Starts the engine in a worker of the page: from the file beside this one, or from a `blob:` URL that imports that file. */
import { startWorker, type EngineProcess, type ProcessListener } from './engine-process.js'
import { trustedScriptUrl } from './trusted-url.js'

export const workerScript = new URL(__WORKER_FILE__, import.meta.url).href

export function openWorker(listener: ProcessListener): EngineProcess {
  return startWorker(trustedScriptUrl(workerScript), listener)
}

/**
 * A browser refuses a worker whose script is of another origin, but a worker of the page's own may import such a
 * script. The import is dynamic, so that a failure of it is reported instead of silent.
 */
export function openBlobWorker(listener: ProcessListener): EngineProcess {
  const code = `import(${JSON.stringify(workerScript)}).catch(error => postMessage({ type: 'failed', detail: String(error) }))`
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
  try {
    const process = startWorker(trustedScriptUrl(url), listener)
    return { ...process, close: () => { process.close(); URL.revokeObjectURL(url) } }
  } catch (error) {
    URL.revokeObjectURL(url)
    throw error
  }
}
