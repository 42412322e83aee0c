/** Asks before the page is left, and only while something would be lost by it. */
export class LeaveGuard {
  #on = false

  /** A listener alone keeps pages out of some browsers' back/forward cache: there is none without need. */
  set(needed: boolean): void {
    if (needed === this.#on) return
    this.#on = needed
    if (needed) addEventListener('beforeunload', this.#ask)
    else removeEventListener('beforeunload', this.#ask)
  }

  readonly #ask = (event: BeforeUnloadEvent): void => event.preventDefault()
}
