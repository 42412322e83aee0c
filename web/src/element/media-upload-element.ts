/**
 * The `<media-upload>` element: joins its parts and passes on what people, pages and
 * browsers do. The session handles the files; list/ shows them. Importing this registers
 * nothing (media-upload-element-define.ts does).
 */
import type { PropertyValues, TemplateResult } from 'lit'
import { LitElement, html, nothing } from 'lit'
import type { EngineFactory } from '../engine/engine.js'
import { Localization } from '../i18n/localization.js'
import type { FileDetail } from '../session/upload.js'
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
import { styles } from './styles/styles.js'
import { filesIn, hasFiles } from './transferred-files.js'

/**
 * Moving the element within its document, or removing it for a few seconds, has no effect
 * (disconnect-timer.ts). If it stays out for longer it keeps its files but stops them: uploads
 * are `queued`, and resume from the server's offset when it comes back.
 */
export class MediaUploadElement extends ElementProperties {
  static override readonly styles = styles
  static override readonly shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true }

  /** Loads the code of the engine; set once by the module that registers the element. */
  static loadEngine: () => Promise<EngineFactory>

  readonly #localization = new Localization(this)
  readonly #area = new FileArea(this, this.#localization, {
    loadEngine: () => MediaUploadElement.loadEngine(),
    isDisabled: () => this.isDisabled,
    valueChanged: () => this.valueChanged(),
    chooseFor: (upload) => this.#dialog.open(upload),
  })
  readonly #dialog = new FileDialog(this, {
    isDisabled: () => this.isDisabled,
    add: (files, chosenFor) => void this.#area.add(files, chosenFor),
  })
  readonly #dropTarget = new DropTarget(this, {
    isDisabled: () => this.isDisabled,
    dragging: (dragging) => this.#drag(dragging),
    dropped: (files) => void this.addFiles(files),
  })
  readonly #disconnectTimer = new DisconnectTimer({ expired: () => this.#suspend(), reconnected: () => this.#area.session?.wake() }, window)
  readonly #leaveGuard = new LeaveGuard()
  #dragging = false
  #ticker: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.addEventListener('paste', (event) => void this.#paste(event))
    for (const interest of ['pointerenter', 'focusin', 'dragenter']) this.addEventListener(interest, () => void this.#area.warm(), { once: true })
  }

  // The interface for pages.

  /** Every file of the list, in its order. */
  get files(): readonly FileDetail[] {
    return this.#area.files.files
  }

  /** The asset IDs of the finished files, which a form submits under the element's name. */
  get value(): readonly string[] {
    return this.#area.uploads.flatMap(({ state }) => (state.name === 'done' ? [state.asset.id] : []))
  }

  /**
   * Adds files as a drop does and returns the ids of those that were accepted. If an upload of an earlier
   * visit misses a file of the same size, the id is that upload's; if the content turns out to differ, the
   * file is added under an id of its own.
   */
  addFiles(files: Iterable<File>): readonly string[] {
    return this.isDisabled ? [] : this.#area.add([...files])
  }

  /** Starts one file or all that are ready. */
  start(id?: string): void {
    this.#area.session?.start(id)
  }

  /** Pauses one upload or all. */
  pause(id?: string): void {
    this.#area.session?.pause(id)
  }

  /** Resumes one paused upload or all. One that waits retries now. */
  resume(id?: string): void {
    this.#area.session?.resume(id)
  }

  /** Retries one failed upload or all, from the server's offset. */
  retry(id?: string): void {
    this.#area.session?.retry(id)
  }

  /** Cancels one upload or all whose bytes are not all on the server, here and there. */
  cancel(id?: string): void {
    this.#area.files.cancel(id)
  }

  /** Removes one file from the list; without an id, the element from its document, as every element's `remove()`. */
  override remove(id?: string): void {
    if (id === undefined) super.remove()
    else this.#area.files.remove(id)
  }

  /** Empties the list and cancels unfinished uploads. */
  clear(): void {
    this.#area.files.clear()
  }

  /** Opens the file dialog. Browsers require a user action, such as a click. */
  openPicker(): void {
    this.#dialog.open()
  }

  // The callbacks of the browser and of Lit.

  override connectedCallback(): void {
    super.connectedCallback()
    this.#localization.connect()
    this.#dropTarget.connect()
    this.#disconnectTimer.stop()
    this.requestUpdate()
    window.addEventListener('online', this.#online)
    window.addEventListener('offline', this.#offline)
    whenIdle(() => {
      if (!this.isConnected) return
      void this.#area.preload().then(() => this.#area.restore())
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#localization.disconnect()
    this.#dropTarget.disconnect()
    window.removeEventListener('online', this.#online)
    window.removeEventListener('offline', this.#offline)
    this.#disconnectTimer.start()
  }

  override formResetCallback(): void {
    this.clear()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { session, focusRestorer } = this.#area
    if (changed.has('lang') || changed.has('messages')) this.#localization.update()
    if (changed.has('getToken') && session) session.token.getToken = this.getToken
    if (this.hasUpdated && (changed.has('purpose') || changed.has('kinds'))) session?.recheck()
    if (changed.has('endpoint')) this.#area.changeEndpoint()
    focusRestorer?.save()
  }

  protected override updated(): void {
    const { files, focusRestorer, list, uploads } = this.#area
    const { texts } = this.#localization
    focusRestorer?.restore()
    list.observeSentinel()
    this.#tick()
    this.updateForm({
      multiple: this.multiple,
      missing: this.required && this.value.length === 0 ? texts.label('valueMissing') : '',
      underway: list.module?.isBusy(uploads) ? texts.label('valueUnderway') : '',
      anchor: this.renderRoot.querySelector<HTMLElement>('[part=browse]') ?? undefined,
      states: list.module?.statesOf(uploads, this.#dragging) ?? { dragging: this.#dragging, empty: files.size === 0, offline: !navigator.onLine },
    })
  }

  protected override render(): TemplateResult {
    const { announcements, session, uploads } = this.#area
    const { texts, isLoadingFirst } = this.#localization
    return html`
      <div part="base" class="base" aria-busy=${isLoadingFirst || nothing}>
        ${dropzone({
          texts,
          multiple: this.multiple,
          disabled: this.isDisabled,
          dragging: this.#dragging,
          compact: uploads.length > 0,
          accept: dialogTypes(parseKinds(this.kinds)),
          browse: () => this.openPicker(),
          picked: this.#dialog.picked,
        })}
        ${announcements.notices(session?.token).map(noticeBar)}
        ${this.#area.rows()}
        <div class="visually-hidden" role="status" aria-live="polite">${announcements.liveText}</div>
      </div>`
  }

  async #paste(event: ClipboardEvent): Promise<void> {
    if (this.isDisabled || !hasFiles(event.clipboardData)) return
    event.preventDefault()
    this.addFiles(await filesIn(event.clipboardData))
  }

  #drag(dragging: boolean): void {
    this.#dragging = dragging
    if (dragging) void this.#area.warm()
    this.requestUpdate()
  }

  readonly #online = (): void => {
    this.#area.session?.nudge()
    this.#area.restore()
    this.requestUpdate()
  }

  readonly #offline = (): void => this.requestUpdate()

  /** Renders every second while a time or speed is shown, and guards the page while uploads could be lost. */
  #tick(): void {
    const { session, uploads } = this.#area
    clearTimeout(this.#ticker)
    this.#ticker = this.isConnected && session?.isTicking ? setTimeout(() => this.requestUpdate(), 1000) : undefined
    this.#leaveGuard.set(this.isConnected && uploads.some((upload) => upload.needsWindow))
  }

  #suspend(): void {
    this.#area.suspend()
    this.#tick()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'media-upload': MediaUploadElement
  }
}
