/** The texts of the live region: a sentence for an event, or a summary of all files. */
import type { ErrorDetail, MediaUploadDetails } from '../session/events.js'
import type { Texts } from '../i18n/messages.js'
import type { Upload } from '../session/upload.js'
import { isInProgress, isProcessing } from '../session/upload-state.js'
import { waitText } from '../i18n/wait-text.js'

type TextsByEvent = { readonly [N in keyof MediaUploadDetails]?: (detail: MediaUploadDetails[N], texts: Texts) => string }

const textsByEvent: TextsByEvent = {
  'upload-start': ({ file }, texts) => texts.label('saidStarted', { name: file.name }),
  'upload-pause': ({ file }, texts) => texts.label('saidPaused', { name: file.name }),
  'upload-resume': ({ file }, texts) => texts.label('saidResumed', { name: file.name }),
  'upload-success': ({ file }, texts) => texts.label('saidDone', { name: file.name }),
  'upload-retry': ({ file, ...retry }, texts) =>
    'error' in retry
      ? `${file.name}: ${problemText(retry.error, texts)}`
      : texts.label('saidWaiting', { name: file.name, state: waitText(retry.reason, texts) }),
  restored: ({ files }, texts) => texts.label('saidRestored', { count: files.length, name: files[0]?.name ?? '' }),
  'upload-error': ({ file, error }, texts) => texts.label('saidFailed', { name: file.name, message: error.message }),
  'file-refused': ({ file, verdict }, texts) =>
    texts.label('saidRefused', { name: file.name, message: verdict.reasons.map((reason) => texts.reason(reason)).join(' ') }),
}

/** What went wrong, and that it is retried automatically. */
function problemText({ code, message }: ErrorDetail, texts: Texts): string {
  return code === 'digest_mismatch' ? texts.label('damaged') : `${message} ${texts.label('willRetry')}.`
}

/** Empty for events that are not announced. */
export function announcementFor<N extends keyof MediaUploadDetails>(name: N, detail: MediaUploadDetails[N], texts: Texts): string {
  return textsByEvent[name]?.(detail, texts) ?? ''
}

/** One sentence about all files, for when single ones would be too many. */
export function summaryAnnouncement(uploads: readonly Upload[], texts: Texts): string {
  const count = (test: (upload: Upload) => boolean) => uploads.filter(test).length
  return texts.label('saidSummary', {
    total: uploads.length,
    done: count((upload) => upload.state.name === 'done'),
    refused: count((upload) => upload.state.name === 'refused'),
    underway: count((upload) => isInProgress(upload.state) || isProcessing(upload.state)),
  })
}
