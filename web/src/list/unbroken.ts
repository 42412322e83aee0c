/** Keeps what belongs together on one line: a number and its unit, and a few words in parentheses. */
import type { TemplateResult } from 'lit'
import { html } from 'lit'

/**
 * Such as "30 days", "2.4 MB/s", "512 × 512 pixels" and "(in 30 days)", not "H.264 and". Longer parentheses may be
 * wider than a narrow element.
 */
const together = /(\([^()]{1,24}\)|(?<![\p{L}\p{N}.])\p{N}(?:[\p{N}.,]*\p{N})?(?: × \p{N}+)?\s\p{L}[\p{L}/]*)/u

export function unbroken(text: string): readonly (string | TemplateResult)[] {
  return text.split(together).map((part, index) => (index % 2 === 0 ? part : html`<span class="together">${part}</span>`))
}
