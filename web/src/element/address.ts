/** Which media server the element uses, and at which place of the page's site the element is. */

const script = import.meta.url

/** Differs with every visit, so that the uploads of elements that cannot be told apart are of no place of a later one. */
const visit = Math.random()

/** A host name without a scheme, which a URL parser would take for a folder. */
const bareHost = /^[\w-]+(\.[\w-]+)+(:\d+)?(\/|$)/

/**
 * The media server's URL, ending in a slash; empty if the endpoint is not an http(s) URL without query and fragment.
 * A relative endpoint belongs to the page's address, whatever `<base href>` says. An empty one means the server that
 * the element's script comes from.
 */
export function serverOf(endpoint: string): string {
  const text = endpoint.trim()
  if (text === '') return serverOfScript()
  const base = [location.href, script].find((base) => URL.canParse(text, base))
  if (base === undefined || bareHost.test(text)) return ''
  const { protocol, origin, pathname, username, password, search, hash } = new URL(text, base)
  if (!/^https?:$/.test(protocol) || username + password + search + hash !== '') return ''
  return origin + pathname.replace(/\/*$/, '/')
}

/** The folder around `widget/`, which a proxy may have moved below a path; else the script's origin. */
function serverOfScript(): string {
  const { origin, pathname } = new URL(script)
  return origin + (/^(.*\/)widget\/[^/]*$/.exec(pathname)?.[1] ?? '/')
}

/** What the place of an element is made of. */
export interface PlaceParts {
  readonly name: string
  readonly restoreKey: string
  /** The only element on its page. */
  readonly alone: boolean
}

/**
 * The key under which an element's uploads are stored, and restored at the next visit: `restoreKey`, else address and
 * name. A fragment counts only if it is a route such as "#/campaigns/2", since another one may hold a token.
 */
export function placeOf({ name, restoreKey, alone }: PlaceParts): string {
  if (restoreKey !== '') return `restore-key\n${restoreKey}`
  const { pathname, search, hash } = location
  const route = /^#!?\//.test(hash) ? `\n${hash}` : ''
  return `${pathname}${search}#${name}${route}${name === '' && !alone ? `\n${visit}` : ''}`
}

/** Whether uploads of earlier visits return to the element by themselves. Elements without a name cannot be told apart. */
export function hasPlace({ name, restoreKey, alone }: PlaceParts): boolean {
  return restoreKey !== '' || name !== '' || alone
}
