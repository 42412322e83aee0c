/**
 * The element's own English words; words/ has the other languages'. Sentences about files (why one is refused,
 * what went wrong, how to mend it) are in internal/reason/catalogue, which the
 * server reads too. `{name}` marks a place to fill; a label that counts has two forms.
 */
export interface Counted {
  readonly one: string
  readonly other: string
}

export const labels = {
  dropTitle: 'Drop files here',
  dropTitleOne: 'Drop a file here',
  dropMore: 'Drop more files, or',
  dropNow: 'Let go to add them',
  browse: 'Choose files',
  browseOne: 'Choose a file',
  dropOr: 'or paste them, or pick them from this device',
  dropOrOne: 'or paste it, or pick it from this device',
  list: 'Files',

  total: { one: '{count} file', other: '{count} files' },
  totalDone: '{done} of {total} ready',
  mayClose: 'You can close this window: uploads go on at your next visit.',
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
  hide: 'Hide from this list; it is still handed over',
  actionOn: '{action}: {name}',
  progressOf: 'Upload of {name}',

  checking: 'Checking…',
  ready: 'Good to go',
  readyWarned: 'Can be sent, with a note',
  missing: 'Choose the file again',
  missingWhy: 'This browser could not keep a copy. Choose the same file and it goes on where it stopped.',
  queued: 'Waiting for its turn',
  starting: 'Starting…',
  uploading: 'Uploading',
  uploadingBytes: '{bytes} of {total}',
  perSecond: '{bytes}/s',
  timeLeft: '{time} left',
  elsewhere: 'Another window, or another row here, already sends this file.',
  goesOn: 'Goes on from your last visit.',
  keepOpen: 'Keep this window open until it is through. Should it close, choose the same file again and it goes on.',
  damaged: 'Was damaged on the way and is sent again.',
  sentAgain: 'The server no longer had it; it is sent again from the beginning.',
  paused: 'Paused at {percent}',
  verifying: 'Uploaded, checking once more…',
  relaying: 'Handing over to WhatsApp…',
  triedAgain: 'Will be tried again automatically',
  done: 'Ready to use',
  refused: 'Cannot be sent',
  failed: 'Did not work',

  waitingOffline: 'Waiting for the network',
  waitingServer: 'The server does not answer',
  waitingStalled: 'Nothing is getting through',
  waitingLocked: 'Being sent from elsewhere, waiting for that',
  waitingToken: 'Waiting for your sign-in',
  waitingRate: 'Many uploads at once, waiting a moment',
  nextTry: '{state}, next try in {time}',

  howToFix: 'What you can do',
  details: 'Details',
  mediaID: 'Media ID',
  handle: 'Handle',
  copy: 'Copy',
  copied: 'Copied',
  copyOf: 'Copy {what} of {name}',
  copyFailed: 'Copying is not allowed here. Let this page use the clipboard, then try again.',
  validUntil: 'Valid until {date}, {relative}',
  useBy: 'Use it by {date}, {relative}',
  expired: 'Expired {relative}. Upload the file again for a fresh one.',

  tokenSlow: 'Your sign-in is taking longer than usual. Uploads go on as soon as it is there.',
  tokenBlocked: 'You need to sign in again. Uploads go on where they stopped, nothing is lost.',
  tooManyFiles: { one: 'Only {count} file can be added here; the others were left out.', other: 'Only {count} files can be added here; the others were left out.' },
  oneAtATime: 'One file at a time: wait for this one, or cancel it first.',
  otherFile: 'That is another file than {name}, so it was added on its own.',
  listFailed: 'The list of files could not be loaded. Check your connection and add a file again.',
  nothingDropped: 'That held no files.',
  dismiss: 'Dismiss',

  saidAdded: { one: '{name} added.', other: '{count} files added.' },
  saidRestored: { one: '{name} goes on from your last visit.', other: '{count} files go on from your last visit.' },
  saidStarted: 'Uploading {name}.',
  saidPaused: '{name} paused.',
  saidResumed: '{name} goes on.',
  saidWaiting: '{name}: {state}.',
  saidDone: '{name} is ready to use.',
  saidRefused: '{name} cannot be sent: {message}',
  saidFailed: '{name} did not work: {message}',
  saidRemoved: '{name} removed.',
  saidHidden: '{name} is hidden from this list and still handed over to WhatsApp.',
  saidCopied: '{what} of {name} copied.',
  saidSummary: '{done} of {total} files ready, {refused} cannot be sent, {underway} still to go.',

  valueMissing: 'Please add a file and wait until it is ready.',
  valueUnderway: 'Please wait for the uploads to finish, or cancel them.',

  kindImage: 'Image',
  kindVideo: 'Video',
  kindAudio: 'Audio',
  kindDocument: 'Document',
  kindSticker: 'Sticker',
  unknownReason: 'This file cannot be sent.',
  unknownFailure: 'Something went wrong.',
} as const satisfies Record<string, string | Counted>

export type LabelName = keyof typeof labels

export type Labels = { readonly [N in LabelName]: (typeof labels)[N] extends string ? string : Counted }
