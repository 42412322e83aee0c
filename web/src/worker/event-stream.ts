/**
 * Reads the server-sent events of one upload by fetch. EventSource cannot send a token in a
 * header, and a token in the URL would end up in logs.
 */
import { readAnswer, type RequestOutcome } from './server-answer.js'
import { parse, readUploadStatus, type UploadStatus } from './server-json.js'
import type { WatchAction } from './wasm.js'

export interface WatchListener {
  reported(status: UploadStatus): void
  /** The stream has ended, or could not be opened. */
  finished(outcome: RequestOutcome): void
}

/** Opens the stream and returns a function that closes it. After that the listener is not called. */
export function watchUpload(action: WatchAction, token: string, listener: WatchListener): () => void {
  const controller = new AbortController()
  let watchdog = 0
  let stalled = false
  let stopped = false
  const restartWatchdog = (): void => {
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
  const run = async (): Promise<RequestOutcome> => {
    const headers = { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' }
    const response = await fetch(action.url, { headers, signal: controller.signal, cache: 'no-store' })
    if (!response.ok || !response.body) {
      return readAnswer(action.request, { status: response.status, body: await response.text(), header: name => response.headers.get(name) })
    }
    await readEvents(response.body, restartWatchdog, data => {
      const status = readUploadStatus(parse(data))
      if (status && !stopped) listener.reported(status)
    })
    return { type: 'broken', stalled: false }
  }
  restartWatchdog()
  run().catch((): RequestOutcome => ({ type: 'broken', stalled })).then(outcome => {
    clearTimeout(watchdog)
    if (!stopped) listener.finished(outcome)
  })
  return stop
}

/** Reads a stream of events to its end and passes on their `data` fields. `received` is called for each piece. */
async function readEvents(body: ReadableStream<Uint8Array>, received: () => void, pass: (data: string) => void): Promise<void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    received()
    const events = (rest + decoder.decode(value, { stream: true })).replaceAll('\r\n', '\n').split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) {
      const data = event.split('\n').filter(line => line.startsWith('data:')).map(line => line.slice(5)).join('\n')
      if (data !== '') pass(data)
    }
  }
}
