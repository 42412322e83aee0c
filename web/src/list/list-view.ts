/** The list of files: its head, its rows and the place that draws more of them when it is scrolled to. */
import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { guard } from 'lit/directives/guard.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Previews } from './preview.js'
import type { RowContext } from './row.js'
import { row } from './row.js'
import type { SummaryContext } from './summary.js'
import { summary } from './summary.js'
import type { Upload } from '../session/upload.js'
import { isMoving, isOnTheWay } from '../session/upload-state.js'

export interface ListContext extends SummaryContext, Pick<RowContext, 'act' | 'copy'> {
  readonly uploads: readonly Upload[]
  /** Rows drawn so far: 500 dropped files must not freeze the page. */
  readonly drawn: number
  readonly previews: Previews
  /** The field that was copied a moment ago. */
  readonly copied: CopiedField | undefined
}

export interface CopiedField {
  readonly upload: Upload
  readonly field: string
}

export function list(context: ListContext): TemplateResult {
  const { uploads, drawn, texts } = context
  return html`
    ${summary(uploads, context)}
    <ul part="list" class="list" role="list" aria-label=${texts.label('list')}>
      ${repeat(uploads.slice(0, drawn), (upload) => upload.id, (upload) => guardedRow(upload, context))}
    </ul>
    ${mayClose(uploads) ? html`<p class="note foot">${texts.label('mayClose')}</p>` : nothing}
    ${uploads.length > drawn ? html`<div class="sentinel"></div>` : nothing}`
}

/** Something runs, and this window is not needed for it. */
function mayClose(uploads: readonly Upload[]): boolean {
  return uploads.some(({ state, safe }) => isOnTheWay(state) && !safe) && !uploads.some((upload) => upload.needsWindow)
}

/** A row is rendered again only when something that it shows has changed. */
function guardedRow(upload: Upload, context: ListContext): unknown {
  const { texts, disabled, act, copy } = context
  const now = Date.now()
  const thumbnail = context.previews.url(upload)
  const copied = context.copied?.upload === upload ? context.copied.field : undefined
  const second = isMoving(upload.state) ? Math.floor(now / 1000) : 0
  const depends = [upload.version, thumbnail, copied, second, texts, disabled]
  return guard(depends, () => row(upload, { texts, now, disabled, thumbnail, copied, act, copy }))
}
