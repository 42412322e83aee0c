// tus-js-client as its README uses it: the upload that an earlier visit has left is
// looked up in the URL storage and gone on with.
import { Upload } from 'tus-js-client'
import { authorization, expired, onDrop, retryDelays } from './page.js'

const uploads = []
let trouble = ''

// What the client does where no onShouldRetry is given.
function worthwhile(error) {
  const status = error.originalResponse?.getStatus() ?? 0
  return (status < 400 || status >= 500 || status === 409 || status === 423) && navigator.onLine
}

function begin(file) {
  const entry = { state: 'uploading' }
  entry.upload = new Upload(file, {
    ...authorization,
    endpoint: '/files/',
    retryDelays,
    metadata: { filename: file.name, filetype: file.type, purpose: 'message' },
    removeFingerprintOnSuccess: true,
    onShouldRetry: error => expired(error) || worthwhile(error),
    onSuccess() { entry.state = 'done' },
    onError(error) {
      entry.state = 'failed'
      trouble = String(error)
    },
  })
  uploads.push(entry)
  return goOn(entry)
}

async function goOn({ upload }) {
  const [previous] = await upload.findPreviousUploads()
  if (previous) upload.resumeFromPreviousUpload(previous)
  upload.start()
}

onDrop(begin)

window.compare = {
  states: () => uploads.map(({ state }) => state),
  trouble: () => trouble,
  pause: () => Promise.all(uploads.map(({ upload }) => upload.abort())),
  resume: () => uploads.forEach(({ upload }) => upload.start()),
  retry() {
    for (const entry of uploads.filter(({ state }) => state === 'failed')) {
      entry.state = 'uploading'
      entry.upload.start()
    }
  },
  restore: undefined, // nothing of the file is kept: a person chooses it again
}
