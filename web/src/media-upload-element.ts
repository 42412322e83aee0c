/**
 * The `<media-upload>` element: attributes and files in, rows and events out.
 * What happens to the files is the session's; how a row looks is row.ts'.
 * Importing this registers nothing (media-upload-element-define.ts does).
 */
import type { PropertyValues, TemplateResult } from 'lit'
import { LitElement, adoptStyles, html, nothing } from 'lit'
import { Absence } from './absence.js'
import { Announcer } from './announcer.js'
import { dialogTypes, parseKinds, parsePurposes } from './choices.js'
import { DropTarget } from './drop-target.js'
import type { Engine, EngineFactory } from './engine.js'
import type { MediaUploadDetails, MediaUploadEventMap } from './events.js'
import { carriesFiles, filesOf } from './file-drop.js'
import { FocusKeeper } from './focus-keeper.js'
import type { ElementState } from './form-binding.js'
import { FormBinding } from './form-binding.js'
import type { LabelName } from './labels.js'
import type { CopiedField } from './list-view.js'
import type { Messages, Params, Texts } from './messages.js'
import type { Previews } from './preview.js'
import type { Action } from './row.js'
import type { SessionHost } from './session.js'
import { Session } from './session.js'
import { Speech } from './speech.js'
import { styles } from './styles.js'
import type { GetToken } from './token.js'
import type { FileDetail, Upload } from './upload.js'
import { isHandedOver, isSettled, isTicking, isUnderway } from './upload.js'
import type { Notice } from './view.js'
import { dropzone, noticeBar, tokenNotice } from './view.js'

/** Further Upload-Metadata pairs: the same for all files, or made for each. */
export type Metadata = Readonly<Record<string, string>> | ((file: File) => Readonly<Record<string, string>>)

/** A label with what fills its places, to be said in whatever language is spoken by then. */
interface Message {
  readonly label: LabelName
  readonly params?: Params
}

/** What draws files and speaks of them; loaded ahead of the first one. */
type List = typeof import('./list.js')

/** Rows drawn at first and added when the person scrolls there: 500 dropped files must not freeze the page. */
const rowsAtOnce = 25

/** Milliseconds for which a copy button says that it has copied. */
const copiedMs = 2_000

/** Files uploading at once where `concurrency` says nothing. */
const defaultConcurrency = 3

/**
 * Moving the element in its document, or taking it out for some seconds
 * (absence.ts), disturbs nothing. Out for longer it keeps its files, but nothing
 * runs: uploads are `queued` and go on where they stopped when it comes back.
 */
