/**
 * The Web Worker: loads the Go module, and checks files with it. All else is done
 * by the part that sends, which is loaded after the module: no verdict waits for it.
 */
import type { Sending } from './upload-worker.js'
import { WasmModule } from './wasm-module.js'
import type { FromWorker, ToWorker } from '../engine/worker-protocol.js'
import { comeAlive } from './workers-alive.js'

const loading = WasmModule.load()
const workers = comeAlive()
let sending: Promise<Sending> | undefined

function post(message: FromWorker): void {
  self.postMessage(message)
}

/** The page replaces this worker; its uploads go on in the next one. */
function died(error: unknown): void {
  post({ type: 'dead', detail: String(error) })
}

async function loadSending(endpoint: string): Promise<Sending> {
  const module = await loading
  const { Sending } = await import('./upload-worker.js')
  return new Sending({ module, endpoint, workers, post, died })
}

// Messages keep their order: all but the checks wait for the same promise.
self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case 'open':
      sending = loadSending(data.endpoint)
      // Where it cannot be had, the first message for it says so.
      sending.catch(() => {})
      return
    case 'check':
      return void loading.then(module => post({ type: 'answer', call: data.call, answer: module.check(data.file, data.request) })).catch(died)
    default:
      sending?.then(part => part.receive(data)).catch(died)
  }
}
loading.catch(died)
