/** The sentence that the live region says about an event; empty for what is not worth an interruption. */
import type { MediaUploadDetails } from './events.js'
import type { Texts } from './messages.js'
import { spokenWait } from './status.js'

type Speakers = { readonly [N in keyof MediaUploadDetails]?: (detail: MediaUploadDetails[N], texts: Texts) => string }

const speakers: Speakers = {
  'upload-start': ({ file }, texts) => texts.label('saidStarted', { name: file.name }),
  'upload-pause': ({ file }, texts) => texts.label('saidPaused', { name: file.name }),
  'upload-resume': ({ file }, texts) => texts.label('saidResumed', { name: file.name }),
  'upload-success': ({ file }, texts) => texts.label('saidDone', { name: file.name }),
  'upload-retry': ({ file, reason }, texts) =>
    texts.label('saidWaiting', { name: file.name, state: spokenWait(reason, texts) }),
  'upload-error': ({ file, error }, texts) => texts.label('saidFailed', { name: file.name, message: error.message }),
  'file-refused': ({ file, verdict }, texts) =>
    texts.label('saidRefused', { name: file.name, message: verdict.reasons.map((reason) => texts.reason(reason)).join(' ') }),
}

export function spoken<N extends keyof MediaUploadDetails>(name: N, detail: MediaUploadDetails[N], texts: Texts): string {
  return speakers[name]?.(detail, texts) ?? ''
}
