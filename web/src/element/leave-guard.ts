/** Asks for confirmation before the page is left, if uploads would be lost. */
export class LeaveGuard {
  #listening = false

  /** The listener exists only if needed: it keeps pages out of some browsers' back/forward cache. */
  set(needed: boolean): void {
    if (needed === this.#listening) return
    this.#listening = needed
    if (needed) addEventListener('beforeunload', this.#ask)
    else removeEventListener('beforeunload', this.#ask)
  }

  readonly #ask = (event: BeforeUnloadEvent): void => event.preventDefault()
}