export class MediaUploadElement extends LitElement {
  static override readonly styles = styles
  static readonly formAssociated = true
  static override readonly shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true }
  static override readonly properties = {
    endpoint: {},
    purpose: {},
    kinds: {},
    multiple: { type: Boolean },
    maxFiles: { type: Number, attribute: 'max-files' },
    concurrency: { type: Number },
    autoStart: { type: Boolean, attribute: 'auto-start' },
    name: { reflect: true },
    required: { type: Boolean, reflect: true },
    disabled: { type: Boolean, reflect: true },
    lang: { reflect: true },
    getToken: { attribute: false },
    metadata: { attribute: false },
    messages: { attribute: false },
  }

  /** How the engine is reached; set once by the module that registers the element. */
  static createEngine: EngineFactory

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
  declare name: string
  declare required: boolean
  declare disabled: boolean
  /** Set to undefined when the person signs out: the token is forgotten, and what runs waits for the next callback. */
  declare getToken: GetToken | undefined
  declare metadata: Metadata
  declare messages: Messages

  readonly #speech = new Speech(this)
  readonly #session = new Session(this.#sessionHost())
  readonly #control = new FormBinding(this.attachInternals())
  readonly #announcer = new Announcer((message) => this.#speak(message), () => this.#list?.spokenSummary(this.#uploads, this.#texts) ?? '')
  readonly #moreRows = new IntersectionObserver((entries) => this.#scrolledTo(entries), { rootMargin: '600px' })
  readonly #absence = new Absence({ left: () => this.#letGo(), returned: () => this.#session.wake() }, window)
  readonly #focusKeeper = new FocusKeeper(() => this.shadowRoot)
  readonly #dropTarget = new DropTarget(this, {
    enabled: () => !this.#isDisabled,
    dragging: (on) => this.#drag(on),
    dropped: (files) => void this.addFiles(files),
  })
  #list: List | undefined
  #listLoading: Promise<void> | undefined
  #previews: Previews | undefined
  #notice: Message | undefined
  #live = ''
  #dragging = false
  #fieldsetDisabled = false
  #drawn = rowsAtOnce
  #copied: CopiedField | undefined
  #ticker: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.endpoint = this.purpose = this.kinds = this.name = ''
    this.multiple = this.autoStart = this.required = this.disabled = false
    this.maxFiles = 0
    this.concurrency = defaultConcurrency
    this.metadata = {}
    this.messages = {}
    this.addEventListener('paste', (event) => void this.#paste(event))
    for (const interest of ['pointerenter', 'focusin', 'dragenter']) this.addEventListener(interest, () => this.#warm(), { once: true })
  }

  // What pages call and read.

  /** Every file of the list, in its order. */
  get files(): readonly FileDetail[] {
    return this.#uploads.map((upload) => upload.detail())
  }

  /** The asset IDs of the finished files: what a form sends under the element's name. */
  get value(): readonly string[] {
    return this.#uploads.flatMap(({ state }) => (state.name === 'done' ? [state.asset.id] : []))
  }

  get form(): HTMLFormElement | null {
    return this.#control.internals.form
  }

  get validity(): ValidityState {
    return this.#control.internals.validity
  }

  get validationMessage(): string {
    return this.#control.internals.validationMessage
  }

  get willValidate(): boolean {
    return this.#control.internals.willValidate
  }

  checkValidity(): boolean {
    return this.#control.internals.checkValidity()
  }

  reportValidity(): boolean {
    return this.#control.internals.reportValidity()
  }

  /** Adds files as if they had been dropped; returns the ids of those that were taken. */
  addFiles(files: Iterable<File>): readonly string[] {
    if (this.#isDisabled) return []
    const added = this.#fitting([...files]).flatMap((file) => this.#session.add(file) ?? [])
    if (added.length > 0) this.#announce('saidAdded', { count: added.length, name: added[0]?.name ?? '' })
    void this.#loadList().then(() => this.#session.queue.pump())
    return added.map((upload) => upload.id)
  }

  start(id?: string): void {
    this.#session.start(id)
  }

  pause(id?: string): void {
    this.#session.pause(id)
  }

  resume(id?: string): void {
    this.#session.resume(id)
  }

  retry(id?: string): void {
    this.#session.retry(id)
  }

  cancel(id?: string): void {
    this.#session.cancel(id)
  }

  /** Takes one file off the list, or the element out of its document, as every element's `remove()` does. */
  override remove(id?: string): void {
    if (id === undefined) return super.remove()
    const upload = this.#session.queue.get(id)
    if (upload !== undefined) this.#take(upload)
  }

  /** Empties the list; what is on its way is cancelled. */
  clear(): void {
    for (const upload of this.#uploads) this.#take(upload)
  }

  /** Opens the browser's file dialog; browsers want a click behind it. */
  openPicker(): void {
    if (!this.#isDisabled) this.renderRoot.querySelector('input')?.click()
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
      if (this.isConnected) this.#warm()
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

  formDisabledCallback(disabled: boolean): void {
    this.#fieldsetDisabled = disabled
    this.requestUpdate()
  }

  formResetCallback(): void {
    this.clear()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('lang') || changed.has('messages')) this.#speech.update()
    if (changed.has('getToken')) this.#session.token.getToken = this.getToken
    if (this.hasUpdated && (changed.has('purpose') || changed.has('kinds'))) this.#session.recheck()
    if (changed.has('endpoint')) this.#session.changeEndpoint()
    this.#focusKeeper.before()
  }

  protected override updated(): void {
    this.#focusKeeper.after()
    this.#watchScrolling()
    this.#tick()
    this.#control.update({
      name: this.name,
      value: this.value,
      multiple: this.multiple,
      missing: this.required && this.value.length === 0 ? this.#texts.label('valueMissing') : '',
      underway: this.#isUnderway ? this.#texts.label('valueUnderway') : '',
      anchor: this.renderRoot.querySelector<HTMLElement>('[part=browse]') ?? undefined,
    })
    this.#control.show(this.#states())
  }

  protected override render(): TemplateResult {
    const texts = this.#texts
    const uploads = this.#uploads
    return html`
      <div part="base" class="base" aria-busy=${this.#speech.silent || nothing}>
        ${dropzone({
          texts,
          multiple: this.multiple,
          disabled: this.#isDisabled,
          dragging: this.#dragging,
          compact: uploads.length > 0,
          accept: dialogTypes(parseKinds(this.kinds)),
          browse: () => this.openPicker(),
          picked: (event) => this.#picked(event),
        })}
        ${this.#notices().map(noticeBar)}
        ${this.#rows(uploads)}
        <div class="visually-hidden" role="status" aria-live="polite">${this.#live}</div>
      </div>`
  }

  #rows(uploads: readonly Upload[]): TemplateResult | typeof nothing {
    if (uploads.length === 0 || this.#list === undefined || this.#previews === undefined) return nothing
    return this.#list.list({
      texts: this.#texts,
      uploads,
      drawn: this.#drawn,
      disabled: this.#isDisabled,
      previews: this.#previews,
      copied: this.#copied,
      act: (action, upload) => this.#act(action, upload),
      copy: (field, value, upload) => void this.#copy(field, value, upload),
      start: () => this.start(),
      pause: () => this.pause(),
      resume: () => this.resume(),
      clearSettled: () => this.#clearSettled(),
    })
  }

  // What people do.

  #act(action: Action, upload: Upload): void {
    if (action === 'remove' || action === 'cancel') return this.#take(upload)
    this.#session[action](upload.id)
  }

  #take(upload: Upload): void {
    const label = isHandedOver(upload.state) ? 'saidHidden' : 'saidRemoved'
    this.#session.remove(upload)
    this.#previews?.drop(upload.id)
    this.#announce(label, { name: upload.name })
  }

  #clearSettled(): void {
    for (const upload of this.#uploads) if (isSettled(upload.state)) this.#take(upload)
  }

  async #copy(field: string, value: string, upload: Upload): Promise<void> {
    const { renderRoot } = this
    const done = renderRoot instanceof ShadowRoot && (await this.#list?.copyText(value, renderRoot))
    if (done !== true) return this.#notify({ label: 'copyFailed' })
    const copied = (this.#copied = { upload, field })
    this.#announce('saidCopied', { what: this.#texts.label(field === 'handle' ? 'handle' : 'mediaID'), name: upload.name })
    this.requestUpdate()
    setTimeout(() => {
      if (this.#copied !== copied) return
      this.#copied = undefined
      this.requestUpdate()
    }, copiedMs)
  }

  #picked(event: Event): void {
    const input = event.target
    if (!(input instanceof HTMLInputElement) || input.files === null) return
    this.addFiles(input.files)
    // So that the same file may be picked again after it was removed.
    input.value = ''
  }

  async #paste(event: ClipboardEvent): Promise<void> {
    if (this.#isDisabled || !carriesFiles(event.clipboardData)) return
    event.preventDefault()
    this.addFiles(await filesOf(event.clipboardData))
  }

  #drag(on: boolean): void {
    this.#dragging = on
    if (on) this.#warm()
    this.requestUpdate()
  }

  readonly #networkBack = (): void => {
    this.#session.nudge()
    this.requestUpdate()
  }

  readonly #networkGone = (): void => this.requestUpdate()

  /** Asks before the page is left while bytes are on their way. */
  readonly #leaving = (event: BeforeUnloadEvent): void => event.preventDefault()

  // What the session asks for.

  #sessionHost(): SessionHost {
    const element = this
    return {
      get purposes() { return parsePurposes(element.purpose) },
      get kinds() { return parseKinds(element.kinds) },
      get autoStart() { return element.autoStart },
      get concurrency() { return element.concurrency },
      get origin() { return originOf(element.endpoint) },
      openEngine: () => this.#openEngine(),
      metadataOf: (file) => (typeof this.metadata === 'function' ? this.metadata(file) : this.metadata),
      emit: (name, detail) => this.#emit(name, detail),
      changed: () => this.requestUpdate(),
      valueChanged: () => this.#valueChanged(),
      sentence: (failure) => this.#texts.failure(failure),
    }
  }

  #openEngine(): Engine {
    const origin = originOf(this.endpoint)
    if (origin === '') throw new TypeError(`media-upload: endpoint="${this.endpoint}" is not a URL; write the media server's origin, such as https://media.example.com`)
    return MediaUploadElement.createEngine(origin)
  }

  #emit<N extends keyof MediaUploadDetails>(name: N, detail: MediaUploadDetails[N]): boolean {
    const sentence = this.#list?.spoken(name, detail, this.#texts)
    if (sentence) this.#announcer.say(sentence)
    const cancelable = name === 'file-added' || name === 'upload-start'
    return this.dispatchEvent(new CustomEvent(name, { detail, cancelable, bubbles: true, composed: true }))
  }

  #valueChanged(): void {
    this.requestUpdate()
    this.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
    this.dispatchEvent(new Event('change', { bubbles: true }))
  }

  /** The files that there is room for; says so when some are left out. */
  #fitting(files: readonly File[]): readonly File[] {
    this.#notify(files.length === 0 ? { label: 'nothingDropped' } : undefined)
    if (!this.multiple && files.length > 0) this.#makeRoom()
    const most = this.multiple ? this.maxFiles || Infinity : 1
    const room = Math.max(0, most - this.#uploads.length)
    if (files.length > room) this.#notify(this.#leftOut(most, room))
    return files.slice(0, room)
  }

  /** One file alone: a new one takes the place of the last, as in a file input, unless that one is on its way. */
  #makeRoom(): void {
    for (const upload of this.#uploads) if (!isUnderway(upload.state) && !isHandedOver(upload.state)) this.#take(upload)
  }

  #leftOut(most: number, room: number): Message {
    if (!this.multiple && room === 0) return { label: 'oneAtATime' }
    return { label: 'tooManyFiles', params: { count: most } }
  }

  // What is shown and said.

  /** Loads what the first file needs, on idle or at the first sign of interest. */
  #warm(): void {
    this.#session.warm()
    void this.#loadList()
  }

  /** Never rejects: without the list files are sent all the same, and the person is told. */
  #loadList(): Promise<void> {
    this.#listLoading ??= Promise.all([import('./list.js'), this.#speech.loadSentences()]).then(
      ([list]) => this.#adopt(list),
      () => this.#listFailed(),
    )
    return this.#listLoading
  }

  #adopt(list: List): void {
    this.#list = list
    this.#previews = new list.Previews(() => this.requestUpdate())
    if (this.renderRoot instanceof ShadowRoot) adoptStyles(this.renderRoot, [...styles, ...list.listStyles])
    this.requestUpdate()
  }

  /** The next sign of interest tries again. */
  #listFailed(): void {
    this.#listLoading = undefined
    if (this.#session.queue.size > 0) this.#notify({ label: 'listFailed' })
  }

  get #texts(): Texts {
    return this.#speech.texts
  }

  get #uploads(): readonly Upload[] {
    return [...this.#session.queue]
  }

  get #isDisabled(): boolean {
    return this.disabled || this.#fieldsetDisabled
  }

  get #isUnderway(): boolean {
    return this.#uploads.some(({ state }) => isUnderway(state) || isHandedOver(state))
  }

  #notices(): readonly Notice[] {
    const texts = this.#texts
    const retry = this.getToken === undefined ? undefined : () => this.#session.token.tryNow()
    const token = tokenNotice(this.#session.token.state, texts, retry)
    return [token, this.#ownNotice()].filter((notice) => notice !== undefined)
  }

  #ownNotice(): Notice | undefined {
    if (this.#notice === undefined) return undefined
    const { label, params } = this.#notice
    return { icon: 'warn', text: this.#texts.label(label, params), action: this.#texts.label('dismiss'), act: () => this.#notify(undefined) }
  }

  #states(): Readonly<Record<ElementState, boolean>> {
    const uploads = this.#uploads
    const any = (test: (upload: Upload) => boolean) => uploads.some(test)
    return {
      dragging: this.#dragging,
      empty: uploads.length === 0,
      uploading: this.#isUnderway,
      paused: any(({ state }) => state.name === 'paused'),
      offline: !navigator.onLine || any(({ state }) => state.name === 'waiting' && state.reason === 'offline'),
      error: any(({ state }) => state.name === 'failed' || state.name === 'refused'),
      complete: uploads.length > 0 && uploads.every(({ state }) => isSettled(state)),
    }
  }

  #notify(notice: Message | undefined): void {
    this.#notice = notice
    if (notice !== undefined) this.#announce(notice.label, notice.params)
    this.requestUpdate()
  }

  #announce(label: LabelName, params?: Params): void {
    this.#announcer.say(this.#texts.label(label, params))
  }

  #speak(message: string): void {
    this.#live = message
    this.requestUpdate()
  }

  #watchScrolling(): void {
    this.#moreRows.disconnect()
    const sentinel = this.renderRoot.querySelector('.sentinel')
    if (sentinel !== null) this.#moreRows.observe(sentinel)
  }

  #scrolledTo(entries: readonly IntersectionObserverEntry[]): void {
    if (!entries.some((entry) => entry.isIntersecting)) return
    this.#drawn += rowsAtOnce
    this.requestUpdate()
  }

  /** A second's tick while something shown depends on the time; a guard at the door while bytes move. */
  #tick(): void {
    const moving = this.#uploads.some(({ state }) => isTicking(state))
    clearTimeout(this.#ticker)
    this.#ticker = moving && this.isConnected ? setTimeout(() => this.requestUpdate(), 1000) : undefined
    const guarded = this.#uploads.some(({ state }) => isUnderway(state))
    if (guarded && this.isConnected) window.addEventListener('beforeunload', this.#leaving)
    else window.removeEventListener('beforeunload', this.#leaving)
  }

  #letGo(): void {
    this.#session.suspend()
    this.#announcer.close()
    this.#moreRows.disconnect()
    this.#previews?.clear()
    this.#tick()
  }
}

/** Empty when it is not a URL. */
function originOf(endpoint: string): string {
  const url = endpoint || '/'
  return URL.canParse(url, document.baseURI) ? new URL(url, document.baseURI).origin : ''
}

function whenIdle(act: () => void): void {
  // WebKit has no idle callback; two seconds are after first paint on any page that works.
  if (typeof requestIdleCallback === 'function') requestIdleCallback(act)
  else setTimeout(act, 2_000)
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
