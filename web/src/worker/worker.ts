/**
 * The Web Worker: loads the Go module and checks files with it. It leaves everything else to the
 * upload worker, which it loads after the module so that no verdict waits for it.
 */
import type { FromWorker, ToWorker } from '../engine/worker-protocol.js'
import { registerWorker } from './live-workers.js'
import type { UploadWorker } from './upload-worker.js'
import { WasmModule } from './wasm-module.js'

const loading = WasmModule.load()
const workers = registerWorker()
let uploads: Promise<UploadWorker> | undefined

function post(message: FromWorker): void {
  self.postMessage(message)
}

/** Makes the page replace this worker. The next one resumes its uploads. */
function crashed(error: unknown): void {
  post({ type: 'dead', detail: String(error) })
}

async function loadUploadWorker(endpoint: string): Promise<UploadWorker> {
  const module = await loading
  const { UploadWorker } = await import('./upload-worker.js')
  return new UploadWorker({ module, endpoint, workers, post, crashed })
}

// Messages for uploads keep their order, since all of them wait for the same promise.
self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case 'open':
      uploads = loadUploadWorker(data.endpoint)
      // If loading fails, the first message for the upload worker reports it.
      uploads.catch(() => {})
      return
    case 'check':
      return void loading.then(module => post({ type: 'answer', call: data.call, answer: module.check(data.file, data.request) })).catch(crashed)
    default:
      uploads?.then(worker => worker.receive(data)).catch(crashed)
  }
}
loading.catch(crashed)
