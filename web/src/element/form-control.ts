/** The base of the element that behaves like a native form control: name, value, validity, `required` and `disabled`. */
import { CheckedElement } from './checked-element.js'
import { formValue } from './form-value.js'
import { InvalidNotice } from './invalid-notice.js'

export type ElementState = 'dragging' | 'uploading' | 'paused' | 'offline' | 'error' | 'complete' | 'empty'

export interface FormStatus {
  /** Why the form cannot be submitted: no finished file, or uploads in progress. Empty if it can. */
  readonly missing: string
  readonly underway: string
  /** The element at which the browser shows its validation message. */
  readonly anchor: HTMLElement | undefined
  /** Custom states, for `:state()`. States that are not listed stay as they are. */
  readonly states: Readonly<Partial<Record<ElementState, boolean>>>
}

export abstract class FormControl extends CheckedElement {
  static readonly formAssociated = true
  static override readonly properties: Readonly<Record<string, object>> = {
    name: { reflect: true, useDefault: true },
    required: { type: Boolean, reflect: true, useDefault: true },
    disabled: { type: Boolean, reflect: true, useDefault: true },
  }

  declare name: string
  declare required: boolean
  declare disabled: boolean

  readonly #internals = this.attachInternals()
  readonly #invalidNotice = new InvalidNotice(this)
  #fieldsetDisabled = false
  /** The value at the last `change`. */
  #reported = ''

  constructor() {
    super()
    this.addEventListener('invalid', this.#invalidNotice.invalid)
    this.name = ''
    this.required = this.disabled = false
  }

  /** What the form submits under the control's name: without `multiple`, only the first. */
  abstract get value(): readonly string[]
  abstract readonly multiple: boolean

  /** Restores the initial state. */
  abstract formResetCallback(): void

  get form(): HTMLFormElement | null {
    return this.#internals.form
  }

  get validity(): ValidityState {
    return this.#internals.validity
  }

  get validationMessage(): string {
    return this.#internals.validationMessage
  }

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

  protected updateForm({ missing, underway, anchor, states }: FormStatus): void {
    const internals = this.#internals
    this.syncValue()
    const flags = { valueMissing: missing !== '', customError: missing === '' && underway !== '' }
    internals.setValidity(flags, missing || underway, anchor)
    if (internals.validity.valid) this.#invalidNotice.close()
    for (const [state, isOn] of Object.entries(states)) {
      if (isOn) internals.states.add(state)
      else internals.states.delete(state)
    }
  }

  /** Gives the value to the form. */
  protected syncValue(): void {
    this.#internals.setFormValue(formValue(this.name, this.value, this.multiple))
  }

  /** Files of the same content have one asset, so the end of an upload does not always change the value. */
  protected valueChanged(): void {
    this.requestUpdate()
    this.syncValue()
    const value = this.value.join()
    if (value === this.#reported) return
    this.#reported = value
    this.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
    this.dispatchEvent(new Event('change', { bubbles: true }))
  }
}
