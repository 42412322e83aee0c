/** Restores keyboard focus when the focused row is removed: to the same row, else to a neighbour, else to the browse button. */
export class FocusRestorer {
  readonly #root: () => ShadowRoot | null
  #rowIDs: readonly string[] = []
  #hadFocus = false

  constructor(root: () => ShadowRoot | null) {
    this.#root = root
  }

  /** Call before rendering: remembers where the focus is. */
  save(): void {
    const focused = this.#root()?.activeElement
    this.#hadFocus = focused !== null && focused !== undefined
    const row = focused?.closest('[data-file-id]')
    this.#rowIDs = [row, row?.nextElementSibling, row?.previousElementSibling].flatMap((row) => row?.getAttribute('data-file-id') ?? [])
  }

  /** Call after rendering: moves the focus if rendering has removed it. */
  restore(): void {
    const root = this.#root()
    if (!this.#hadFocus || root === null || root.activeElement !== null) return
    const rows = this.#rowIDs.map((id) => root.querySelector(`[data-file-id="${id}"]`))
    const row = rows.find((row) => row !== null)
    // The copy button before the button that removes the file: the next key press was meant for the removed element.
    const target = row?.querySelector<HTMLElement>('.copy') ?? row?.querySelector<HTMLElement>('[part~=action]') ?? root.querySelector<HTMLElement>('[part~=browse]')
    target?.focus({ preventScroll: true })
  }
}
