// Uppy with its Tus plugin and Golden Retriever. The page calls what the buttons Retry,
// Pause and Restore of its Dashboard call.
import Uppy from '@uppy/core'
import GoldenRetriever from '@uppy/golden-retriever'
import Tus from '@uppy/tus'
import { authorization, expired, onDrop, retryDelays } from './page.js'

const largestCopy = 100 << 20 // bytes; the files of the test are larger than the default of 10 MiB

const uppy = new Uppy({ id: 'compare', autoProceed: true, meta: { purpose: 'message' } })
  .use(Tus, {
    ...authorization,
    endpoint: '/files/',
    retryDelays,
    allowedMetaFields: ['name', 'type', 'purpose'],
    removeFingerprintOnSuccess: true,
    onShouldRetry: (error, _attempt, _options, next) => expired(error) || next(error),
  })
  .use(GoldenRetriever, { indexedDB: { maxFileSize: largestCopy } })

let trouble = ''
uppy.on('upload-error', (_file, error) => { trouble = String(error) })

let refused = 0
onDrop(file => {
  try {
    uppy.addFile({ name: file.name, type: file.type, data: file, source: 'drop' })
  } catch (error) {
    trouble = String(error)
    refused++
  }
})

function state({ error, progress }) {
  if (progress.uploadComplete) return 'done'
  if (error) return 'failed'
  return progress.uploadStarted ? 'uploading' : 'idle'
}

window.compare = {
  states: () => [...uppy.getFiles().map(state), ...Array(refused).fill('refused')],
  trouble: () => trouble,
  pause: () => uppy.pauseAll(),
  resume: () => uppy.resumeAll(),
  retry: () => uppy.retryAll(),
  restore: () => uppy.emit('restore-confirmed'),
}
