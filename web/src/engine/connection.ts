/** The page's end of an element's port to the engine, whichever way the engine is reached. */
import type { EngineEvent } from './engine.js'
import type { FaultCode } from './fault.js'
import type { FromWorker, ToWorker } from './worker-protocol.js'

/** Why a connection has ended. */
export interface Loss {
  readonly detail: string
  /** The client may have caused it: its call crashed the worker, or nobody knows whose. */
  readonly blamed: boolean
  /** An administrator has to change a setting first. */
  readonly fault?: FaultCode
}

export interface ConnectionListener {
  receive(message: FromWorker): void
  /** The worker is gone. Another connection gets another worker. */
  lost(loss: Loss): void
}

/** The port of one element. Messages wait until the worker can take them. */
export interface Connection {
  post(message: ToWorker): void
  close(): void
}

/** What an element's engine needs from the page. */
export interface EngineHost {
  connect(listener: ConnectionListener): Connection
  mayHaveEarlierUploads(): Promise<boolean>
  /** Called for every event of the element's uploads. */
  noticed(event: EngineEvent): void
}
