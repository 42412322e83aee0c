/**
 * The element's labels in English; words/ has the other languages. Sentences about files (why one is refused,
 * what went wrong, how to fix it) are in internal/reason/catalogue, which the server reads too.
 * `{name}` is a placeholder. A label with a count has two plural forms.
 */
export interface Counted {
  readonly one: string
  readonly other: string
}

export const labels = {
  dropTitle: 'Drop files here',
  dropTitleOne: 'Drop a file here',
  dropMore: 'Drop more files, or',
  dropNow: 'Drop to add them',
  browse: 'Choose files',
  browseOne: 'Choose a file',
  dropOr: 'or paste them, or choose them from this device',
  dropOrOne: 'or paste it, or choose it from this device',
  list: 'Files',

  total: { one: '{count} file', other: '{count} files' },
  totalDone: '{done} of {total} ready',
  mayClose: 'You can close this window. Your uploads resume at your next visit.',
  uploadAll: { one: 'Upload', other: 'Upload {count} files' },
  pauseAll: 'Pause all',
  resumeAll: 'Resume all',
  clearSettled: 'Clear finished',

  upload: 'Upload',
  uploadAnyway: 'Upload anyway',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  retry: 'Retry',
  tryNow: 'Try now',
  chooseFile: 'Choose file',
  remove: 'Remove',
  hide: 'Hide from this list; the transfer to WhatsApp continues',
  actionOn: '{action}: {name}',
  progressOf: 'Upload of {name}',

  checking: 'Checking…',
  ready: 'Ready to upload',
  readyWarned: 'Ready to upload, with a warning',
  missing: 'Choose the file again',
  missingWhy: "This browser couldn't keep a copy. Choose the same file to resume the upload.",
  queued: 'In the queue',
  starting: 'Starting…',
  uploading: 'Uploading',
  uploadingBytes: '{bytes} of {total}',
  perSecond: '{bytes}/s',
  timeLeft: '{time} left',
  elsewhere: 'This file is already being uploaded in another window or row.',
  resumed: 'Resumed where you left off.',
  keepOpen: 'Keep this window open until the upload is done. If it closes, choose the same file again to resume.',
  damaged: 'The file arrived damaged and is being sent again.',
  sentAgain: 'The server no longer had the file. It is being sent again from the beginning.',
  paused: 'Paused at {percent}',
  verifying: 'Uploaded, final check…',
  relaying: 'Transferring to WhatsApp…',
  willRetry: 'Will retry automatically',
  done: 'Ready to use',
  refused: "Can't be sent",
  failed: 'Failed',

  waitingOffline: 'No network connection',
  waitingUnreachable: "The media server can't be reached",
  waitingServer: "The server isn't responding",
  waitingStalled: 'The connection has stalled',
  waitingLocked: 'Being uploaded elsewhere',
  waitingToken: 'Waiting for your sign-in',
  waitingRate: 'Many uploads at once, waiting',
  nextTry: '{state}, next try in {time}',

  howToFix: 'What you can do',
  details: 'Details',
  mediaID: 'Media ID',
  handle: 'Handle',
  copy: 'Copy',
  copied: 'Copied',
  copyOf: 'Copy {what} of {name}',
  copyFailed: 'Copying is blocked here. Allow this page to use the clipboard, then try again.',
  validUntil: 'Valid until {date}, {relative}',
  useBy: 'Use it by {date}, {relative}',
  expired: 'Expired {relative}. Upload the file again to get a new one.',

  tokenSlow: 'Your sign-in is taking longer than usual. Uploads resume when it is complete.',
  tokenBlocked: 'Sign in again to resume your uploads. Nothing is lost.',
  tokenInvalid: "This website couldn't sign you in to the media server. Contact its administrator. Nothing is lost.",
  waitsElsewhere: {
    one: '{count} unfinished upload from another place on this site is waiting.',
    other: '{count} unfinished uploads from other places on this site are waiting.',
  },
  resumeHere: 'Resume here',
  tooManyFiles: {
    one: 'Only {count} file can be added here. The others were left out.',
    other: 'Only {count} files can be added here. The others were left out.',
  },
  oneAtATime: 'You can upload one file at a time. Wait for this one or cancel it first.',
  otherFile: "This isn't the same file as {name}, so it was added separately.",
  listFailed: "The file list couldn't be loaded. Check your connection and add a file again.",
  nothingDropped: 'There were no files to add.',
  dismiss: 'Dismiss',

  saidAdded: { one: '{name} added.', other: '{count} files added.' },
  saidRestored: { one: '{name} resumed where you left off.', other: '{count} files resumed where you left off.' },
  saidStarted: 'Uploading {name}.',
  saidPaused: '{name} paused.',
  saidResumed: '{name} resumed.',
  saidWaiting: '{name}: {state}.',
  saidDone: '{name} is ready to use.',
  saidRefused: "{name} can't be sent: {message}",
  saidFailed: '{name} failed: {message}',
  saidRemoved: '{name} removed.',
  saidHidden: '{name} is hidden from this list. The transfer to WhatsApp continues.',
  saidCopied: '{what} of {name} copied.',
  saidSummary: "{done} of {total} files ready, {refused} can't be sent, {underway} in progress.",

  valueMissing: 'Add a file and wait until it is ready.',
  valueUnderway: 'Wait for the uploads to finish, or cancel them.',

  kindImage: 'Image',
  kindVideo: 'Video',
  kindAudio: 'Audio',
  kindDocument: 'Document',
  kindSticker: 'Sticker',
  unknownReason: "This file can't be sent.",
  unknownFailure: 'Something went wrong.',
} as const satisfies Record<string, string | Counted>

export type LabelName = keyof typeof labels

export type Labels = { readonly [N in LabelName]: (typeof labels)[N] extends string ? string : Counted }
