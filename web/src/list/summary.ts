/** The line above the rows: how many files are finished, and the actions that concern several files. For one file, its row has the button. */
import type { TemplateResult } from 'lit'
import { html } from 'lit'
import type { Texts } from '../i18n/messages.js'
import type { Upload } from '../session/upload.js'
import { isSettled, isInProgress } from '../session/upload-state.js'

export interface SummaryContext {
  readonly texts: Texts
  readonly disabled: boolean
  start(): void
  pause(): void
  resume(): void
  clearSettled(): void
}

export function summary(uploads: readonly Upload[], context: SummaryContext): TemplateResult {
  return html`
    <div class="summary">
      <p class="count">${countText(uploads, context.texts)}</p>
      <div class="all-actions">${allActions(uploads, context)}</div>
    </div>`
}

function countText(uploads: readonly Upload[], texts: Texts): TemplateResult {
  const done = uploads.filter((upload) => upload.state.name === 'done').length
  const total = uploads.length
  const files = html`<strong>${texts.label('total', { count: total })}</strong>`
  if (done === 0 || total === 1) return files
  return html`${files} <span class="muted">${texts.label('totalDone', { done, total })}</span>`
}

function allActions(uploads: readonly Upload[], context: SummaryContext): readonly TemplateResult[] {
  const { texts } = context
  const several = (test: (upload: Upload) => boolean) => uploads.filter(test).length > 1
  const ready = uploads.filter(({ state }) => state.name === 'ready').length
  const buttons = [
    several(({ state }) => isSettled(state)) && button('clear', texts.label('clearSettled'), context.clearSettled, context),
    several(({ state }) => isInProgress(state)) && button('pause-all', texts.label('pauseAll'), context.pause, context),
    several(({ state }) => state.name === 'paused') && button('resume-all', texts.label('resumeAll'), context.resume, context),
    ready > 1 && button('start-all', texts.label('uploadAll', { count: ready }), context.start, context),
  ]
  return buttons.filter((button) => button !== false)
}

function button(action: string, label: string, act: () => void, { disabled }: SummaryContext): TemplateResult {
  const look = action === 'start-all' ? 'primary' : 'quiet'
  return html`<button part="action" type="button" class="button small ${look}" data-action=${action} ?disabled=${disabled} @click=${act}>${label}</button>`
}
