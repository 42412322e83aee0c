/**
 * The build puts `HTMLElement` of this file in the place of the global one, so that the
 * package can be imported where there is no DOM, as when a page is rendered on a server.
 * There the classes exist, and nothing makes an element of them.
 */
const base = globalThis.HTMLElement ?? class {}

export { base as HTMLElement }
