/** The Web Worker: loads the Go module and hands the page's messages to it. */
import type { EngineEvent } from './engine.js'
import { TokenKeeper } from './token-keeper.js'
import { UploadRunner, type Surroundings } from './upload-runner.js'
import { WasmModule } from './wasm-module.js'
import type { FromWorker, ToWorker } from './worker-protocol.js'

const uploads = new Map<string, UploadRunner>()
const tokens = new TokenKeeper(reason => emit({ type: 'token-needed', reason }))
const loading = WasmModule.load()
let around: Surroundings | undefined

function post(message: FromWorker): void {
  self.postMessage(message)
}

function emit(event: EngineEvent): void {
  post({ type: 'event', event })
}

/** The page replaces this worker; its uploads go on in the next one. */
function died(error: unknown): void {
  post({ type: 'dead', detail: String(error) })
}

function open(module: WasmModule, endpoint: string): void {
  around = {
    module,
    tokens,
    origin: new URL(endpoint.replace(/\/*$/, '/'), self.location.href).href,
    ceiling: 0,
    emit,
    located: (id, url) => post({ type: 'located', id, url }),
    died,
  }
}

function receive(module: WasmModule, message: ToWorker): void {
  switch (message.type) {
    case 'open': return open(module, message.endpoint)
    case 'check':
      return post({ type: 'checked', call: message.call, verdict: module.check(message.file, message.request) })
    case 'start':
      if (around && !uploads.has(message.id)) uploads.set(message.id, new UploadRunner(around, message))
      return
    case 'token': return tokens.provide(message.token)
    case 'nudge': return nudge()
    case 'forget':
      uploads.get(message.id)?.free()
      uploads.delete(message.id)
      return
    default:
      uploads.get(message.id)?.command(message.type)
  }
}

function nudge(): void {
  for (const upload of uploads.values()) upload.nudge()
}

// Messages keep their order: each waits for the same promise.
self.onmessage = (event: MessageEvent<ToWorker>) => {
  loading.then(module => receive(module, event.data)).catch(died)
}
self.addEventListener('online', nudge)
loading.catch(died)
