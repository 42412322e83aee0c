/** Which server the element uses, and where on its site the element stands. */

/** The media server's origin: this page's own for an empty endpoint, and empty if the endpoint is not a URL. */
export function originOf(endpoint: string): string {
  const url = endpoint || '/'
  return URL.canParse(url, document.baseURI) ? new URL(url, document.baseURI).origin : ''
}

/** The key under which uploads are restored at the next visit. It has no fragment of the address, which may hold a token. */
export function placeOf(name: string): string {
  return `${location.pathname}${location.search}#${name}`
}
