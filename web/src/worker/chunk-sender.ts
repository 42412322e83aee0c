/**
 * One request by XHR: a slice of the file as its body, progress while it leaves,
 * and an end when nothing moves any more. XHR because fetch tells nothing of a
 * body's progress; the slice goes from the disk to the socket by itself.
 */
import { checksum as checksumOf } from './digest.js'
import { parse, readProblem, type Problem } from './server-json.js'
import type { Answer, SendAction } from './wasm.js'

export type SendOutcome =
  | { readonly type: 'answered'; readonly answer: Answer; readonly problem: Problem | undefined; readonly body: string }
  | { readonly type: 'broken'; readonly stalled: boolean }

/** `unreadable`: the file would not give the bytes. */
export type ChunkOutcome = SendOutcome | { readonly type: 'unreadable' }

export interface SendListener {
  /** `sent` bytes of the body have left. */
  progressed(sent: number): void
  finished(outcome: ChunkOutcome): void
}

/** Sends and returns how to abort; after an abort the listener hears nothing more. */
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
  const alive = (): void => {
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
    alive()
    listener.progressed(Math.min(event.loaded, action.length))
  }
  xhr.onreadystatechange = alive
  xhr.onload = () => end(answered(action.request, xhr))
  // Safari reports a lost connection as an abort that nobody asked for.
  const broken = (): void => end({ type: 'broken', stalled: false })
  xhr.onerror = xhr.onabort = broken
  const send = ({ body, checksum }: Body): void => {
    if (ended) return
    if (checksum !== '') xhr.setRequestHeader('Upload-Checksum', checksum)
    alive()
    xhr.send(body)
  }
  bodyOf(action, file).then(send, () => end({ type: 'unreadable' })).catch(broken)
  return () => {
    end(undefined)
    xhr.abort()
  }
}

interface Body {
  readonly body: Blob | null
  readonly checksum: string
}

/** A chunk is summed up before it leaves, so that the server finds out what the way has done to it. */
async function bodyOf(action: SendAction, file: Blob | undefined): Promise<Body> {
  if (action.length === 0) return { body: null, checksum: '' }
  if (!file) throw new DOMException('no file', 'NotReadableError')
  const body = file.slice(action.offset, action.offset + action.length)
  return { body, checksum: action.checksum ? await checksumOf(body) : '' }
}

function answered(request: number, xhr: XMLHttpRequest): SendOutcome {
  const problem = isProblem(xhr.getResponseHeader('Content-Type')) ? readProblem(parse(xhr.responseText)) : undefined
  return {
    type: 'answered',
    problem,
    body: xhr.responseText,
    answer: {
      type: 'answer',
      request,
      status: xhr.status,
      offset: readOffset(xhr.getResponseHeader('Upload-Offset')),
      retryAfter: readRetryAfter(xhr.getResponseHeader('Retry-After'), Date.now()),
      location: xhr.getResponseHeader('Location') ?? '',
      problem: problem?.code ?? '',
      foreign: isForeign(xhr.getResponseHeader('Content-Type'), xhr.getResponseHeader('Tus-Resumable')),
    },
  }
}

/** Nothing in the answer speaks of the media server: something on the way gave it in the server's place. */
export function isForeign(contentType: string | null, tusResumable: string | null): boolean {
  return tusResumable === null && !isProblem(contentType)
}

export function isProblem(contentType: string | null): boolean {
  return contentType?.startsWith('application/problem+json') ?? false
}

/** Milliseconds from now; 0 without a header that can be read. RFC 9110, section 10.2.3: seconds or a date. */
export function readRetryAfter(header: string | null, now: number): number {
  if (header === null) return 0
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 0
}

function readOffset(header: string | null): number {
  return header !== null && /^\d+$/.test(header) ? Number(header) : -1
}
