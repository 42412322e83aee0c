/** What the element itself says: in the live region for people who do not see it, and in a bar above the files. */
import { Announcer } from './announcer.js'
import type { LabelName } from '../i18n/labels.js'
import type { Params, Texts } from '../i18n/messages.js'
import type { TokenBroker } from '../session/token-provider.js'
import type { Notice } from './view.js'
import { tokenNotice } from './view.js'

/** A label with what fills its places, to be said in whatever language is spoken by then. */
export interface Message {
  readonly label: LabelName
  readonly params?: Params
}

export interface VoiceHost {
  readonly texts: Texts
  /** One sentence about all files. */
  summary(): string
  changed(): void
}

export class Voice {
  readonly #host: VoiceHost
  readonly #announcer: Announcer
  #notice: Message | undefined
  #live = ''
  #spokenIn = ''

  constructor(host: VoiceHost) {
    this.#host = host
    this.#announcer = new Announcer((message) => this.#speak(message), () => host.summary())
  }

  /** The live region's text. It goes with its language: another one's voice would read it wrongly. */
  get live(): string {
    if (this.#spokenIn !== this.#host.texts.locale) this.#live = ''
    return this.#live
  }

  /** Into the live region alone. */
  say(sentence: string): void {
    this.#announcer.say(sentence)
  }

  announce(label: LabelName, params?: Params): void {
    this.say(this.#host.texts.label(label, params))
  }

  /** Into the bar, where it takes the last message's place; undefined takes that away. */
  notify(message: Message | undefined): void {
    this.#notice = message
    if (message !== undefined) this.announce(message.label, message.params)
    this.#host.changed()
  }

  notices(token: TokenBroker | undefined): readonly Notice[] {
    return [token && tokenNotice(token, this.#host.texts), this.#own()].filter((notice) => notice !== undefined)
  }

  close(): void {
    this.#announcer.close()
  }

  #own(): Notice | undefined {
    if (this.#notice === undefined) return undefined
    const { label, params } = this.#notice
    const { texts } = this.#host
    return { icon: 'warn', text: texts.label(label, params), action: texts.label('dismiss'), act: () => this.notify(undefined) }
  }

  #speak(message: string): void {
    this.#live = message
    this.#spokenIn = this.#host.texts.locale
    this.#host.changed()
  }
}
