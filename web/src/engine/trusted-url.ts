/** Script URLs for pages that enforce Trusted Types, by the policy `mediarelay`. */

/** The part of the Trusted Types API that is used here; TypeScript's DOM types lack it. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string }
}

const allowed = new Set<string>()
let policy: { createScriptURL(url: string): string } | undefined

/**
 * The URL as the Worker constructor takes it. Throws if the page's `trusted-types` directive lacks the policy.
 * The policy is made once, since its name can be registered only once, and allows no other URLs than these.
 */
export function trustedScriptUrl(url: string): string {
  const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes
  if (!trustedTypes) return url
  policy ??= trustedTypes.createPolicy('mediarelay', {
    createScriptURL(url) {
      if (!allowed.has(url)) throw new TypeError(`mediarelay: ${url} is not the worker`)
      return url
    },
  })
  allowed.add(url)
  return policy.createScriptURL(url)
}
