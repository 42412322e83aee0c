/**
 * Tells a move in the document from an absence. Browsers report both as the same
 * pair of callbacks; only time tells them apart.
 */

/**
 * Milliseconds for which an element may be out of the document as if it were in
 * it: frameworks move a node within one task, and a change of view with its
 * animations takes a second or two.
 */
export const patienceMs = 10_000

export interface AbsencePort {
  /** The element stays away, perhaps for good: it may hold on to nothing that runs. */
  left(): void
  /** It is back, after `left`. */
  returned(): void
}

export class Absence {
  readonly #port: AbsencePort
  readonly #page: EventTarget
  #timer: ReturnType<typeof setTimeout> | undefined
  #away = false

  /** `page` is the window: who is out of a document that is left will not come back in time. */
  constructor(port: AbsencePort, page: EventTarget) {
    this.#port = port
    this.#page = page
  }

  begin(): void {
    this.#timer = setTimeout(this.#leave, patienceMs)
    this.#page.addEventListener('pagehide', this.#leave)
  }

  end(): void {
    this.#stopWaiting()
    if (!this.#away) return
    this.#away = false
    this.#port.returned()
  }

  readonly #leave = (): void => {
    this.#stopWaiting()
    this.#away = true
    this.#port.left()
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer)
    this.#page.removeEventListener('pagehide', this.#leave)
  }
}
