/**
 * Reads one stream of server-sent events by fetch. EventSource cannot send a token in a header,
 * and a token in the URL would end up in logs.
 */
import { readRetryAfter } from './server-answer.js'
import { serverNow } from './server-time.js'

export interface StreamRequest {
  readonly url: string
  readonly token: string
  /** The ID of the last event of an earlier stream; empty for none. */
  readonly lastEventId: string
  /** Milliseconds without a byte after which the stream has stalled. */
  readonly stallAfter: number
}

export interface StreamEvent {
  readonly type: string
  readonly id: string
  readonly data: string
}

export interface StreamListener {
  /** Bytes of the stream have arrived: it is open. */
  received(): void
  event(event: StreamEvent): void
  /** The stream has ended or stalled, or could not be opened. `retryAfter` is in milliseconds. */
  ended(retryAfter: number): void
}

/** Opens a stream and returns a function that closes it. After that the listener is not called. */
export function openStream({ url, token, lastEventId, stallAfter }: StreamRequest, listener: StreamListener): () => void {
  const controller = new AbortController()
  let watchdog = 0
  let stopped = false
  const restartWatchdog = (): void => {
    clearTimeout(watchdog)
    watchdog = setTimeout(() => controller.abort(), stallAfter)
  }
  const stop = (): void => {
    stopped = true
    clearTimeout(watchdog)
    controller.abort()
  }
  const run = async (): Promise<number> => {
    const headers = { Authorization: `Bearer ${token}`, Accept: 'text/event-stream', ...lastEventId !== '' && { 'Last-Event-ID': lastEventId } }
    const response = await fetch(url, { headers, signal: controller.signal, cache: 'no-store', redirect: 'error' })
    const isStream = response.ok && response.headers.get('Content-Type')?.startsWith('text/event-stream')
    if (!isStream || !response.body) return readRetryAfter(response.headers.get('Retry-After'), serverNow())
    await readEvents(response.body, {
      received: () => {
        if (stopped) return
        restartWatchdog()
        listener.received()
      },
      event: event => { if (!stopped) listener.event(event) },
    })
    return 0
  }
  restartWatchdog()
  run().catch(() => 0).then(retryAfter => {
    if (stopped) return
    stop() // a response that is no stream may have a body
    listener.ended(retryAfter)
  })
  return stop
}

/** Reads a stream of events to its end. `received` is called for each piece. */
async function readEvents(body: ReadableStream<Uint8Array>, listener: Pick<StreamListener, 'received' | 'event'>): Promise<void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    listener.received()
    const blocks = (rest + decoder.decode(value, { stream: true })).replaceAll('\r\n', '\n').split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) listener.event(readEvent(block))
  }
}

function readEvent(block: string): StreamEvent {
  const lines = block.split('\n')
  const values = (name: string): string[] =>
    lines.filter(line => line.startsWith(`${name}:`)).map(line => line.slice(name.length + 1).replace(/^ /, ''))
  return { type: values('event').at(-1) ?? 'message', id: values('id').at(-1) ?? '', data: values('data').join('\n') }
}
