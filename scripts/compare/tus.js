// tus-js-client as in its README: it looks for an upload of an earlier visit in the
// URL storage and resumes it.
import { Upload } from 'tus-js-client'
import { authorization, expired, onDrop, retryDelays } from './page.js'

const uploads = []
let trouble = ''

// The default of onShouldRetry in tus-js-client.
function retryable(error) {
  const status = error.originalResponse?.getStatus() ?? 0
  return (status < 400 || status >= 500 || status === 409 || status === 423) && navigator.onLine
}

function add(file) {
  const entry = { state: 'uploading' }
  entry.upload = new Upload(file, {
    ...authorization,
    endpoint: '/files/',
    retryDelays,
    metadata: { filename: file.name, filetype: file.type, purpose: 'message' },
    removeFingerprintOnSuccess: true,
    onShouldRetry: error => expired(error) || retryable(error),
    onSuccess() { entry.state = 'done' },
    onError(error) {
      entry.state = 'failed'
      trouble = String(error)
    },
  })
  uploads.push(entry)
  return resumeOrStart(entry)
}

async function resumeOrStart({ upload }) {
  const [previous] = await upload.findPreviousUploads()
  if (previous) upload.resumeFromPreviousUpload(previous)
  upload.start()
}

onDrop(add)

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
  restore: undefined, // the client does not store files: the user chooses the file again
}
