/** The attributes and properties of `<media-upload>` beside those of every form control, and the types of its events. */
import type { Messages } from '../i18n/messages.js'
import type { MediaUploadEventMap } from '../session/events.js'
import type { GetToken } from '../session/token-provider.js'
import { FormControl } from './form-control.js'

/** Further Upload-Metadata pairs: the same for all files, or a function that returns those of one file. */
export type Metadata = Readonly<Record<string, string>> | ((file: File) => Readonly<Record<string, string>>)

/** Files that are uploaded at once by default. */
const defaultConcurrency = 3

/**
 * What a page can set, listen to and style, for the manifest (custom-elements.json) and docs/embedding-reference.md.
 * internal/archtest compares these tags with the sources.
 *
 * @attr {string} lang - The language, such as `de`; by default that of the page, else one that the browser prefers.
 *
 * @fires {CustomEvent<FileEventDetail>} file-added - A file is about to be added. Cancelable: `preventDefault` leaves it out.
 * @fires {CustomEvent<FileEventDetail & { verdict: Verdict }>} file-checked - The browser has judged a file, whatever the verdict.
 * @fires {CustomEvent<FileEventDetail & { verdict: Verdict }>} file-refused - A file cannot be sent, by the browser's verdict or by the server's.
 * @fires {CustomEvent<FileEventDetail>} upload-start - An upload is about to start. Cancelable: `preventDefault` leaves the file ready.
 * @fires {CustomEvent<FileEventDetail & { bytesAccepted: number, bytesShown: number, bytesTotal: number }>} upload-progress - `bytesAccepted` are on the server; `bytesShown` adds those in flight.
 * @fires {CustomEvent<FileEventDetail>} upload-stalled - No byte has moved for 15 s. The upload is about to retry.
 * @fires {CustomEvent<FileEventDetail & RetryDetail>} upload-retry - The upload waits and retries by itself in `retryInMs` milliseconds, or at an unknown time if that is 0.
 * @fires {CustomEvent<FileEventDetail>} upload-pause - A person or the page has paused an upload.
 * @fires {CustomEvent<FileEventDetail>} upload-resume - A person or the page has resumed a paused upload.
 * @fires {CustomEvent<FileEventDetail>} relay-start - All bytes are on the server, which begins to hand the file over to WhatsApp.
 * @fires {CustomEvent<FileEventDetail & { asset: Asset }>} upload-success - The file is ready to use: `asset` has its media ID or handle.
 * @fires {CustomEvent<FileEventDetail & { error: ErrorDetail }>} upload-error - The upload has failed. `error.code` is for programs, `error.message` for people; `retry` helps if `error.retryable`.
 * @fires {CustomEvent<{ files: readonly FileDetail[] }>} restored - Uploads of an earlier visit are in the list again and resume if they can.
 * @fires {CustomEvent<{ reason: TokenReason }>} auth-required - A token is needed and `getToken` gives none, or none in time: the person or the page has to act.
 * @fires {CustomEvent<{ files: readonly FileDetail[] }>} complete - Every file is done, refused or failed.
 * @fires {Event} input - The value has changed.
 * @fires {Event} change - The value has changed.
 *
 * @slot hint - A text below the button, such as what the files are for.
 *
 * @csspart base - All of the element.
 * @csspart dropzone - Where files are dropped.
 * @csspart browse - The button that opens the file dialog.
 * @csspart list - The list of files.
 * @csspart item - A file. It has `data-file-id` and `data-state`.
 * @csspart thumb - The file's picture or icon.
 * @csspart name - The file's name.
 * @csspart meta - The file's type and size.
 * @csspart verdict - What WhatsApp would say about the file.
 * @csspart reason - One reason of a verdict.
 * @csspart fix - What a person can do about a reason.
 * @csspart progress - The progress of an upload.
 * @csspart bar - The filled part of the progress.
 * @csspart status - What happens to the file.
 * @csspart action - A button about one file or all files.
 * @csspart result - A media ID or a handle.
 * @csspart copy - The button that copies a result.
 *
 * @cssprop [--media-upload-accent=light-dark(#0b6e5f, #3fd0b6)] - Buttons, progress and links.
 * @cssprop [--media-upload-on-accent=light-dark(#fff, #04201b)] - Text on the accent colour.
 * @cssprop [--media-upload-text=light-dark(#17211f, #edf2f0)] - Text.
 * @cssprop [--media-upload-text-muted=light-dark(#5a6663, #9ba8a4)] - Less important text.
 * @cssprop [--media-upload-surface=light-dark(#fff, #141a19)] - Background.
 * @cssprop [--media-upload-surface-subtle=light-dark(#f5f8f7, #1b2322)] - Background of the drop zone.
 * @cssprop [--media-upload-surface-hover=light-dark(#eaf0ee, #26302e)] - Background of what the pointer is on.
 * @cssprop [--media-upload-border=light-dark(#e0e7e4, #2a3533)] - Lines between files.
 * @cssprop [--media-upload-border-strong=light-dark(#86958f, #6d7c77)] - Edges of controls.
 * @cssprop [--media-upload-success=light-dark(#12703b, #5fd392)] - Success.
 * @cssprop [--media-upload-warning=light-dark(#8a5300, #f2b95c)] - Warnings.
 * @cssprop [--media-upload-danger=light-dark(#b3261e, #ff9d94)] - Refusals and errors.
 * @cssprop [--media-upload-focus=the accent colour] - The ring around what has the focus.
 * @cssprop [--media-upload-radius=14px] - Rounding of corners.
 * @cssprop [--media-upload-font=inherit] - Font family.
 * @cssprop [--media-upload-font-mono=ui-monospace] - Font family of media IDs and handles.
 * @cssprop [--media-upload-font-size=0.9375rem] - Font size.
 *
 * @cssstate dragging - Files are dragged over the element.
 * @cssstate uploading - A form that is submitted now would miss files.
 * @cssstate paused - An upload is paused.
 * @cssstate offline - There is no network, or an upload waits for it.
 * @cssstate error - A file was refused or has failed.
 * @cssstate complete - There are files, and every one is done, refused or failed.
 * @cssstate empty - There are no files.
 */
