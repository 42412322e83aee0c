/** The browser cannot run the engine: it has no workers or no WebAssembly, a file could not be loaded, or a policy forbids it. */
export class EngineUnavailableError extends Error {
  override readonly name = 'EngineUnavailableError'
  /** For the catalogue. */
  readonly code: string

  constructor(detail: string, code = 'engine_unavailable') {
    super(detail)
    this.code = code
  }
}
