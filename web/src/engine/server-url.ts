/** Which media server an endpoint names. */

const script = import.meta.url

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
