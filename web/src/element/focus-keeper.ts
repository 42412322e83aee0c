/** Keeps the keyboard's place when what had it goes: first the same row, then a neighbour, then the button to add files. */
export class FocusKeeper {
  readonly #root: () => ShadowRoot | null
  #candidates: readonly string[] = []
  #had = false

  constructor(root: () => ShadowRoot | null) {
    this.#root = root
  }

  /** Before a change: remembers where the focus is. */
  before(): void {
    const focused = this.#root()?.activeElement
    this.#had = focused !== null && focused !== undefined
    const row = focused?.closest<HTMLElement>('[data-file-id]')
    this.#candidates = [row, row?.nextElementSibling, row?.previousElementSibling].flatMap(fileID)
  }

  /** After it: puts the focus back where it was lost. */
  after(): void {
    const root = this.#root()
    if (!this.#had || root === null || root.activeElement !== null) return
    const rows = this.#candidates.map((id) => root.querySelector(`[data-file-id="${id}"]`))
    const row = rows.find((row) => row !== null)
    // Not the button to remove a file, where there is another: the next key press was meant for what went.
    const next = row?.querySelector<HTMLElement>('.copy') ?? row?.querySelector<HTMLElement>('[part~=action]') ?? root.querySelector<HTMLElement>('[part~=browse]')
    next?.focus({ preventScroll: true })
  }
}

function fileID(row: Element | null | undefined): string[] {
  return row instanceof HTMLElement && row.dataset['fileId'] !== undefined ? [row.dataset['fileId']] : []
}
