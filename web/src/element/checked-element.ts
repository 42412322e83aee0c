/** The base of an element whose properties take any value: what they accept is in property-values.ts. */
import type { PropertyDeclaration } from 'lit'
import { LitElement } from 'lit'
import { acceptValue } from './property-values.js'

export abstract class CheckedElement extends LitElement {
  #removesAttribute = false

  protected static override getPropertyDescriptor(name: PropertyKey, key: string | symbol, options: PropertyDeclaration): PropertyDescriptor | undefined {
    const property = super.getPropertyDescriptor(name, key, options)
    if (property === undefined) return undefined
    return {
      ...property,
      set(this: CheckedElement, value: unknown) {
        property.set?.call(this, acceptValue(name, value, this.#removesAttribute))
      },
    }
  }

  override attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    this.#removesAttribute = value === null
    super.attributeChangedCallback(name, before, value)
    this.#removesAttribute = false
  }
}
