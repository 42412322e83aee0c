/** The list of files: the summary, the rows, and a sentinel that renders more rows when scrolled to. */
import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { guard } from 'lit/directives/guard.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Thumbnails } from './thumbnails.js'
import type { RowContext } from './row-context.js'
import { row } from './row.js'
import type { SummaryContext } from './summary.js'
import { summary } from './summary.js'
import type { Upload } from '../session/upload.js'
import { isActive, isPending } from '../session/upload-state.js'

export interface ListContext extends SummaryContext, Pick<RowContext, 'act' | 'copy'> {
  readonly uploads: readonly Upload[]
  /** How many rows to render: 500 dropped files must not freeze the page. */
  readonly maxRows: number
  readonly thumbnails: Thumbnails
  /** The field that was copied a moment ago. */
  readonly copied: CopiedField | undefined
}

export interface CopiedField {
  readonly upload: Upload
  readonly field: string
}

export function list(context: ListContext): TemplateResult {
  const { uploads, maxRows, texts } = context
  const sole = soleReady(uploads)
  return html`
    ${summary(uploads, context)}
    <ul part="list" class="list" role="list" aria-label=${texts.label('list')}>
      ${repeat(uploads.slice(0, maxRows), (upload) => upload.id, (upload) => guardedRow(upload, context, upload === sole))}
    </ul>
    ${mayClose(uploads) ? html`<p class="note foot">${texts.label('mayClose')}</p>` : nothing}
    ${uploads.length > maxRows ? html`<div class="sentinel"></div>` : nothing}`
}

/** Uploads are under way, all of them would resume without this window, and no other file would be lost with it. */
function mayClose(uploads: readonly Upload[]): boolean {
  const resumes = uploads.some(({ state, uploaded }) => isPending(state) && state.name !== 'paused' && !uploaded)
  return resumes && !uploads.some(({ state, needsWindow }) => needsWindow || state.name === 'checking' || state.name === 'ready')
}

/** The file that is ready, if it is the only one: its row's button is then the only one to start uploads. */
function soleReady(uploads: readonly Upload[]): Upload | undefined {
  const ready = uploads.filter(({ state }) => state.name === 'ready')
  return ready.length === 1 ? ready[0] : undefined
}

/** Renders a row again only if something that it shows has changed. */
function guardedRow(upload: Upload, context: ListContext, isSoleReady: boolean): unknown {
  const { texts, disabled, act, copy } = context
  const now = Date.now()
  const thumbnail = context.thumbnails.url(upload)
  const copied = context.copied?.upload === upload ? context.copied.field : undefined
  const tick = Math.floor(now / (isActive(upload.state) ? 1_000 : 60_000))
  const dependencies = [upload.version, thumbnail, copied, tick, texts, disabled, isSoleReady]
  return guard(dependencies, () => row(upload, { texts, now, disabled, thumbnail, copied, isSoleReady, act, copy }))
}
