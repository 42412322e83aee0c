/** The page's part of the places under which uploads are stored. */

/** The page's path and query. */
export function pagePath(): string {
  return `${location.pathname}${location.search}`
}

/** A fragment that is a route, such as "#/campaigns/2", behind a line break; else empty. Another fragment may hold a token. */
export function pageRoute(): string {
  return /^#!?\//.test(location.hash) ? `\n${location.hash}` : ''
}
