/** One row of the list: what is known about a file and what can be done with it. Draws; decides nothing. */
import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { Failure, Reason } from '../engine/engine.js'
import type { LabelName } from '../i18n/labels.js'
import type { Texts } from '../i18n/messages.js'
import { resultFields } from './result.js'
import type { RowIconName } from './row-icons.js'
import { kindIcon, rowIcon } from './row-icons.js'
import { notesOf } from './row-notes.js'
import { statusOf } from './status.js'
import type { Upload } from '../session/upload.js'
import type { StateName } from '../session/upload-state.js'
import { isHandedOver } from '../session/upload-state.js'
import { typeName } from './type-name.js'

export type Action = 'start' | 'pause' | 'resume' | 'cancel' | 'retry' | 'remove' | 'choose'

/** What a row needs besides its file. */
export interface RowContext {
  readonly texts: Texts
  readonly now: number
  readonly disabled: boolean
  readonly thumbnail: string | undefined
  /** The field of this row that was copied a moment ago. */
  readonly copied: string | undefined
  act(action: Action, upload: Upload): void
  copy(field: string, value: string, upload: Upload): void
}

export function row(upload: Upload, context: RowContext): TemplateResult {
  const { texts, now } = context
  const status = statusOf(upload, texts, now)
  return html`
    <li part="item" class="item" data-file-id=${upload.id} data-state=${upload.state.name} data-tone=${status.tone}>
      ${thumb(upload, context)}
      <div class="text">
        ${fileName(upload.name)}
        <div part="meta" class="meta">${meta(upload, texts)}</div>
      </div>
      <div part="status" class="status">${rowIcon(status.icon)}<span>${status.text}</span></div>
      <div class="actions">${actionsOf(upload).map((action) => actionButton(action, upload, context))}</div>
      <div class="more">${bar(upload, texts)} ${notes(upload, texts)} ${trouble(upload, texts)} ${verdict(upload, texts)} ${results(upload, context)}</div>
    </li>`
}

function thumb(upload: Upload, { thumbnail }: RowContext): TemplateResult {
  const picture = thumbnail === undefined ? kindIcon(upload.kind) : html`<img src=${thumbnail} alt="" />`
  return html`<div part="thumb" class="thumb" data-kind=${upload.kind || 'file'}>${picture}</div>`
}

/** Characters at the end that stay when the middle is cut: the extension and what tells numbered files apart. */
const tailLength = 10

/** Two spans, so that the style sheet can cut the first; read together they are the whole name. */
function fileName(name: string): TemplateResult {
  const characters = Array.from(name)
  const cut = Math.max(1, characters.length - tailLength)
  const [head, tail] = [characters.slice(0, cut).join(''), characters.slice(cut).join('')]
  return html`<div part="name" class="name" dir="auto" title=${name}><span class="head">${head}</span><span class="tail">${tail}</span></div>`
}

function meta(upload: Upload, texts: Texts): string {
  const kind = upload.kind === '' ? '' : texts.kind(upload.kind)
  return [kind, typeName(upload.type, upload.name), texts.bytes(upload.size)].filter((part) => part !== '').join(' · ')
}

const withBar = new Set<StateName>(['missing', 'queued', 'uploading', 'waiting', 'paused', 'verifying', 'relaying'])

function bar(upload: Upload, texts: Texts): TemplateResult | typeof nothing {
  const { state, progress } = upload
  if (!withBar.has(state.name)) return nothing
  const percent = Math.floor(progress.share * 100)
  return html`
    <div
      part="progress" class="progress" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${percent}
      aria-label=${texts.label('progressOf', { name: upload.name })}
    >
      <div class="bar in-flight" .style=${`inline-size:${progress.share * 100}%`}></div>
      <div part="bar" class="bar" .style=${`inline-size:${progress.acceptedShare * 100}%`}></div>
    </div>`
}

function notes(upload: Upload, texts: Texts): readonly TemplateResult[] {
  return notesOf(upload).map((note) => html`<p class="note" data-note=${note}>${texts.label(note)}</p>`)
}

