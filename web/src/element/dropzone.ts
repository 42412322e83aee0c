/** The dropzone: a place to drop files, the browse button, the page's hint and the file input. */
import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { icon } from '../list/icons.js'
import type { Texts } from '../i18n/messages.js'

export interface DropzoneContext {
  readonly texts: Texts
  readonly multiple: boolean
  readonly disabled: boolean
  readonly dragging: boolean
  /** There are files already: one line is enough. */
  readonly compact: boolean
  /** The `accept` attribute of the file input. */
  readonly accept: string
  browse(): void
  picked(event: Event): void
}

export function dropzone(context: DropzoneContext): TemplateResult {
  const { texts, multiple, disabled, compact } = context
  return html`
    <div part="dropzone" class="dropzone" data-compact=${compact || nothing} @click=${(event: Event) => openOutsideButton(event, context)}>
      <div class="glyph">${icon('upload')}</div>
      <div class="invitation">
        <p class="title">${dropTitle(context)}</p>
        ${compact ? nothing : html`<p class="subtitle">${texts.label(multiple ? 'dropOr' : 'dropOrOne')}</p>`}
      </div>
      <button part="browse" type="button" class="button ${compact ? '' : 'primary'}" ?disabled=${disabled} @click=${context.browse}>
        ${texts.label(multiple ? 'browse' : 'browseOne')}
      </button>
      <div class="hint" ?hidden=${compact}><slot name="hint"></slot></div>
      <input
        class="visually-hidden" type="file" tabindex="-1" aria-hidden="true" accept=${context.accept || nothing}
        ?multiple=${multiple} ?disabled=${disabled} @change=${context.picked} @input=${(event: Event) => event.stopPropagation()}
      />
    </div>`
}

function dropTitle({ texts, multiple, compact, dragging }: DropzoneContext): string {
  if (dragging) return texts.label('dropNow')
  if (compact && multiple) return texts.label('dropMore')
  return texts.label(multiple ? 'dropTitle' : 'dropTitleOne')
}

/** A click anywhere in the dropzone opens the file dialog, except on the button itself and on links in the hint. */
function openOutsideButton(event: Event, { disabled, browse }: DropzoneContext): void {
  const interactive = event.composedPath().some((node) => node instanceof Element && node.matches('button, a, input, summary'))
  if (!interactive && !disabled) browse()
}
