/**
 * Sends one request by XHR, with a slice of the file as its body. XHR because fetch does not
 * report upload progress. The browser streams the slice from disk, so it never fills the memory.
 */
import { checksum as checksumOf } from './digest.js'
import { readAnswer, type RequestOutcome, type ResponseParts } from './server-answer.js'
import type { SendAction } from './wasm.js'

/** `unreadable`: the file could not be read. */
export type ChunkOutcome = RequestOutcome | { readonly type: 'unreadable' }

export interface SendListener {
  /** `sent` bytes of the body have left the browser. */
  progressed(sent: number): void
  finished(outcome: ChunkOutcome): void
}

/** Sends the request and returns a function that aborts it. After an abort the listener is not called. */
export function sendRequest(action: SendAction, file: Blob | undefined, token: string, listener: SendListener): () => void {
  const xhr = new XMLHttpRequest()
  let watchdog = 0
  let ended = false
  const end = (outcome: ChunkOutcome | undefined): void => {
    if (ended) return
    ended = true
    clearTimeout(watchdog)
    xhr.onload = xhr.onerror = xhr.onabort = xhr.upload.onprogress = xhr.onreadystatechange = null
    if (outcome) listener.finished(outcome)
  }
  const restartWatchdog = (): void => {
    clearTimeout(watchdog)
    watchdog = setTimeout(() => {
      end({ type: 'broken', stalled: true })
      xhr.abort()
    }, action.stallAfter)
  }
  xhr.open(action.method, action.url)
  for (const [name, value] of action.headers) xhr.setRequestHeader(name, value)
  xhr.setRequestHeader('Authorization', `Bearer ${token}`)
  xhr.upload.onprogress = event => {
    restartWatchdog()
    listener.progressed(Math.min(event.loaded, action.length))
  }
  xhr.onreadystatechange = restartWatchdog
  xhr.onload = () => end(readAnswer(action.request, isRedirected(xhr, action) ? REDIRECT : {
    status: xhr.status, body: xhr.responseText, header: name => xhr.getResponseHeader(name),
  }))
  // Safari reports a lost connection as an abort.
  const broken = (): void => end({ type: 'broken', stalled: false })
  xhr.onerror = xhr.onabort = broken
  const send = ({ body, checksum }: Body): void => {
    if (ended) return
    if (checksum !== '') xhr.setRequestHeader('Upload-Checksum', checksum)
    restartWatchdog()
    xhr.send(body)
  }
  bodyOf(action, file).then(send, () => end({ type: 'unreadable' })).catch(broken)
  return () => {
    end(undefined)
    xhr.abort()
  }
}

/** The server redirects nobody: this is a proxy that sends its visitors to a page to sign in. */
const REDIRECT: ResponseParts = { status: 302, body: '', header: () => null }

/** XHR follows redirects by itself. */
function isRedirected({ responseURL }: XMLHttpRequest, { url }: SendAction): boolean {
  return responseURL !== '' && responseURL !== new URL(url).href
}

interface Body {
  readonly body: Blob | null
  readonly checksum: string
}

/** The chunk, and its checksum by which the server detects damage in transit. */
async function bodyOf(action: SendAction, file: Blob | undefined): Promise<Body> {
  if (action.length === 0) return { body: null, checksum: '' }
  if (!file) throw new DOMException('no file', 'NotReadableError')
  const body = file.slice(action.offset, action.offset + action.length)
  return { body, checksum: action.checksum ? await checksumOf(body) : '' }
}
