/**
 * The `<media-upload>` element as pages use it: its contract and its methods. Importing this
 * registers nothing (media-upload-element-define.ts does).
 */
import { warnPage } from '../engine/page-warning.js'
import type { Result } from '../session/result.js'
import type { FileDetail } from '../session/upload.js'
import { ElementView } from './element-view.js'
import { filesFrom } from './page-files.js'

/**
 * Checks media files, uploads them and hands them over to WhatsApp; a form control.
 *
 * Every attribute and property takes null, undefined and values of wrong types: they mean the default. The console names
 * such a mistake once.
 *
 * @tag media-upload
 *
 * @attr {string} [endpoint=""] - The media server's URL, which may have a path; a relative one belongs to the page's address. Empty: the server that the script comes from. If it changes, unfinished uploads fail with `endpoint_changed`, and a retry uploads them to the new server; tokens are never sent to the previous one.
 * @attr {string} [purpose="message"] - What the files are for: `message`, `template`, `profile`, separated by commas or spaces.
 * @attr {string} [kinds=""] - The accepted kinds: `image`, `video`, `audio`, `document`, `sticker`. Empty: all.
 * @attr {boolean} [multiple=false] - Accepts more than one file.
 * @attr {number} [max-files=0] - The most files, with `multiple`; 0 for no limit.
 * @attr {number} [concurrency=3] - Files that are uploaded at once.
 * @attr {boolean} [auto-start=false] - Uploads a file as soon as it has passed its check.
 * @attr {string} [name=""] - The name under which a form submits the asset IDs. It also tells elements apart when unfinished uploads return at the next visit; without one (or a `restore-key`), they return only to the page's single element.
 * @attr {string} [engine=""] - How the engine is reached: `worker` for a worker of this page, `frame` for a hidden frame of the media server. Empty: whichever the page's policy allows. Read when the engine is first needed.
 * @attr {string} [restore-key=""] - Says whose unfinished uploads return here, such as the ID of the record that the page edits. Empty: those of the same address and `name`. Uploads of other places never return by themselves; a notice says that they wait, and offers to resume them here.
 * @attr {boolean} [required=false] - The form needs a finished file.
 * @attr {boolean} [disabled=false] - Accepts neither files nor clicks. Running uploads continue.
 * @attr {string} [lang=""] - The language, such as `de` or `pt-BR`. Empty: that of the page, else of the browser.
 *
 * @prop {GetToken | undefined} getToken - Returns a token (a JWT) for `{reason, signal}`; `reason` is `missing` or `expired`, `signal` aborts when the answer is no longer needed. The element decides when it is called; another function takes the place of the last one without a call. Set it to undefined when the person signs out: the token is discarded.
 * @prop {readonly FileDetail[]} files - Every file of the list.
 * @prop {readonly string[]} value - The asset IDs of the finished files, each once.
 * @prop {Metadata} [metadata={}] - Further Upload-Metadata of each file: an object of texts, or a function of the file that returns one. Keys are ASCII without spaces and commas. If the function throws, its file fails with `page_error`.
 * @prop {Messages} [messages={}] - Words that replace the element's own: `{labels, reasons, fixes, terms}`.
 * @prop {string} endpoint - Reflects the attribute's value, as do `purpose`, `kinds`, `multiple`, `maxFiles`, `concurrency`, `autoStart`, `engine`, `name`, `restoreKey`, `required`, `disabled` and `lang`.
 *
 * @fires {CustomEvent<FileEventDetail>} file-added - A file was added. If prevented, it is not.
 * @fires {CustomEvent<FileEventDetail & {verdict: Verdict}>} file-checked - A file was checked.
 * @fires {CustomEvent<FileEventDetail & {verdict: Verdict}>} file-refused - WhatsApp would not deliver the file, or the server refuses it.
 * @fires {CustomEvent<FileEventDetail>} upload-start - An upload starts. If prevented, the file stays `ready`.
 * @fires {CustomEvent<FileEventDetail & {bytesAccepted: number, bytesShown: number, bytesTotal: number}>} upload-progress - `bytesAccepted` are acknowledged by the server; `bytesShown` includes those in flight.
 * @fires {CustomEvent<FileEventDetail>} upload-stalled - No byte has moved for 15 seconds.
 * @fires {CustomEvent<FileEventDetail & RetryDetail>} upload-retry - The upload waits and retries by itself in `retryInMs` milliseconds; 0 if the time is not known.
 * @fires {CustomEvent<FileEventDetail>} upload-pause - The person or the page has paused an upload.
 * @fires {CustomEvent<FileEventDetail>} upload-resume - The person or the page resumes an upload.
 * @fires {CustomEvent<FileEventDetail>} relay-start - The server hands the file over to WhatsApp.
 * @fires {CustomEvent<FileEventDetail & {asset: Asset}>} upload-success - The file can be used; `value` and the form have its asset ID.
 * @fires {CustomEvent<FileEventDetail & {error: ErrorDetail}>} upload-error - A file has failed, whatever the reason.
 * @fires {CustomEvent<{files: FileDetail[]}>} restored - Uploads of an earlier visit are in the list again.
 * @fires {CustomEvent<{reason: string, code: string}>} auth-required - Uploads wait for a token: `token_missing`, `token_invalid` (`getToken` returned something other than a JWT) or `token_rejected` (by the server).
 * @fires {CustomEvent<{files: FileDetail[], succeeded: number, refused: number, failed: number}>} complete - Every file is done, refused or failed.
 * @fires {Event} input - `value` has changed.
 * @fires {Event} change - `value` has changed.
 * @fires {Event} invalid - The form cannot be submitted yet. If the element is not visible, such as in a closed tab panel, it says so at the lower edge of the window, unless the event is prevented.
 *
 * @csspart base - Everything in the element.
 * @csspart dropzone - The place where files are dropped.
 * @csspart browse - The button that opens the file dialog.
 * @csspart list - The list of files.
 * @csspart item - A file's row. It has `data-file-id` and `data-state`.
 * @csspart thumb - A row's thumbnail or icon.
 * @csspart name - A row's file name.
 * @csspart meta - A row's kind, type and size.
 * @csspart status - A row's state in words.
 * @csspart progress - A row's progress bar.
 * @csspart bar - The filled part of the bar.
 * @csspart action - A button of a row, of the list or of a notice.
 * @csspart verdict - What a row says about its file.
 * @csspart reason - One reason in a verdict, with `data-code`.
 * @csspart fix - What can be done about it.
 * @csspart result - A media ID or handle.
 * @csspart copy - The button that copies a result.
 *
 * @cssprop --media-upload-accent - Main button, progress, links.
 * @cssprop --media-upload-on-accent - Text on the accent colour.
 * @cssprop --media-upload-text - Text.
 * @cssprop --media-upload-text-muted - Secondary text.
 * @cssprop --media-upload-surface - Background of the list and of buttons.
 * @cssprop --media-upload-surface-subtle - Background of the dropzone.
 * @cssprop --media-upload-surface-hover - Background under the pointer.
 * @cssprop --media-upload-border - Lines.
 * @cssprop --media-upload-border-strong - Outlines of the dropzone and of buttons.
 * @cssprop --media-upload-success - Finished files.
 * @cssprop --media-upload-warning - Warnings and waiting files.
 * @cssprop --media-upload-danger - Refused and failed files.
 * @cssprop --media-upload-focus - The focus ring.
 * @cssprop [--media-upload-radius=14px] - Corners.
 * @cssprop [--media-upload-font=inherit] - The font family.
 * @cssprop --media-upload-font-mono - The font family of media IDs and handles.
 * @cssprop [--media-upload-font-size=0.9375rem] - The size of normal text.
 *
 * @cssstate dragging - Files are dragged over the window.
 * @cssstate uploading - A file is being uploaded or handed over, or is in the queue.
 * @cssstate paused - A file is paused.
 * @cssstate offline - The browser has no network.
 * @cssstate error - A file was refused or has failed.
 * @cssstate complete - There are files, and each is done, refused or failed.
 * @cssstate empty - There is no file.
 *
 * @slot hint - A text below the browse button, while there is no file.
 */
