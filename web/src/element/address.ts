/** Where the element stands, and which server it speaks to. */

/** The media server's origin; this page's own for an empty endpoint, and empty when it is not a URL. */
export function originOf(endpoint: string): string {
  const url = endpoint || '/'
  return URL.canParse(url, document.baseURI) ? new URL(url, document.baseURI).origin : ''
}

/** Where uploads come back at a next visit. Without the fragment: tokens live there. */
export function placeOf(name: string): string {
  return `${location.pathname}${location.search}#${name}`
}
