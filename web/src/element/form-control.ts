/** The base of the element that behaves like a native form control: name, value, validity, `required` and `disabled`. */
import { LitElement } from 'lit'
import type { ElementState, FormStatus } from './form-binding.js'
import { FormBinding } from './form-binding.js'

export abstract class FormControl extends LitElement {
  static readonly formAssociated = true
  static override readonly properties: Readonly<Record<string, object>> = {
    name: { reflect: true },
    required: { type: Boolean, reflect: true },
    disabled: { type: Boolean, reflect: true },
  }

  declare name: string
  declare required: boolean
  declare disabled: boolean

  readonly #binding = new FormBinding(this.attachInternals())
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

  get form(): HTMLFormElement | null {
    return this.#binding.internals.form
  }

  get validity(): ValidityState {
    return this.#binding.internals.validity
  }

  get validationMessage(): string {
    return this.#binding.internals.validationMessage
  }

  get willValidate(): boolean {
    return this.#binding.internals.willValidate
  }

  checkValidity(): boolean {
    return this.#binding.internals.checkValidity()
  }

  reportValidity(): boolean {
    return this.#binding.internals.reportValidity()
  }

  formDisabledCallback(disabled: boolean): void {
    this.#fieldsetDisabled = disabled
    this.requestUpdate()
  }

  /** By its own attribute or by its fieldset. */
  protected get isDisabled(): boolean {
    return this.disabled || this.#fieldsetDisabled
  }

  protected updateForm(status: Omit<FormStatus, 'name' | 'value'>, states: Readonly<Partial<Record<ElementState, boolean>>>): void {
    this.#binding.update({ name: this.name, value: this.value, ...status })
    this.#binding.setStates(states)
  }

  protected valueChanged(): void {
    this.requestUpdate()
    this.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
    this.dispatchEvent(new Event('change', { bubbles: true }))
  }
}
