/** One row of the list: what is known about an upload, and the buttons for what can be done with it. */
import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { Failure, Reason } from '../engine/engine.js'
import type { LabelName } from '../i18n/labels.js'
import type { Texts } from '../i18n/messages.js'
import { resultFields } from './results.js'
import type { RowAction, RowContext } from './row-context.js'
import type { RowIconName } from './row-icons.js'
import { kindIcon, rowIcon } from './row-icons.js'
import { notesOf } from './row-notes.js'
import { statusOf } from './status.js'
import type { Upload } from '../session/upload.js'
import type { StateName } from '../session/upload-state.js'
import { isProcessing } from '../session/upload-state.js'
import { typeName } from './type-name.js'
import { unbroken } from './unbroken.js'

export function row(upload: Upload, context: RowContext): TemplateResult {
  const { texts, now } = context
  const status = statusOf(upload, texts, now)
  return html`
    <li part="item" class="item" data-file-id=${upload.id} data-state=${upload.state.name} data-tone=${status.tone}>
      ${thumb(upload, context)}
      <div class="text">
        ${fileName(upload.name)}
        <div part="meta" class="meta">${unbroken(meta(upload, texts))}</div>
      </div>
      <div part="status" class="status">${rowIcon(status.icon)}<span>${unbroken(status.text)}</span></div>
      <div class="actions">${actionsOf(upload).map((action) => actionButton(action, upload, context))}</div>
      <div class="more">${bar(upload, texts)} ${notes(upload, texts)} ${serverProblem(upload, texts)} ${verdict(upload, texts)} ${results(upload, context)}</div>
    </li>`
}

function thumb(upload: Upload, { thumbnail }: RowContext): TemplateResult {
  const picture = thumbnail === undefined ? kindIcon(upload.kind) : html`<img src=${thumbnail} alt="" />`
  return html`<div part="thumb" class="thumb" data-kind=${upload.kind || 'file'}>${picture}</div>`
}

/** Characters at the end that stay visible when a long name is cut: the extension, and what distinguishes numbered files. */
const tailLength = 10

/** Two spans, of which the style sheet truncates the first; together they contain the whole name. */
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
  return notesOf(upload).map((note) => html`<p class="note" data-note=${note}>${unbroken(texts.label(note))}</p>`)
}

function verdict(upload: Upload, texts: Texts): TemplateResult | typeof nothing {
  const { state } = upload
  if (state.name === 'failed') return html`<div part="verdict" class="verdict">${failureText(state.failure, texts)}</div>`
  const reasons = upload.verdict?.reasons ?? []
  if (reasons.length === 0) return nothing
  return html`<div part="verdict" class="verdict">${reasons.map((reason) => reasonWithFixes(reason, texts))}</div>`
}

/** Why the last attempt on the server failed; it retries by itself. */
function serverProblem({ state }: Upload, texts: Texts): TemplateResult | typeof nothing {
  if (!('problem' in state) || state.problem === undefined) return nothing
  return html`<div part="verdict" class="verdict problem">${failureText(state.problem, texts)}</div>`
}

function failureText(failure: Failure, texts: Texts): TemplateResult {
  return html`<div part="reason" class="reason" data-code=${failure.code}>${unbroken(texts.failure(failure))}${details(texts.detail(failure), texts)}</div>`
}

function reasonWithFixes(reason: Reason, texts: Texts): TemplateResult {
  return html`
    <div part="reason" class="reason" data-code=${reason.code} data-severity=${reason.severity}>${unbroken(texts.reason(reason))}</div>
    ${fixList(texts.fixes(reason), texts)} ${details(texts.detail(reason), texts)}`
}

/** Details for experts, closed at first. */
function details(text: string, texts: Texts): TemplateResult | typeof nothing {
  if (text === '') return nothing
  return html`<details class="details"><summary>${texts.label('details')}</summary>${text}</details>`
}

function fixList(fixes: readonly string[], texts: Texts): TemplateResult | typeof nothing {
  if (fixes.length === 0) return nothing
  return html`<ul class="fixes" aria-label=${texts.label('howToFix')}>
    ${fixes.map((fix) => html`<li part="fix" class="fix">${unbroken(fix)}</li>`)}
  </ul>`
}

function results(upload: Upload, context: RowContext): TemplateResult | typeof nothing {
  if (upload.state.name !== 'done') return nothing
  const { asset, clockAhead } = upload.state
  return resultFields(upload, asset, { ...context, now: context.now + clockAhead })
}

function actionsOf({ state, sender }: Upload): readonly RowAction[] {
  switch (state.name) {
    case 'missing':
      return state.comparing ? ['cancel'] : ['choose', 'cancel']
    case 'ready':
      return ['start', 'remove']
    case 'uploading':
      return ['pause', 'cancel']
    case 'waiting':
      // The notice about the sign-in has the button that asks for a token again.
      return state.reason === 'token' ? ['pause', 'cancel'] : ['retry', 'pause', 'cancel']
    case 'paused':
      return ['resume', 'cancel']
    case 'queued':
      return [sender === 'none' ? 'cancel' : 'pause']
    case 'failed':
      return state.failure.retryable ? ['retry', 'remove'] : ['remove']
    default:
      return ['remove']
  }
}

const buttons: { readonly [A in RowAction]: { readonly icon: RowIconName; readonly label: LabelName } } = {
  start: { icon: 'upload', label: 'upload' },
  pause: { icon: 'pause', label: 'pause' },
  resume: { icon: 'play', label: 'resume' },
  cancel: { icon: 'close', label: 'cancel' },
  retry: { icon: 'retry', label: 'retry' },
  remove: { icon: 'close', label: 'remove' },
  choose: { icon: 'upload', label: 'chooseFile' },
}

/** Actions that the person is expected to take have text; the others are icons. */
const withText = new Set<RowAction>(['start', 'retry', 'resume', 'choose'])

function actionButton(action: RowAction, upload: Upload, context: RowContext): TemplateResult {
  const { texts, disabled } = context
  const label = texts.label(labelOf(action, upload))
  const look = withText.has(action) ? `button small ${isPrimary(action, upload, context) ? 'primary' : ''}` : 'icon-button'
  return html`
    <button
      part="action" type="button" class=${look} data-action=${action}
      aria-label=${texts.label('actionOn', { action: label, name: upload.name })} title=${withText.has(action) ? nothing : label}
      ?disabled=${disabled} @click=${() => context.act(action, upload)}
    >${withText.has(action) ? label : rowIcon(buttons[action].icon)}</button>`
}

/** The one thing to do next. That a file with a warning is sent anyway is not proposed. */
function isPrimary(action: RowAction, { verdict }: Upload, { isSoleReady }: RowContext): boolean {
  return action === 'start' && isSoleReady && verdict?.outcome !== 'warn'
}

function labelOf(action: RowAction, { state, verdict }: Upload): LabelName {
  if (action === 'start' && verdict?.outcome === 'warn') return 'uploadAnyway'
  if (action === 'retry' && state.name === 'waiting') return 'tryNow'
  if (action === 'remove' && isProcessing(state)) return 'hide'
  return buttons[action].label
}
