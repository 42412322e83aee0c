/** The browser cannot run the engine: it has no workers or no WebAssembly, or a file could not be loaded. */
export class EngineUnavailableError extends Error {
  override readonly name = 'EngineUnavailableError'
  /** For the catalogue. */
  readonly code = 'engine_unavailable'
}
