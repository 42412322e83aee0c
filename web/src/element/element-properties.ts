/** The attributes and properties of `<media-upload>` beside those of every form control, and the types of its events. */
import type { Messages } from '../i18n/messages.js'
import { defaultConcurrency } from '../session/default-concurrency.js'
import type { MediaUploadEventMap } from '../session/events.js'
import type { GetToken } from '../session/token-provider.js'
import { FormControl } from './form-control.js'

/** Further Upload-Metadata pairs: the same for all files, or a function that returns those of one file. */
export type Metadata = Readonly<Record<string, string>> | ((file: File) => Readonly<Record<string, string>>)

export abstract class ElementProperties extends FormControl {
  static override readonly properties = {
    endpoint: {},
    purpose: {},
    kinds: {},
    multiple: { type: Boolean },
    maxFiles: { attribute: 'max-files' },
    concurrency: {},
    autoStart: { type: Boolean, attribute: 'auto-start' },
    engine: {},
    restoreKey: { attribute: 'restore-key' },
    lang: { reflect: true },
    getToken: { attribute: false },
    metadata: { attribute: false },
    messages: { attribute: false },
  }

  declare endpoint: string
  declare purpose: string
  declare kinds: string
  declare multiple: boolean
  declare maxFiles: number
  declare concurrency: number
  declare autoStart: boolean
  declare engine: string
  declare restoreKey: string
  declare getToken: GetToken | undefined
  declare metadata: Metadata
  declare messages: Messages

  constructor() {
    super()
    this.endpoint = this.purpose = this.kinds = this.engine = this.restoreKey = ''
    this.multiple = this.autoStart = false
    this.maxFiles = 0
    this.concurrency = defaultConcurrency
    this.metadata = {}
    this.messages = {}
  }
}

/** Typed listeners: `element.addEventListener('upload-success', (event) => event.detail.asset)`. */
export interface ElementProperties {
  addEventListener<N extends keyof MediaUploadEventMap>(
    type: N,
    listener: (this: this, event: MediaUploadEventMap[N]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener<N extends keyof HTMLElementEventMap>(
    type: N,
    listener: (this: HTMLElement, event: HTMLElementEventMap[N]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void
}
