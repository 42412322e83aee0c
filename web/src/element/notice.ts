/** A bar above the files with a message about all of them and, if there is one, a button. */
import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { Texts } from '../i18n/messages.js'
import type { IconName } from '../list/icons.js'
import { icon } from '../list/icons.js'
import type { TokenProvider } from '../session/token-provider.js'

export interface Notice {
  readonly icon: IconName
  readonly text: string
  /** The button's text; empty for no button. */
  readonly action: string
  act(): void
  /** A second button, which removes the notice. */
  readonly dismiss?: { readonly text: string; act(): void }
}

export function noticeBar({ icon: name, text, action, act, dismiss }: Notice): TemplateResult {
  return html`
    <div class="notice">
      ${icon(name)}<p>${text}</p>
      ${action === '' ? nothing : html`<button part="action" type="button" class="button small" data-action="notice" @click=${act}>${action}</button>`}
      ${dismiss === undefined ? nothing : html`<button part="action" type="button" class="button small quiet" data-action="dismiss" @click=${dismiss.act}>${dismiss.text}</button>`}
    </div>`
}

/** The notice that a token is slow or missing; undefined if no token is needed. */
export function tokenNotice(token: Pick<TokenProvider, 'state' | 'getToken' | 'tryNow'>, texts: Texts): Notice | undefined {
  const { state } = token
  if (state.name === 'idle' || (state.name === 'asking' && !state.slow)) return undefined
  const text = texts.label(state.name === 'asking' ? 'tokenSlow' : state.problem === 'token_invalid' ? 'tokenInvalid' : 'tokenBlocked')
  return { icon: 'key', text, action: token.getToken === undefined ? '' : texts.label('tryNow'), act: () => token.tryNow() }
}
