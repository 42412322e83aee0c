/**
 * The script of `/widget/engine.html`, the media server's page in a hidden frame: starts the worker and
 * passes the ports of the page around the frame to it.
 */
import type { EngineProcess } from './engine-process.js'
import { openWorker } from './page-workers.js'
import type { ConnectMessage, FrameGreeting } from './worker-protocol.js'

/** The server also names these origins in `frame-ancestors`. */
const allowedOrigins = new Set([location.origin, ...(document.querySelector<HTMLMetaElement>('meta[name=mediarelay-origins]')?.content ?? '').split(' ')])

let process: EngineProcess | undefined

addEventListener('message', ({ source, origin, data, ports: [control] }: MessageEvent<Partial<FrameGreeting> | null>) => {
  if (source !== parent || !allowedOrigins.has(origin) || data?.type !== 'mediarelay-engine' || !control) return
  process?.close()
  const started = (process = openWorker(event => control.postMessage(event)))
  control.onmessage = ({ data, ports: [port] }: MessageEvent<ConnectMessage>) => {
    // The page does not choose whose uploads it sees.
    if (port) started.connect({ ...data, site: origin }, port)
  }
})