export class MediaUploadElement extends ElementView {
  get files(): readonly FileDetail[] {
    return this.area.files.files
  }

  /**
   * Adds files as a drop does and returns the ids of those that were accepted. If an upload of an earlier
   * visit misses a file of the same size, the id is that upload's; if the content turns out to differ, the
   * file is added under an id of its own.
   */
  addFiles(files: Iterable<File>): readonly string[] {
    return this.isDisabled ? [] : this.area.add(filesFrom(files, (text) => warnPage(text)))
  }

  /** Starts files that are `ready`: one, or all. */
  start(id?: string): void {
    this.area.session?.start(id ?? undefined)
  }

  /** Pauses uploads: one, or all. */
  pause(id?: string): void {
    this.area.session?.pause(id ?? undefined)
  }

  /** Resumes paused uploads: one, or all. A waiting one retries now. */
  resume(id?: string): void {
    this.area.session?.resume(id ?? undefined)
  }

  /** Retries failed uploads: one, or all. A waiting one retries now. */
  retry(id?: string): void {
    this.area.session?.retry(id ?? undefined)
  }

  /** Ends unfinished uploads here and on the server, and removes them from the list: one, or all. */
  cancel(id?: string): void {
    this.area.files.cancel(id ?? undefined)
  }

  /** Removes one file from the list; without an id, the element from its document, as every element's `remove()`. */
  override remove(id?: string): void {
    if (id === undefined || id === null) super.remove()
    else this.area.files.remove(id)
  }

  /** Empties the list and cancels unfinished uploads. */
  clear(): void {
    this.area.files.clear()
  }

  /** Opens the file dialog. Browsers require a user action, such as a click. */
  openPicker(): void {
    this.dialog.open()
  }

  /** The results of the finished files: of one, or of all. */
  results(id?: string): readonly Result[] {
    return this.area.session?.results(id ?? undefined) ?? []
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'media-upload': MediaUploadElement
  }
}
