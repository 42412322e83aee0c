/**
 * The element's files and everything around them: adds them, loads the code that handles
 * them, renders their rows and announces what happens to them.
 */
import type { TemplateResult } from 'lit'
import { nothing } from 'lit'
import type { ElsewhereFilter, EngineFactory } from '../engine/engine.js'
import { serverOf } from '../engine/server-url.js'
import type { Localization } from '../i18n/localization.js'
import type { RowAction } from '../list/row-context.js'
import { isCancelable, type MediaUploadDetails } from '../session/events.js'
import type { Session, SessionHost } from '../session/session.js'
import type { Upload } from '../session/upload.js'
import { hasPlace } from './address.js'
import { Announcements } from './announcements.js'
import type { ElementProperties } from './element-properties.js'
import { Elsewhere } from './elsewhere.js'
import { FileIntake } from './file-intake.js'
import { UploadFileList } from './file-list.js'
import type { FocusRestorer } from './focus-restorer.js'
import type { ListModule } from './lazy-list.js'
import { LazyList } from './lazy-list.js'
import type { Notice } from './notice.js'
import { pageElements } from './page-elements.js'
import { placeParts, sessionHostOf } from './session-host.js'

export interface FileAreaPort {
  loadEngine(): Promise<EngineFactory>
  isDisabled(): boolean
  valueChanged(): void
  /** Before `upload-success`, whose listeners may read the form's data. */
  syncValue(): void
  /** Opens the file dialog for a row that misses its file. */
  chooseFor(upload: Upload): void
}

export class FileArea {
  readonly #element: ElementProperties
  readonly #localization: Localization
  readonly #port: FileAreaPort
  readonly list: LazyList
  readonly announcements: Announcements
  readonly files: UploadFileList
  readonly #intake: FileIntake
  /** Undefined until the list's code is loaded. */
  focusRestorer: FocusRestorer | undefined
  readonly #elsewhere: Elsewhere
  /** The server whose earlier uploads were restored; undefined before the first attempt, empty after a failed one. */
  #restoredFrom: string | undefined

  constructor(element: ElementProperties, localization: Localization, port: FileAreaPort) {
    this.#element = element
    this.#localization = localization
    this.#port = port
    this.list = new LazyList(element, localization, (module) => this.#open(module))
    const summary = () => this.list.module?.summaryAnnouncement(this.uploads, localization.texts) ?? ''
    this.announcements = new Announcements(localization, summary, () => element.requestUpdate())
    const host = sessionHostOf(element, {
      ...port,
      emit: (name, detail) => this.#emit(name, detail),
      sentence: (failure) => localization.texts.failure(failure),
      unmatched: (file, chosenFor) => {
        this.#intake.addUnmatched(file, chosenFor)
        this.session?.queue.pump()
      },
    })
    this.files = new UploadFileList(host, this.announcements, ({ id }) => this.list.thumbnails?.drop(id))
    this.#intake = new FileIntake(element, this.files, this.announcements)
    const area = this
    this.#elsewhere = new Elsewhere(localization, {
      get session() { return area.session },
      filter: () => this.#elsewhereFilter(host),
      announceLabel: (label, params) => this.announcements.announceLabel(label, params),
      changed: () => element.requestUpdate(),
    })
  }

  get session(): Session | undefined {
    return this.files.session
  }

  get uploads(): readonly Upload[] {
    return this.files.uploads
  }

  add(files: readonly File[], chosenFor?: Upload): readonly string[] {
    const added = this.#intake.add(files, chosenFor)
    void this.#load()
    this.session?.queue.pump()
    return added
  }

  /** Loads the code of the list when the browser is idle. The engine is not started: most elements of a page are never used. */
  preload(): Promise<void> {
    return this.#load()
  }

  /** Loads what the first file needs, when the person shows interest. */
  async warm(): Promise<void> {
    await this.#load()
    this.session?.warm()
  }

  /** Restores the uploads of earlier visits once per server; after a failure, call it again when the network is back. */
  restore(): void {
    const server = serverOf(this.#element.endpoint)
    const { session } = this
    if (session === undefined || server === '' || server === this.#restoredFrom) return
    this.#restoredFrom = server
    const restored = hasPlace(placeParts(this.#element)) ? session.restore() : Promise.resolve()
    restored.then(() => this.#elsewhere.look()).catch(() => {
      if (this.#restoredFrom === server) this.#restoredFrom = ''
    })
  }

  notices(): readonly Notice[] {
    return [...this.announcements.notices(this.session?.token), this.#elsewhere.notice()].filter((notice) => notice !== undefined)
  }

  changeEndpoint(): void {
    this.session?.changeEndpoint()
    if (this.#restoredFrom !== undefined) this.restore()
  }

  /** Stops everything until `session.wake`. */
  suspend(): void {
    this.session?.suspend()
    this.announcements.close()
    this.list.release()
  }

  rows(): TemplateResult | typeof nothing {
    const { files, session, uploads, list: { module, thumbnails, maxRows, copied } } = this
    if (uploads.length === 0 || module === undefined || thumbnails === undefined) return nothing
    return module.list({
      texts: this.#localization.texts,
      uploads, maxRows, thumbnails, copied,
      disabled: this.#port.isDisabled(),
      act: (action, upload) => this.#act(action, upload),
      copy: (field, value, upload) => void this.#copy(field, value, upload),
      start: () => session?.start(),
      pause: () => session?.pause(),
      resume: () => session?.resume(),
      clearSettled: () => files.clearSettled(),
    })
  }

  /** Of several elements on a page, only the first offers uploads of other places. */
  #elsewhereFilter({ kinds, purposes }: Pick<SessionHost, 'kinds' | 'purposes'>): ElsewhereFilter | undefined {
    const { multiple, maxFiles } = this.#element
    const limit = (multiple ? maxFiles || Infinity : 1) - this.files.size
    return limit > 0 && pageElements.isFirst(this.#element) ? { kinds, purposes, limit, taken: pageElements.otherPlaces(this.#element) } : undefined
  }

  #act(action: RowAction, upload: Upload): void {
    if (action === 'remove' || action === 'cancel') return this.files.removeUpload(upload)
    if (action === 'choose') return this.#port.chooseFor(upload)
    this.session?.[action](upload.id)
  }

  async #copy(field: string, value: string, upload: Upload): Promise<void> {
    if (!(await this.list.copy(field, value, upload))) return this.announcements.notify({ label: 'copyFailed' })
    const { texts } = this.#localization
    this.announcements.announceLabel('saidCopied', { what: texts.label(field === 'handle' ? 'handle' : 'mediaID'), name: upload.name })
  }

  #emit<N extends keyof MediaUploadDetails>(name: N, detail: MediaUploadDetails[N]): boolean {
    if (name === 'upload-success') this.#port.syncValue()
    const sentence = this.list.module?.announcementFor(name, detail, this.#localization.texts)
    if (sentence) this.announcements.announce(sentence)
    return this.#element.dispatchEvent(new CustomEvent(name, { detail, cancelable: isCancelable(name), bubbles: true, composed: true }))
  }

  async #load(): Promise<void> {
    const loaded = await this.list.load()
    if (!loaded && this.files.size > 0) this.announcements.notify({ label: 'listFailed' })
  }

  #open(module: ListModule): void {
    const session = this.files.open(module)
    this.focusRestorer = new module.FocusRestorer(() => this.#element.shadowRoot)
    session.token.getToken = this.#element.getToken
    session.queue.pump()
  }
}
