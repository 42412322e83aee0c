/** What all uploads of one element share in the worker. */
import type { EngineEvent } from '../engine/engine.js'
import type { CopyStore } from '../storage/copy-store.js'
import type { ChunkCeiling } from './chunk-ceiling.js'
import type { JobEvent } from './job-event.js'
import type { HashText } from './owner.js'
import type { ServerProbe } from './server-probe.js'
import type { WasmModule } from './wasm-module.js'
import type { WorkerToken } from './worker-token.js'

/** What an upload needs to be sent. */
export interface RunnerContext {
  readonly module: WasmModule
  readonly token: WorkerToken
  /** The media server, ending in a slash. */
  readonly origin: string
  readonly ceiling: ChunkCeiling
  readonly server: ServerProbe
  /** Reports that the module has crashed during a call. */
  crashed(error: unknown): void
}

export interface RunnerListener {
  emit(event: JobEvent): void
  /** The server has assigned the upload's URL, or has forgotten the upload (empty). */
  located(url: string): void
}

/** What an upload needs from the file to its end. */
export interface JobContext extends RunnerContext {
  readonly copies: CopyStore
  readonly hash: HashText
  /** The hash of a place, by which its records are found. */
  placeKey(place: string): string
  /** The name of the module's file, which changes with the rules. */
  readonly rules: string
  emit(event: EngineEvent): void
  located(id: string, url: string): void
}
