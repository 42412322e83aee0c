/**
 * The server-sent events of one upload, read by fetch: EventSource cannot carry
 * a token, and a token in the URL would end in logs.
 */
import { isForeign, isProblem, readRetryAfter } from './chunk-sender.js'
import { parse, readProblem, readUploadStatus, type UploadStatus } from './server-json.js'
import type { SendOutcome } from './chunk-sender.js'
import type { WatchAction } from './wasm.js'

export interface WatchListener {
  reported(status: UploadStatus): void
  /** The stream has ended, or did not begin. */
  finished(outcome: SendOutcome): void
}

/** Watches and returns how to stop; after that the listener hears nothing more. */
export function watchUpload(action: WatchAction, token: string, listener: WatchListener): () => void {
  const controller = new AbortController()
  let watchdog = 0
  let stalled = false
  let stopped = false
  const alive = (): void => {
    clearTimeout(watchdog)
    watchdog = setTimeout(() => {
      stalled = true
      controller.abort()
    }, action.stallAfter)
  }
  const stop = (): void => {
    stopped = true
    clearTimeout(watchdog)
    controller.abort()
  }
  const run = async (): Promise<SendOutcome> => {
    const headers = { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' }
    const response = await fetch(action.url, { headers, signal: controller.signal, cache: 'no-store' })
    if (!response.ok || !response.body) return refused(action.request, response)
    await readEvents(response.body, alive, data => {
      const status = readUploadStatus(parse(data))
      if (status && !stopped) listener.reported(status)
    })
    return { type: 'broken', stalled: false }
  }
  alive()
  run().catch((): SendOutcome => ({ type: 'broken', stalled })).then(outcome => {
    clearTimeout(watchdog)
    if (!stopped) listener.finished(outcome)
  })
  return stop
}

/** Reads a stream of events to its end; only `data` fields matter here. */
async function readEvents(body: ReadableStream<Uint8Array>, alive: () => void, heard: (data: string) => void): Promise<void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    alive()
    const events = (rest + decoder.decode(value, { stream: true })).replaceAll('\r\n', '\n').split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) {
      const data = event.split('\n').filter(line => line.startsWith('data:')).map(line => line.slice(5)).join('\n')
      if (data !== '') heard(data)
    }
  }
}

async function refused(request: number, response: Response): Promise<SendOutcome> {
  const body = await response.text()
  const problem = isProblem(response.headers.get('Content-Type')) ? readProblem(parse(body)) : undefined
  return {
    type: 'answered',
    problem,
    body,
    answer: {
      type: 'answer',
      request,
      status: response.status,
      offset: -1,
      retryAfter: readRetryAfter(response.headers.get('Retry-After'), Date.now()),
      location: '',
      problem: problem?.code ?? '',
      foreign: isForeign(response.headers.get('Content-Type'), response.headers.get('Tus-Resumable')),
    },
  }
}
