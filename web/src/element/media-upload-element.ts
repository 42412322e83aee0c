/**
 * The `<media-upload>` element: attributes and files in, rows and events out.
 * What happens to the files is the session's; how a row looks is row.ts'.
 * Importing this registers nothing (media-upload-element-define.ts does).
 */
import type { PropertyValues, TemplateResult } from 'lit'
import { LitElement, html, nothing } from 'lit'
import { Absence } from './disconnect-timer.js'
import { originOf, placeOf } from './address.js'
import { dialogTypes, parseKinds, parsePurposes } from './choices.js'
import { Desk } from './file-list.js'
import { DropTarget } from './drop-target.js'
import type { EngineFactory } from '../engine/engine.js'
import type { MediaUploadDetails, MediaUploadEventMap } from '../session/events.js'
import { carriesFiles, filesOf } from './file-drop.js'
import { FileIntake } from './file-intake.js'
import type { FocusKeeper } from './focus-keeper.js'
import { FormControl } from './form-control.js'
import { whenIdle } from './idle.js'
import { LeaveGuard } from './leave-guard.js'
import type { List, ListPartHost } from './list-part.js'
import { ListPart } from './list-part.js'
import type { Messages, Texts } from '../i18n/messages.js'
import type { Action } from '../list/row.js'
import type { Session, SessionHost } from '../session/session.js'
import { Speech } from '../i18n/localization.js'
import { styles } from './styles/styles.js'
import type { GetToken } from '../session/token-provider.js'
import type { FileDetail, Upload } from '../session/upload.js'
import { dropzone, noticeBar } from './view.js'
import type { VoiceHost } from './announcements.js'
import { Voice } from './announcements.js'

/** Further Upload-Metadata pairs: the same for all files, or made for each. */
export type Metadata = Readonly<Record<string, string>> | ((file: File) => Readonly<Record<string, string>>)

/** Files uploading at once where `concurrency` says nothing. */
const defaultConcurrency = 3

/**
 * Moving the element in its document, or taking it out for some seconds
 * (absence.ts), disturbs nothing. Out for longer it keeps its files, but nothing
 * runs: uploads are `queued` and go on where they stopped when it comes back.
 */
