/** Sets a form control's value, validity and custom states through its `ElementInternals`. */

export type ElementState = 'dragging' | 'uploading' | 'paused' | 'offline' | 'error' | 'complete' | 'empty'

export interface FormStatus {
  readonly name: string
  readonly value: readonly string[]
  readonly multiple: boolean
  /** Why the form cannot be submitted: no finished file, or uploads in progress. Empty if it can. */
  readonly missing: string
  readonly underway: string
  /** The element at which the browser shows its validation message. */
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

  /** States that are not listed stay as they are. */
  setStates(states: Readonly<Partial<Record<ElementState, boolean>>>): void {
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
