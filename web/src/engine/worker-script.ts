/** Starts the worker from the file beside this one. Works on pages that enforce Trusted Types. */

/** The part of the Trusted Types API that is used here; TypeScript's DOM types lack it. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string }
}

const script = new URL(__WORKER_FILE__, import.meta.url).href
let policy: { createScriptURL(url: string): string } | undefined

export function createWorker(): Worker {
  return new Worker(scriptURL(), { type: 'module', name: 'mediarelay' })
}

/** Makes the policy once, since its name can be registered only once. It allows this one URL. */
function scriptURL(): string {
  const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes
  if (!trustedTypes) return script
  policy ??= trustedTypes.createPolicy('mediarelay', {
    createScriptURL(url) {
      if (url !== script) throw new TypeError(`mediarelay: ${url} is not the worker`)
      return url
    },
  })
  return policy.createScriptURL(script)
}