export class MediaUploadElement extends FormControl {
  static override readonly styles = styles
  static override readonly shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true }
  static override readonly properties = {
    endpoint: {},
    purpose: {},
    kinds: {},
    multiple: { type: Boolean },
    maxFiles: { type: Number, attribute: 'max-files' },
    concurrency: { type: Number },
    autoStart: { type: Boolean, attribute: 'auto-start' },
    lang: { reflect: true },
    getToken: { attribute: false },
    metadata: { attribute: false },
    messages: { attribute: false },
  }

  /** How the engine is reached; set once by the module that registers the element. */
  static loadEngine: () => Promise<EngineFactory>

  /**
   * The media server's origin; this page's own when empty. Another server ends what
   * is on its way to the first one: those files fail with `endpoint_changed`, and a
   * retry sends them to the new one from the beginning. Finished files stay. A token
   * that `getToken` gives from then on is never shown to the first server.
   */
  declare endpoint: string
  declare purpose: string
  declare kinds: string
  declare multiple: boolean
  declare maxFiles: number
  declare concurrency: number
  declare autoStart: boolean
  /** Set to undefined when the person signs out: the token is forgotten, and what runs waits for the next callback. */
  declare getToken: GetToken | undefined
  declare metadata: Metadata
  declare messages: Messages

  readonly #speech = new Speech(this)
  readonly #list = new ListPart(this.#listHost(), this.#speech)
  readonly #voice = new Voice(this.#voiceHost())
  readonly #desk = new Desk(this.#sessionHost(), this.#voice, ({ id }) => this.#list.previews?.drop(id))
  readonly #intake = new FileIntake(this, this.#desk, this.#voice)
  readonly #guard = new LeaveGuard()
  readonly #absence = new Absence({ left: () => this.#letGo(), returned: () => this.#session?.wake() }, window)
  readonly #dropTarget = new DropTarget(this, {
    enabled: () => !this.isDisabled,
    dragging: (on) => this.#drag(on),
    dropped: (files) => void this.addFiles(files),
  })
  #focusKeeper: FocusKeeper | undefined
  #dragging = false
  /** Whose uploads of earlier visits were asked for. */
  #restoredFrom: string | undefined
  /** The row for which the file dialog was opened. */
  #wanted: Upload | undefined
  #ticker: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.endpoint = this.purpose = this.kinds = ''
    this.multiple = this.autoStart = false
    this.maxFiles = 0
    this.concurrency = defaultConcurrency
    this.metadata = {}
    this.messages = {}
    this.addEventListener('paste', (event) => void this.#paste(event))
    for (const interest of ['pointerenter', 'focusin', 'dragenter']) this.addEventListener(interest, () => void this.#warm(), { once: true })
  }

  // What pages call and read.

  /** Every file of the list, in its order. */
  get files(): readonly FileDetail[] {
    return this.#desk.files
  }

  /** The asset IDs of the finished files: what a form sends under the element's name. */
  get value(): readonly string[] {
    return this.#uploads.flatMap(({ state }) => (state.name === 'done' ? [state.asset.id] : []))
  }

  /**
   * Adds files as if they had been dropped; returns the ids of those that were taken. A file of
   * the size of one that an earlier visit misses has that one's id, and one of its own if its content is another.
   */
  addFiles(files: Iterable<File>): readonly string[] {
    return this.isDisabled ? [] : this.#add([...files])
  }

  start(id?: string): void {
    this.#session?.start(id)
  }

  pause(id?: string): void {
    this.#session?.pause(id)
  }

  resume(id?: string): void {
    this.#session?.resume(id)
  }

  retry(id?: string): void {
    this.#session?.retry(id)
  }

  cancel(id?: string): void {
    this.#desk.cancel(id)
  }

  /** Takes one file off the list, or the element out of its document, as every element's `remove()` does. */
  override remove(id?: string): void {
    if (id === undefined) super.remove()
    else this.#desk.remove(id)
  }

  /** Empties the list; what is on its way is cancelled. */
  clear(): void {
    this.#desk.clear()
  }

  /** Opens the browser's file dialog; browsers want a click behind it. */
  openPicker(): void {
    this.#openPickerFor(undefined)
  }

  // What browsers call.

  override connectedCallback(): void {
    super.connectedCallback()
    this.#speech.connect()
    this.#dropTarget.connect()
    this.#absence.end()
    this.requestUpdate()
    window.addEventListener('online', this.#networkBack)
    window.addEventListener('offline', this.#networkGone)
    whenIdle(() => {
      if (!this.isConnected) return
      void this.#warm().then(() => this.#restore())
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#speech.disconnect()
    this.#dropTarget.disconnect()
    window.removeEventListener('online', this.#networkBack)
    window.removeEventListener('offline', this.#networkGone)
    this.#absence.begin()
  }

  override formResetCallback(): void {
    this.clear()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('lang') || changed.has('messages')) this.#speech.update()
    if (changed.has('getToken') && this.#session) this.#session.token.getToken = this.getToken
    if (this.hasUpdated && (changed.has('purpose') || changed.has('kinds'))) this.#session?.recheck()
    if (changed.has('endpoint')) this.#changeEndpoint()
    this.#focusKeeper?.before()
  }

  protected override updated(): void {
    const { code } = this.#list
    this.#focusKeeper?.after()
    this.#list.watchScrolling()
    this.#tick()
    this.tellForm({
      multiple: this.multiple,
      missing: this.required && this.value.length === 0 ? this.#texts.label('valueMissing') : '',
      underway: code?.isBusy(this.#uploads) ? this.#texts.label('valueUnderway') : '',
      anchor: this.renderRoot.querySelector<HTMLElement>('[part=browse]') ?? undefined,
    }, code?.statesOf(this.#uploads, this.#dragging) ?? { dragging: this.#dragging, empty: this.#desk.size === 0, offline: !navigator.onLine })
  }

  protected override render(): TemplateResult {
    const texts = this.#texts
    const uploads = this.#uploads
    return html`
      <div part="base" class="base" aria-busy=${this.#speech.silent || nothing}>
        ${dropzone({
          texts,
          multiple: this.multiple,
          disabled: this.isDisabled,
          dragging: this.#dragging,
          compact: uploads.length > 0,
          accept: dialogTypes(parseKinds(this.kinds)),
          browse: () => this.openPicker(),
          picked: (event) => this.#picked(event),
        })}
        ${this.#voice.notices(this.#session?.token).map(noticeBar)}
        ${this.#rows(uploads)}
        <div class="visually-hidden" role="status" aria-live="polite">${this.#voice.live}</div>
      </div>`
  }

  #rows(uploads: readonly Upload[]): TemplateResult | typeof nothing {
    const { code, previews, drawn, copied } = this.#list
    if (uploads.length === 0 || code === undefined || previews === undefined) return nothing
    return code.list({
      texts: this.#texts,
      uploads, drawn, previews, copied,
      disabled: this.isDisabled,
      act: (action, upload) => this.#act(action, upload),
      copy: (field, value, upload) => void this.#copy(field, value, upload),
      start: () => this.start(),
      pause: () => this.pause(),
      resume: () => this.resume(),
      clearSettled: () => this.#desk.clearSettled(),
    })
  }

  // What people do.

  #act(action: Action, upload: Upload): void {
    if (action === 'remove' || action === 'cancel') return this.#desk.take(upload)
    if (action === 'choose') return this.#openPickerFor(upload)
    this.#session?.[action](upload.id)
  }

  async #copy(field: string, value: string, upload: Upload): Promise<void> {
    if (!(await this.#list.copy(field, value, upload))) return this.#voice.notify({ label: 'copyFailed' })
    this.#voice.announce('saidCopied', { what: this.#texts.label(field === 'handle' ? 'handle' : 'mediaID'), name: upload.name })
  }

  #openPickerFor(upload: Upload | undefined): void {
    this.#wanted = upload
    if (!this.isDisabled) this.renderRoot.querySelector('input')?.click()
  }

  #picked(event: Event): void {
    const input = event.target
    if (!(input instanceof HTMLInputElement) || input.files === null) return
    if (!this.isDisabled) this.#add([...input.files], this.#wanted)
    // So that the same file may be picked again after it was removed.
    input.value = ''
  }

  async #paste(event: ClipboardEvent): Promise<void> {
    if (this.isDisabled || !carriesFiles(event.clipboardData)) return
    event.preventDefault()
    this.addFiles(await filesOf(event.clipboardData))
  }

  #drag(on: boolean): void {
    this.#dragging = on
    if (on) void this.#warm()
    this.requestUpdate()
  }

  readonly #networkBack = (): void => {
    this.#session?.nudge()
    this.#restore()
    this.requestUpdate()
  }

  readonly #networkGone = (): void => this.requestUpdate()

  #add(files: readonly File[], wanted?: Upload): readonly string[] {
    const taken = this.#intake.add(files, wanted)
    void this.#loadList()
    this.#session?.queue.pump()
    return taken
  }

  // What the session asks for.

  #listHost(): ListPartHost {
    return { root: () => this.renderRoot, requestUpdate: () => this.requestUpdate(), loaded: (list) => this.#open(list) }
  }

  #sessionHost(): SessionHost {
    const element = this
    return {
      get purposes() { return parsePurposes(element.purpose) },
      get kinds() { return parseKinds(element.kinds) },
      get autoStart() { return element.autoStart },
      get concurrency() { return element.concurrency },
      get origin() { return originOf(element.endpoint) },
      get place() { return placeOf(element.name) },
      loadEngine: () => MediaUploadElement.loadEngine(),
      metadataOf: (file) => (typeof this.metadata === 'function' ? this.metadata(file) : this.metadata),
      emit: (name, detail) => this.#emit(name, detail),
      changed: () => this.requestUpdate(),
      valueChanged: () => this.valueChanged(),
      sentence: (failure) => this.#texts.failure(failure),
      isAnother: (file, wanted) => {
        this.#intake.addAnother(file, wanted)
        this.#session?.queue.pump()
      },
    }
  }

  #voiceHost(): VoiceHost {
    const element = this
    return {
      get texts() { return element.#texts },
      summary: () => this.#list.code?.spokenSummary(this.#uploads, this.#texts) ?? '',
      changed: () => this.requestUpdate(),
    }
  }

  #emit<N extends keyof MediaUploadDetails>(name: N, detail: MediaUploadDetails[N]): boolean {
    const sentence = this.#list.code?.spoken(name, detail, this.#texts)
    if (sentence) this.#voice.say(sentence)
    const cancelable = name === 'file-added' || name === 'upload-start'
    return this.dispatchEvent(new CustomEvent(name, { detail, cancelable, bubbles: true, composed: true }))
  }

  // What is shown and said.

  /** Loads what the first file needs, on idle or at the first sign of interest. */
  async #warm(): Promise<void> {
    await this.#loadList()
    this.#session?.warm()
  }

  async #loadList(): Promise<void> {
    const loaded = await this.#list.load()
    if (!loaded && this.#desk.size > 0) this.#voice.notify({ label: 'listFailed' })
  }

  /** What came before takes its way. */
  #open(list: List): void {
    const session = this.#desk.open(list)
    this.#focusKeeper = new list.FocusKeeper(() => this.shadowRoot)
    session.token.getToken = this.getToken
    session.queue.pump()
  }

  /** Once for each server; where it could not be asked, again when the network is back. */
  #restore(): void {
    const origin = originOf(this.endpoint)
    if (this.#session === undefined || origin === '' || origin === this.#restoredFrom) return
    this.#restoredFrom = origin
    this.#session.restore().catch(() => {
      if (this.#restoredFrom === origin) this.#restoredFrom = ''
    })
  }

  #changeEndpoint(): void {
    this.#session?.changeEndpoint()
    if (this.#restoredFrom !== undefined) this.#restore()
  }

  get #texts(): Texts {
    return this.#speech.texts
  }

  get #session(): Session | undefined {
    return this.#desk.session
  }

  get #uploads(): readonly Upload[] {
    return this.#desk.uploads
  }

  /** A second's tick while something shown depends on the time; a guard at the door while something could be lost. */
  #tick(): void {
    clearTimeout(this.#ticker)
    this.#ticker = this.isConnected && this.#session?.isTicking ? setTimeout(() => this.requestUpdate(), 1000) : undefined
    this.#guard.set(this.isConnected && this.#uploads.some((upload) => upload.needsWindow))
  }

  #letGo(): void {
    this.#session?.suspend()
    this.#voice.close()
    this.#list.rest()
    this.#tick()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'media-upload': MediaUploadElement
  }
}

/** Typed listeners: `element.addEventListener('upload-success', (event) => event.detail.asset)`. */
export interface MediaUploadElement {
  addEventListener<N extends keyof MediaUploadEventMap>(
    type: N,
    listener: (this: MediaUploadElement, event: MediaUploadEventMap[N]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener<N extends keyof HTMLElementEventMap>(
    type: N,
    listener: (this: HTMLElement, event: HTMLElementEventMap[N]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void
}
