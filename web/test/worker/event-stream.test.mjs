// Reading a stream of server-sent events.
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { openStream } from '../../.cache/test/worker/event-stream.js'

const fetched = globalThis.fetch
afterEach(() => { globalThis.fetch = fetched })

/** Reads a stream of the given pieces and returns its events and the time to wait. */
function read(pieces, init = { headers: { 'Content-Type': 'text/event-stream' } }, lastEventId = '') {
  const sent = {}
  globalThis.fetch = async (url, { headers }) => {
    Object.assign(sent, headers)
    const encoder = new TextEncoder()
    const body = new ReadableStream({ start(c) { for (const p of pieces) c.enqueue(typeof p === 'string' ? encoder.encode(p) : p); c.close() } })
    return new Response(body, init)
  }
  return new Promise(resolve => {
    const events = []
    let received = 0
    openStream({ url: '/events', token: 't', lastEventId, stallAfter: 1000 }, {
      received: () => received++,
      event: event => events.push(event),
      ended: retryAfter => resolve({ events, received, retryAfter, sent }),
    })
  })
}

test('events are read however the network splits them', async () => {
  const text = 'retry: 2000\r\n\r\n: hello\r\n\r\nid: 1\r\ndata: {"state":\r\ndata: "checking"}\r\n\r\n' +
    'event: upload\ndata: {"é":1}\n\n: beat\nid: 7\n\ndata: half'
  const bytes = new TextEncoder().encode(text)
  for (const size of [1, 2, 7, bytes.length]) {
    const pieces = []
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size))
    const { events } = await read(pieces)
    assert.deepEqual(events.filter(({ id, data }) => id !== '' || data !== ''), [
      { type: 'message', id: '1', data: '{"state":\n"checking"}' },
      { type: 'upload', id: '', data: '{"é":1}' },
      { type: 'message', id: '7', data: '' },
    ])
  }
})

test('the token and the last event are sent in headers', async () => {
  assert.deepEqual((await read([])).sent, { Authorization: 'Bearer t', Accept: 'text/event-stream' })
  assert.equal((await read([], undefined, '42')).sent['Last-Event-ID'], '42')
})

test('a response that is no stream opens none', async () => {
  for (const [status, type] of [[200, 'text/html'], [403, 'text/html'], [403, 'text/event-stream'], [401, 'application/problem+json']]) {
    const { events, received, retryAfter } = await read(['data: {}\n\n'], { status, headers: { 'Content-Type': type, 'Retry-After': '3' } })
    assert.deepEqual([events, received, retryAfter], [[], 0, 3000])
  }
})
