// Uploads a file with tus-js-client from npm, unchanged, in chunks of 1 MB. Pauses half-way,
// resumes, and prints the upload's URL. Arguments: the tus endpoint, a file, and an upload to resume, if any.
// The token is in MEDIARELAY_TOKEN.
import { open } from 'node:fs/promises'
import { setImmediate as soon } from 'node:timers/promises'
import { Upload } from 'tus-js-client'

const [endpoint, path, uploadUrl = null] = process.argv.slice(2)
const file = await open(path)
const { size } = await file.stat()
const chunkSize = 1_000_000
const pauseAt = size / 2
let paused = false

const upload = new Upload(file.createReadStream(), {
  endpoint,
  uploadUrl,
  chunkSize,
  uploadSize: size,
  headers: { Authorization: `Bearer ${process.env.MEDIARELAY_TOKEN}` },
  metadata: { filename: 'notes.txt', filetype: 'text/plain', purpose: 'message' },
  async onChunkComplete(_chunk, accepted) {
    if (paused || accepted < pauseAt) return
    paused = true
    await upload.abort()
    console.error(`paused at ${accepted}`)
    await soon()
    upload.start()
  },
  onError(error) {
    console.error(String(error))
    process.exit(1)
  },
  async onSuccess() {
    await file.close()
    if (!paused) throw new Error('the upload never paused')
    console.log(upload.url)
  },
})
upload.start()