function verdict(upload: Upload, texts: Texts): TemplateResult | typeof nothing {
  const { state } = upload
  if (state.name === 'failed') return html`<div part="verdict" class="verdict">${failureText(state.failure, texts)}</div>`
  const reasons = upload.verdict?.reasons ?? []
  if (reasons.length === 0) return nothing
  return html`<div part="verdict" class="verdict">${reasons.map((reason) => reasonWithFixes(reason, texts))}</div>`
}

/** What holds a file up on the server, which goes on by itself. */
function trouble({ state }: Upload, texts: Texts): TemplateResult | typeof nothing {
  if (!('problem' in state) || state.problem === undefined) return nothing
  return html`<div part="verdict" class="verdict trouble">${failureText(state.problem, texts)}</div>`
}

function failureText(failure: Failure, texts: Texts): TemplateResult {
  return html`<div part="reason" class="reason" data-code=${failure.code}>${texts.failure(failure)}${details(texts.detail(failure), texts)}</div>`
}

function reasonWithFixes(reason: Reason, texts: Texts): TemplateResult {
  return html`
    <div part="reason" class="reason" data-code=${reason.code} data-severity=${reason.severity}>${texts.reason(reason)}</div>
    ${fixList(texts.fixes(reason), texts)} ${details(texts.detail(reason), texts)}`
}

/** What experts want to know, out of everybody else's way. */
function details(text: string, texts: Texts): TemplateResult | typeof nothing {
  if (text === '') return nothing
  return html`<details class="details"><summary>${texts.label('details')}</summary>${text}</details>`
}

function fixList(fixes: readonly string[], texts: Texts): TemplateResult | typeof nothing {
  if (fixes.length === 0) return nothing
  return html`<ul class="fixes" aria-label=${texts.label('howToFix')}>
    ${fixes.map((fix) => html`<li part="fix" class="fix">${fix}</li>`)}
  </ul>`
}

function results(upload: Upload, context: RowContext): TemplateResult | typeof nothing {
  if (upload.state.name !== 'done') return nothing
  return resultFields(upload, upload.state.asset, context)
}

function actionsOf({ state, begun }: Upload): readonly Action[] {
  switch (state.name) {
    case 'missing':
      return state.comparing ? ['cancel'] : ['choose', 'cancel']
    case 'ready':
      return ['start', 'remove']
    case 'uploading':
      return ['pause', 'cancel']
    case 'waiting':
      return ['retry', 'pause', 'cancel']
    case 'paused':
      return ['resume', 'cancel']
    case 'queued':
      return [begun ? 'pause' : 'cancel']
    case 'failed':
      return state.failure.retryable ? ['retry', 'remove'] : ['remove']
    default:
      return ['remove']
  }
}

const looks: { readonly [A in Action]: { readonly icon: RowIconName; readonly label: LabelName } } = {
  start: { icon: 'upload', label: 'upload' },
  pause: { icon: 'pause', label: 'pause' },
  resume: { icon: 'play', label: 'resume' },
  cancel: { icon: 'close', label: 'cancel' },
  retry: { icon: 'retry', label: 'retry' },
  remove: { icon: 'close', label: 'remove' },
  choose: { icon: 'upload', label: 'chooseFile' },
}

/** A step that the person is asked to take is written out; the others are icons. */
const writtenOut = new Set<Action>(['start', 'retry', 'resume', 'choose'])

function actionButton(action: Action, upload: Upload, context: RowContext): TemplateResult {
  const { texts, disabled } = context
  const label = texts.label(labelOf(action, upload))
  const written = writtenOut.has(action)
  return html`
    <button
      part="action" type="button" class=${written ? 'button small' : 'icon-button'} data-action=${action}
      aria-label=${texts.label('actionOn', { action: label, name: upload.name })} title=${written ? nothing : label}
      ?disabled=${disabled} @click=${() => context.act(action, upload)}
    >${written ? label : rowIcon(looks[action].icon)}</button>`
}

function labelOf(action: Action, { state, verdict }: Upload): LabelName {
  if (action === 'start' && verdict?.outcome === 'warn') return 'uploadAnyway'
  if (action === 'retry' && state.name === 'waiting') return 'tryNow'
  if (action === 'remove' && isHandedOver(state)) return 'hide'
  return looks[action].label
}
