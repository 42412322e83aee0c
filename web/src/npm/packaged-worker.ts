/**
 * The URL of the package's worker, whose fragment is the URL of its Go module. The build puts it
 * in the place of `__WORKER_FILE__`.
 *
 * Bundlers that support `new URL('…', import.meta.url)` copy both files under names of their own and
 * write those here. They do not look into the worker, so it learns the name of its module from the fragment.
 */
declare const __WORKER_PATH__: string
declare const __MODULE_PATH__: string

export const packagedWorker = locate()

/** Code that a bundler has turned into CommonJS has no `import.meta.url`. It cannot start the worker, but it can be imported. */
function locate(): string {
  try {
    const worker = new URL(__WORKER_PATH__, import.meta.url)
    worker.hash = new URL(__MODULE_PATH__, import.meta.url).href
    return worker.href
  } catch {
    return 'about:invalid'
  }
}
