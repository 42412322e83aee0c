/** What makes the element a form control and styleable by state: its value, its validity and its `:state()`s. */

export type ElementState = 'dragging' | 'uploading' | 'paused' | 'offline' | 'error' | 'complete' | 'empty'

export interface FormStatus {
  readonly name: string
  readonly value: readonly string[]
  readonly multiple: boolean
  /** Why the form cannot be sent yet; empty texts where it can. */
  readonly missing: string
  readonly underway: string
  /** Where the browser puts its bubble. */
  readonly anchor: HTMLElement | undefined
}

export class FormBinding {
  constructor(readonly internals: ElementInternals) {}

  update(status: FormStatus): void {
    this.internals.setFormValue(formValue(status))
    const { missing, underway, anchor } = status
    const flags = { valueMissing: missing !== '', customError: missing === '' && underway !== '' }
    this.internals.setValidity(flags, missing || underway, anchor)
  }

  /** Exactly these states are on. */
  show(states: Readonly<Partial<Record<ElementState, boolean>>>): void {
    for (const [state, on] of Object.entries(states)) {
      if (on) this.internals.states.add(state)
      else this.internals.states.delete(state)
    }
  }
}

function formValue({ name, value, multiple }: FormStatus): FormData | string | null {
  const [first] = value
  if (first === undefined || name === '') return null
  if (!multiple) return first
  const data = new FormData()
  for (const id of value) data.append(name, id)
  return data
}
