/** The results of a finished file: its media ID and its handle, each with a button to copy it. */
import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { Asset } from '../engine/engine.js'
import type { LabelName } from '../i18n/labels.js'
import type { Texts } from '../i18n/messages.js'
import { rowIcon } from './row-icons.js'
import type { RowContext } from './row-context.js'
import type { Upload } from '../session/upload.js'
import { hasExpired } from './expiry.js'
import { unbroken } from './unbroken.js'

interface Field {
  readonly field: 'media_id' | 'handle'
  readonly label: LabelName
  readonly value: string | undefined
  readonly expiresAt: string | undefined
  readonly expiryLabel: LabelName
}

export function resultFields(upload: Upload, asset: Asset, context: RowContext): TemplateResult {
  return html`<div class="results">${fieldsOf(asset).map((field) => resultField(field, upload, context))}</div>`
}

function fieldsOf(asset: Asset): readonly Field[] {
  return [
    { field: 'media_id', label: 'mediaID', value: asset.media_id, expiresAt: asset.media_id_expires_at, expiryLabel: 'validUntil' },
    // A handle contains its own expiry; the provider does not guarantee it, hence the other label.
    { field: 'handle', label: 'handle', value: asset.handle, expiresAt: asset.handle_expires_at, expiryLabel: 'useBy' },
  ]
}

function resultField(field: Field, upload: Upload, context: RowContext): TemplateResult | typeof nothing {
  const { value } = field
  if (!value) return nothing
  const { texts } = context
  const what = texts.label(field.label)
  const copied = context.copied === field.field
  return html`
    <div part="result" class="result" data-result=${field.field}>
      <div class="result-text">
        <span class="result-label">${what}</span>
        <code class="value" dir="ltr">${shortened(value)}</code>
        ${expiry(field, texts, context.now)}
      </div>
      <button
        part="copy" type="button" class="button small copy" data-copy=${field.field} ?data-copied=${copied}
        aria-label=${texts.label('copyOf', { what, name: upload.name })}
        @click=${() => context.copy(field.field, value, upload)}
      >${rowIcon(copied ? 'check' : 'copy')}<span>${texts.label(copied ? 'copied' : 'copy')}</span></button>
    </div>`
}

function expiry(field: Field, texts: Texts, now: number): TemplateResult | typeof nothing {
  if (field.expiresAt === undefined) return nothing
  const at = new Date(field.expiresAt)
  if (Number.isNaN(at.getTime())) return nothing
  const relative = texts.relative(at, now)
  if (hasExpired(field.expiresAt, now)) return html`<span class="expiry expired">${unbroken(texts.label('expired', { relative }))}</span>`
  return html`<span class="expiry">${unbroken(texts.label(field.expiryLabel, { date: texts.date(at, now), relative }))}</span>`
}

/** In characters. A media ID has about 16 digits and is shown whole; a handle has hundreds of characters and is cut in the middle. */
const maxLength = 24
const headLength = 12
const tailLength = 6

function shortened(value: string): string {
  return value.length <= maxLength ? value : `${value.slice(0, headLength)}…${value.slice(-tailLength)}`
}
