/** A running engine: a worker, which may be in a frame. Elements talk to it through ports of their own. */
import type { ConnectMessage, FromProcess } from './worker-protocol.js'


export interface EngineProcess {
  /** Hands a port to the worker. Requires a `ready` before. */
  connect(message: ConnectMessage, port: MessagePort): void
  /** Stops the worker. No event follows. */
  close(): void
}

/** `failed` also stands for an uncaught error of the worker. */
export type ProcessListener = (event: FromProcess) => void

/** Starts a module worker. Throws if the browser refuses it at once. */
export function startWorker(script: string, listener: ProcessListener): EngineProcess {
  const worker = new Worker(script, { type: 'module', name: 'mediarelay' })
  worker.onmessage = ({ data }: MessageEvent<FromProcess>) => listener(data)
  worker.onerror = ({ message }) => listener({ type: 'failed', detail: message || 'the worker did not start' })
  return {
    connect: (message, port) => worker.postMessage(message, [port]),
    close() {
      worker.onmessage = worker.onerror = null
      worker.terminate()
    },
  }
}
