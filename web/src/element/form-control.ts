/** The base of the element that behaves like a native form control: name, value, validity, `required` and `disabled`. */
import { LitElement } from 'lit'
import { formValue } from './form-value.js'

export type ElementState = 'dragging' | 'uploading' | 'paused' | 'offline' | 'error' | 'complete' | 'empty'

export interface FormStatus {
  readonly multiple: boolean
  /** Why the form cannot be submitted: no finished file, or uploads in progress. Empty if it can. */
  readonly missing: string
  readonly underway: string
  /** The element at which the browser shows its validation message. */
  readonly anchor: HTMLElement | undefined
  /** Custom states, for `:state()`. States that are not listed stay as they are. */
  readonly states: Readonly<Partial<Record<ElementState, boolean>>>
}

export abstract class FormControl extends LitElement {
  static readonly formAssociated = true
  static override readonly properties: Readonly<Record<string, object>> = {
    name: { reflect: true },
    required: { type: Boolean, reflect: true },
    disabled: { type: Boolean, reflect: true },
  }

  /** The name under which a form submits the value. */
  declare name: string
  /** The form cannot be submitted without a finished file. */
  declare required: boolean
  /** Accepts no files and no clicks. Uploads that have started continue. */
  declare disabled: boolean

  readonly #internals = this.attachInternals()
  #fieldsetDisabled = false

  constructor() {
    super()
    this.name = ''
    this.required = this.disabled = false
  }

  /** What the form submits under the control's name. */
  abstract get value(): readonly string[]

  /** Restores the initial state. */
  abstract formResetCallback(): void

  /** The form that the element belongs to, as of every form control. */
  get form(): HTMLFormElement | null {
    return this.#internals.form
  }

  /** As of every form control. */
  get validity(): ValidityState {
    return this.#internals.validity
  }

  /** As of every form control. */
  get validationMessage(): string {
    return this.#internals.validationMessage
  }

  /** As of every form control. */
  get willValidate(): boolean {
    return this.#internals.willValidate
  }

  /** As of every form control. */
  checkValidity(): boolean {
    return this.#internals.checkValidity()
  }

  /** As of every form control. */
  reportValidity(): boolean {
    return this.#internals.reportValidity()
  }

  formDisabledCallback(disabled: boolean): void {
    this.#fieldsetDisabled = disabled
    this.requestUpdate()
  }

  /** By its own attribute or by its fieldset. */
  protected get isDisabled(): boolean {
    return this.disabled || this.#fieldsetDisabled
  }

  protected updateForm({ multiple, missing, underway, anchor, states }: FormStatus): void {
    const internals = this.#internals
    internals.setFormValue(formValue(this.name, this.value, multiple))
    const flags = { valueMissing: missing !== '', customError: missing === '' && underway !== '' }
    internals.setValidity(flags, missing || underway, anchor)
    for (const [state, isOn] of Object.entries(states)) {
      if (isOn) internals.states.add(state)
      else internals.states.delete(state)
    }
  }

  protected valueChanged(): void {
    this.requestUpdate()
    this.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
    this.dispatchEvent(new Event('change', { bubbles: true }))
  }
}
