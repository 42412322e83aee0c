/**
 * What `<media-upload>` does inside: joins its parts and passes on what people, pages and
 * browsers do. The session handles the files; list/ shows them.
 */
import type { PropertyValues, TemplateResult } from 'lit'
import { LitElement, html, nothing } from 'lit'
import type { EngineFactory } from '../engine/engine.js'
import { warnPage } from '../engine/page-warning.js'
import { serverOf } from '../engine/server-url.js'
import { Localization } from '../i18n/localization.js'
import { hasPlace, placeOf } from './address.js'
import { dialogTypes, parseKinds } from './attribute-values.js'
import { DisconnectTimer } from './disconnect-timer.js'
import { DropTarget } from './drop-target.js'
import { dropzone } from './dropzone.js'
import { ElementProperties } from './element-properties.js'
import { FileArea } from './file-area.js'
import { FileDialog } from './file-dialog.js'
import { whenIdle } from './idle.js'
import { LeaveGuard } from './leave-guard.js'
import { noticeBar } from './notice.js'
import { pageElements } from './page-elements.js'
import { placeParts } from './session-host.js'
import { styles } from './styles/styles.js'
import { filesIn, pastesFiles } from './transferred-files.js'

/**
 * Moving the element within its document, or removing it for a few seconds, has no effect
 * (disconnect-timer.ts). If it stays out for longer it keeps its files but stops them: uploads
 * are `queued`, and resume from the server's offset when it comes back.
 */
export abstract class ElementView extends ElementProperties {
  static override readonly styles = styles
  static override readonly shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true }

  /** Loads the code of the engine; set once by the module that registers the element. */
  static loadEngine: () => Promise<EngineFactory>

  readonly #localization = new Localization(this)
  protected readonly area = new FileArea(this, this.#localization, {
    loadEngine: () => (this.constructor as typeof ElementView).loadEngine(),
    isDisabled: () => this.isDisabled,
    valueChanged: () => this.valueChanged(),
    syncValue: () => this.syncValue(),
    chooseFor: (upload) => this.dialog.open(upload),
  })
  protected readonly dialog = new FileDialog(this, {
    isDisabled: () => this.isDisabled,
    add: (files, chosenFor) => void this.area.add(files, chosenFor),
  })
  readonly #dropTarget = new DropTarget(this, {
    isDisabled: () => this.isDisabled,
    dragging: (dragging) => this.#drag(dragging),
    dropped: (files) => void (this.isDisabled || this.area.add(files)),
  })
  readonly #disconnectTimer = new DisconnectTimer({ expired: () => this.#suspend(), reconnected: () => this.area.session?.wake() }, window)
  readonly #leaveGuard = new LeaveGuard()
  #dragging = false
  #ticker: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.addEventListener('paste', (event) => void this.#paste(event))
    for (const interest of ['pointerenter', 'focusin', 'dragenter']) this.addEventListener(interest, () => void this.area.warm(), { once: true })
  }

  override get value(): readonly string[] {
    return [...new Set(this.area.uploads.flatMap(({ state }) => (state.name === 'done' ? [state.asset.id] : [])))]
  }

  override connectedCallback(): void {
    super.connectedCallback()
    pageElements.add(this, () => (hasPlace(placeParts(this)) ? placeOf(placeParts(this)) : undefined))
    this.#localization.connect()
    this.#dropTarget.connect()
    this.#disconnectTimer.stop()
    this.requestUpdate()
    window.addEventListener('online', this.#online)
    window.addEventListener('offline', this.#offline)
    whenIdle(() => {
      if (!this.isConnected) return
      void this.area.preload().then(() => this.area.restore())
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    pageElements.delete(this)
    this.#localization.disconnect()
    this.#dropTarget.disconnect()
    window.removeEventListener('online', this.#online)
    window.removeEventListener('offline', this.#offline)
    this.#disconnectTimer.start()
  }

  override formResetCallback(): void {
    this.area.files.clear()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { session, focusRestorer } = this.area
    if (changed.has('lang') || changed.has('messages')) this.#localization.update()
    if (changed.has('getToken') && session) session.token.getToken = this.getToken
    if (this.hasUpdated && (changed.has('purpose') || changed.has('kinds'))) session?.recheck()
    if (changed.has('endpoint')) this.#endpointChanged()
    focusRestorer?.save()
  }

  protected override updated(): void {
    const { files, focusRestorer, list, uploads } = this.area
    const { texts } = this.#localization
    focusRestorer?.restore()
    list.observeSentinel()
    this.#tick()
    const states = list.module?.statesOf(uploads, this.#dragging) ?? { dragging: this.#dragging, empty: files.size === 0, offline: !navigator.onLine, complete: false }
    const underway = files.hasUnchecked || list.module?.isBusy(uploads) ? texts.label('valueUnderway') : ''
    const missing = underway || texts.label(states.empty || states.complete ? 'valueMissing' : 'valueUnfinished')
    this.updateForm({
      missing: this.required && this.value.length === 0 ? missing : '',
      underway, states,
      anchor: this.renderRoot.querySelector<HTMLElement>('[part=browse]') ?? undefined,
    })
  }

  /** The direction is that of the words, unless the page gives the element one of its own. */
  protected override render(): TemplateResult {
    const { announcements, uploads } = this.area
    const { texts, isLoadingFirst } = this.#localization
    return html`
      <div part="base" class="base" lang=${texts.locale} dir=${this.dir || texts.direction} aria-busy=${isLoadingFirst || nothing}>
        ${dropzone({
          texts,
          multiple: this.multiple,
          disabled: this.isDisabled,
          dragging: this.#dragging,
          compact: uploads.length > 0,
          accept: dialogTypes(parseKinds(this.kinds)),
          browse: () => this.dialog.open(),
          picked: this.dialog.picked,
        })}
        ${this.area.notices().map(noticeBar)}
        ${this.area.rows()}
        <div class="visually-hidden" role="status" aria-live="polite">${announcements.liveText}</div>
      </div>`
  }

  #endpointChanged(): void {
    if (serverOf(this.endpoint) === '') {
      warnPage('endpoint must be an http(s) URL without query and fragment, such as "https://media.example.com"; nothing is uploaded (endpoint_invalid)')
    }
    this.area.changeEndpoint()
  }

  async #paste(event: ClipboardEvent): Promise<void> {
    if (this.isDisabled || !pastesFiles(event)) return
    event.preventDefault()
    this.area.add(await filesIn(event.clipboardData))
  }

  #drag(dragging: boolean): void {
    this.#dragging = dragging
    if (dragging) void this.area.warm()
    this.requestUpdate()
  }

  readonly #online = (): void => {
    this.area.session?.nudge()
    this.area.restore()
    this.requestUpdate()
  }

  readonly #offline = (): void => this.requestUpdate()

  /** Renders every second while a time or speed is shown, and guards the page while uploads could be lost. */
  #tick(): void {
    const { session, uploads } = this.area
    clearTimeout(this.#ticker)
    this.#ticker = this.isConnected && session?.isTicking ? setTimeout(() => this.requestUpdate(), 1000) : undefined
    this.#leaveGuard.set(this.isConnected && uploads.some((upload) => upload.needsWindow))
  }

  #suspend(): void {
    this.area.suspend()
    this.#tick()
  }
}
