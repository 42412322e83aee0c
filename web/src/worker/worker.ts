/**
 * The Web Worker: loads the Go module and checks files with it, for every element of the page that connects.
 * It leaves everything else to the upload worker, which it loads after the module so that no verdict waits for it.
 */
import type { ConnectMessage, FromProcess, FromWorker, ToWorker } from '../engine/worker-protocol.js'
import { isOfOrigin } from '../engine/url-origin.js'
import { registerWorker } from './live-workers.js'
import { WasmModule } from './wasm-module.js'

/** The smallest module: browsers refuse it if the policy lacks 'wasm-unsafe-eval'. WebAssembly 1.0, section 5.5.16. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)

/** A violation is reported a moment after the request that it has blocked fails. */
const REPORT_MILLISECONDS = 100

let forbidden = false

/** What the worker's policy has blocked. */
const blocked = new Set<string>()

function report(message: FromProcess): void {
  self.postMessage(message)
}

function forbid(directive: string): void {
  forbidden = true
  report({ type: 'forbidden', directive })
}

function canCompile(): boolean {
  try {
    return new WebAssembly.Module(EMPTY_MODULE) instanceof WebAssembly.Module
  } catch {
    return false
  }
}

/** Makes the page replace this worker. The next one resumes its uploads. */
function crashed(error: unknown, client: number): void {
  report({ type: 'dead', detail: String(error), client })
}

/** Whether the policy has blocked a request to a server. */
function isForbidden(endpoint: string): boolean {
  return [...blocked].some(url => isOfOrigin(url, new URL(endpoint).origin))
}

/** Serves one element, whose port it is. */
function connect({ client, endpoint, site }: ConnectMessage, port: MessagePort): void {
  const fail = (error: unknown): void => crashed(error, client)
  const post = (message: FromWorker): void => port.postMessage(message)
  const workers = registerWorker()
  const uploads = loading.then(async module => {
    const { UploadWorker } = await import('./upload-worker.js')
    return new UploadWorker({ module, endpoint, site, workers, post, isForbidden, crashed: fail })
  })
  // If loading fails, the first message for the upload worker reports it.
  uploads.catch(() => {})
  // Messages for uploads keep their order, since all of them wait for the same promise.
  port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    switch (data.type) {
      case 'check':
        return void loading.then(module => post({ type: 'answer', call: data.call, answer: module.check(data.file, data.request) })).catch(fail)
      case 'close':
        port.close()
        return void uploads.then(worker => worker.close(), () => workers.release())
      default:
        uploads.then(worker => worker.receive(data)).catch(fail)
    }
  }
}

self.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, disposition }) => {
  if (disposition !== 'enforce') return
  blocked.add(blockedURI)
  if (isOfOrigin(blockedURI, new URL(import.meta.url).origin)) forbid(effectiveDirective)
})
self.onmessage = ({ data, ports: [port] }: MessageEvent<ConnectMessage>) => {
  if (data.type === 'connect' && port) connect(data, port)
}

const loading = canCompile() ? WasmModule.load() : new Promise<WasmModule>(() => forbid('script-src'))
loading.catch((error: unknown) => setTimeout(() => { if (!forbidden) crashed(error, 0) }, REPORT_MILLISECONDS))
if (!forbidden) report({ type: 'ready', protocol: __ENGINE_PROTOCOL__ })
