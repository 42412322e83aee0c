/**
 * Line icons on a 20-pixel grid in the colour of the text. They are hidden from assistive technology:
 * each stands beside a text or has a label. Here are those of the first paint; row-icons.ts has the others.
 */
import type { TemplateResult } from 'lit'
import { html, svg } from 'lit'

const paths = {
  upload: svg`<path d="M10 13.5v-10m0 0L6 7.5m4-4 4 4M3.5 13v1.5a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2V13"/>`,
  warn: svg`<path d="M10 7.5v3.5m0 2.75v.01M8.6 3.3 2.4 14a1.6 1.6 0 0 0 1.4 2.5h12.4a1.6 1.6 0 0 0 1.4-2.5L11.4 3.3a1.6 1.6 0 0 0-2.8 0z"/>`,
  key: svg`<circle cx="7" cy="13" r="3.5"/><path d="m9.5 10.5 7-7m-2.5 2.5 2 2"/>`,
} as const

export type IconName = keyof typeof paths

export function icon(name: IconName): TemplateResult {
  return drawing(paths[name])
}

export function drawing(path: TemplateResult<2>): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">${path}</svg>`
}
