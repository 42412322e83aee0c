/** What the element itself says: in the live region for screen readers, and in a bar above the files. */
import type { LabelName } from '../i18n/labels.js'
import type { Localization } from '../i18n/localization.js'
import type { Params } from '../i18n/messages.js'
import type { TokenProvider } from '../session/token-provider.js'
import { AnnouncementQueue } from './announcement-queue.js'
import type { Notice } from './notice.js'
import { tokenNotice } from './notice.js'

/** A label and its parameters, not a sentence: the language may change while it is shown. */
export interface NoticeMessage {
  readonly label: LabelName
  readonly params?: Params
}

export class Announcements {
  readonly #localization: Localization
  readonly #changed: () => void
  readonly #queue: AnnouncementQueue
  #notice: NoticeMessage | undefined
  #liveText = ''
  #liveLocale = ''

  /** `summary` returns one sentence about all files. */
  constructor(localization: Localization, summary: () => string, changed: () => void) {
    this.#localization = localization
    this.#changed = changed
    this.#queue = new AnnouncementQueue((message) => this.#show(message), summary)
  }

  /** The live region's text. It is dropped with its language, whose pronunciation a screen reader would no longer use. */
  get liveText(): string {
    if (this.#liveLocale !== this.#localization.texts.locale) this.#liveText = ''
    return this.#liveText
  }

  /** Announces a sentence in the live region. */
  announce(sentence: string): void {
    this.#queue.add(sentence)
  }

  announceLabel(label: LabelName, params?: Params): void {
    this.announce(this.#localization.texts.label(label, params))
  }

  /** Announces a message and shows it in the bar, instead of the previous one; undefined clears the bar. */
  notify(message: NoticeMessage | undefined): void {
    this.#notice = message
    if (message !== undefined) this.announceLabel(message.label, message.params)
    this.#changed()
  }

  notices(token: TokenProvider | undefined): readonly Notice[] {
    return [token && tokenNotice(token, this.#localization.texts), this.#messageNotice()].filter((notice) => notice !== undefined)
  }

  close(): void {
    this.#queue.close()
  }

  #messageNotice(): Notice | undefined {
    if (this.#notice === undefined) return undefined
    const { label, params } = this.#notice
    const { texts } = this.#localization
    return { icon: 'warn', text: texts.label(label, params), action: texts.label('dismiss'), act: () => this.notify(undefined) }
  }

  #show(message: string): void {
    this.#liveText = message
    this.#liveLocale = this.#localization.texts.locale
    this.#changed()
  }
}