export abstract class ElementProperties extends FormControl {
  static override readonly properties = {
    endpoint: {},
    purpose: {},
    kinds: {},
    multiple: { type: Boolean },
    maxFiles: { type: Number, attribute: 'max-files' },
    concurrency: { type: Number },
    autoStart: { type: Boolean, attribute: 'auto-start' },
    engine: {},
    lang: { reflect: true },
    getToken: { attribute: false },
    metadata: { attribute: false },
    messages: { attribute: false },
  }

  /**
   * The media server's origin; empty for this page's own. If it changes to another server, unfinished uploads
   * fail with `endpoint_changed`, and a retry uploads them to the new server from the beginning. Finished files
   * stay. Tokens that `getToken` returns from then on are never sent to the previous server.
   */
  declare endpoint: string
  /** What the files are for: `message`, `template`, `profile` or several, separated by commas; `message` by default. */
  declare purpose: string
  /** The kinds that are accepted: `image`, `video`, `audio`, `document`, `sticker`, separated by spaces; all by default. */
  declare kinds: string
  /** Accepts more than one file. Otherwise a new file replaces the last one. */
  declare multiple: boolean
  /** The most files with `multiple`; 0 for no limit. */
  declare maxFiles: number
  /** Files that are uploaded at once; 3 by default. */
  declare concurrency: number
  /** Starts each file as soon as it has passed its check. Otherwise it waits for `start` or a click. */
  declare autoStart: boolean
  /**
   * How the engine is reached: `worker` for a worker of this page, `frame` for a hidden frame of the media server,
   * empty for whichever the page's policy allows. Read when the engine is first needed.
   */
  declare engine: string
  /**
   * Returns a token of the page's back end. It is called when a token is needed, once for all files. Set it to undefined when
   * the person signs out: the token is discarded, and uploads wait for the next callback.
   */
  declare getToken: GetToken | undefined
  /** Further Upload-Metadata pairs: the same for all files, or a function that returns those of one file. */
  declare metadata: Metadata
  /** Words of the page's own, which replace ours. */
  declare messages: Messages

  constructor() {
    super()
    this.endpoint = this.purpose = this.kinds = this.engine = ''
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
