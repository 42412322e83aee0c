/** The parts of the element around its rows: where files are dropped and what is to be said. */
import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { icon } from '../list/icons.js'
import type { IconName } from '../list/icons.js'
import type { Texts } from '../i18n/messages.js'
import type { TokenBroker } from '../session/token-provider.js'

export interface DropzoneContext {
  readonly texts: Texts
  readonly multiple: boolean
  readonly disabled: boolean
  readonly dragging: boolean
  /** There are files already: a smaller place is enough. */
  readonly compact: boolean
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

/** The whole place invites a click; links in the hint and the button itself keep theirs. */
function openOutsideButton(event: Event, { disabled, browse }: DropzoneContext): void {
  const interactive = event.composedPath().some((node) => node instanceof Element && node.matches('button, a, input, summary'))
  if (!interactive && !disabled) browse()
}

export interface Notice {
  readonly icon: IconName
  readonly text: string
  readonly action: string
  act(): void
}

export function noticeBar({ icon: name, text, action, act }: Notice): TemplateResult {
  return html`
    <div class="notice">
      ${icon(name)}<p>${text}</p>
      ${action === '' ? nothing : html`<button part="action" type="button" class="button small" data-action="notice" @click=${act}>${action}</button>`}
    </div>`
}

/** What is to be said about the token; undefined while all is well. */
export function tokenNotice(token: Pick<TokenBroker, 'state' | 'getToken' | 'tryNow'>, texts: Texts): Notice | undefined {
  const { state } = token
  if (state.name === 'idle' || (state.name === 'asking' && !state.slow)) return undefined
  const text = texts.label(state.name === 'asking' ? 'tokenSlow' : 'tokenBlocked')
  return { icon: 'key', text, action: token.getToken === undefined ? '' : texts.label('tryNow'), act: () => token.tryNow() }
}
