/**
 * The URL of the Go module, in the worker of the package: the fragment of the worker's own URL. The
 * build puts it in the place of `__WASM_FILE__`. A worker that a `blob:` imports has its URL in `import.meta.url`.
 */
export const packagedModule = new URL(import.meta.url).hash.slice(1) || self.location.hash.slice(1)
