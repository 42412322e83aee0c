/**
 * Says why a form cannot be submitted if its control is not visible, such as in a closed tab panel: browsers show their
 * own message at the control, and none if it cannot be seen.
 */

interface Control extends HTMLElement {
  readonly validationMessage: string
}

/** Milliseconds for which the notice is shown: time to read two sentences. */
const shownMs = 8_000

const style = `
  :host {
    position: fixed;
    inset: auto 0 24px;
    inline-size: fit-content;
    max-inline-size: min(32rem, calc(100vw - 32px));
    margin: 0 auto;
    padding: 12px 18px;
    border: 1px solid light-dark(#8a5300, #f2b95c);
    border-radius: 10px;
    background: light-dark(#fff, #141a19);
    color: light-dark(#17211f, #edf2f0);
    font: 15px/1.45 system-ui, sans-serif;
    box-shadow: 0 6px 24px rgb(0 0 0 / 25%);
    z-index: 2147483647;
  }`

export class InvalidNotice {
  readonly #control: Control
  #shown: HTMLElement | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(control: Control) {
    this.#control = control
  }

  /** Listens to `invalid`. A page that prevents the event says it in its own way; its listeners may run after this one. */
  readonly invalid = (event: Event): void => {
    setTimeout(() => {
      if (!event.defaultPrevented && !this.#control.checkVisibility({ visibilityProperty: true })) this.#show()
    })
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#shown?.remove()
    this.#shown = undefined
  }

  #show(): void {
    this.close()
    const { ownerDocument, lang, validationMessage } = this.#control
    if (validationMessage === '') return
    const notice = (this.#shown = ownerDocument.createElement('div'))
    notice.role = 'alert'
    notice.lang = lang
    notice.dataset['mediaUploadNotice'] = ''
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(style)
    const root = notice.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [sheet]
    root.textContent = validationMessage
    // In a modal dialog, everything outside is out of reach of screen readers.
    const parent = this.#control.closest('dialog') ?? ownerDocument.body
    parent.append(notice)
    notice.popover = 'manual'
    notice.showPopover()
    this.#timer = setTimeout(() => this.close(), shownMs)
  }
}
