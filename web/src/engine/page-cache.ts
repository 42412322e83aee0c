/**
 * Stops the engine of a page that enters the browser's back/forward cache, and wakes it when the page comes back. WebKit
 * freezes such a page's worker while it holds the locks of its uploads, so that no other page could resume them.
 */
export class PageCache {
  readonly #freeze: () => void
  readonly #thaw: () => void

  constructor(freeze: () => void, thaw: () => void) {
    this.#freeze = freeze
    this.#thaw = thaw
  }

  listen(): void {
    addEventListener('pagehide', this.#hidden)
    addEventListener('pageshow', this.#shown)
  }

  unlisten(): void {
    removeEventListener('pagehide', this.#hidden)
    removeEventListener('pageshow', this.#shown)
  }

  readonly #hidden = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) this.#freeze()
  }

  readonly #shown = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) this.#thaw()
  }
}
