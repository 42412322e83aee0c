// How a worker learns of the states of its uploads, with a scripted server and scripted time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusFeed } from '../../.cache/test/worker/status-feed.js'
import { WorkerToken } from '../../.cache/test/worker/worker-token.js'

const EVENTS = 'https://m/v1/events'
const HTML = { 'Content-Type': 'text/html' }
const encoder = new TextEncoder()
const stateOf = (id, state) => JSON.stringify({ id, state })
const json = (id, state) => new Response(stateOf(id, state), { headers: { 'Content-Type': 'application/json' } })

/** A person for each test, since the streams outlive the feeds. */
let people = 0

/** A feed, its requests and its open streams. `serve` answers the requests for an upload, `stream` those for the events. */
function newFeed(t, { serve = id => json(id, 'relaying'), stream = openEvents } = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const requests = []
  const streams = []
  globalThis.fetch = async (url, { headers, signal }) => {
    const id = url.slice(url.lastIndexOf('/') + 1)
    requests.push(id)
    const aborted = new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))))
    return Promise.race([aborted, url === EVENTS ? stream({ streams, headers, signal }) : serve(id, requests.length)])
  }
  const person = `person ${++people}`
  const told = []
  /** The feed of one element, which watches uploads. */
  const element = (text, owner = person) => {
    const token = new WorkerToken(() => {})
    const feed = new StatusFeed('https://m/', token)
    const provide = (text, owner = person) => {
      token.provide(text)
      feed.renew(text === undefined ? '' : owner)
    }
    provide(text, owner)
    t.after(() => provide(undefined))
    return { feed, token, provide, watch: id => watchIn(feed, id) }
  }
  // An upload that is done is not watched any more, as by the runner.
  const watchIn = (feed, id) => {
    const stop = feed.watch({ do: 'watch', request: 1, url: `https://m/v1/uploads/${id}` }, listenerOf(id, () => stop()))
    return stop
  }
  const listenerOf = (id, stop) => ({
    reported: ({ state }) => {
      told.push(`${id} ${state}`)
      if (state === 'done') stop()
    },
    finished: outcome => told.push(`${id} ${outcome.type}${outcome.answer ? ` ${outcome.answer.status} ${outcome.answer.foreign ? 'foreign' : outcome.answer.problem}` : ''}`),
  })
  return { ...element('one'), element, person, requests, streams, told, pass: milliseconds => pass(t, milliseconds) }
}

/** Lets time pass, with what becomes due in it. */
async function pass(t, milliseconds) {
  for (let left = milliseconds; left >= 0; left -= 250) {
    for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
    if (left > 0) t.mock.timers.tick(Math.min(250, left))
  }
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
}

function openEvents({ streams, headers, signal }) {
  let controller
  const body = new ReadableStream({ start: c => { controller = c } })
  const stream = {
    headers, open: true,
    send: text => controller.enqueue(encoder.encode(text)),
    upload: (id, state, event = 0) => controller.enqueue(encoder.encode(`event: upload\n${event ? `id: ${event}\n` : ''}data: ${stateOf(id, state)}\n\n`)),
    end: () => { stream.open = false; controller.close() },
  }
  signal.addEventListener('abort', () => {
    if (stream.open) controller.error(new DOMException('', 'AbortError'))
    stream.open = false
  })
  streams.push(stream)
  stream.send('retry: 2000\n\n')
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
}

const blocked = status => () => new Response('<h1>Forbidden</h1>', { status, headers: HTML })

test('twelve uploads have one stream, and nothing else is asked', async t => {
  const { requests, streams, told, watch, pass } = newFeed(t)
  const ids = Array.from({ length: 12 }, (_, i) => `u${i}`)
  for (const id of ids) watch(id)
  await pass(1000)
  for (const id of ids) streams[0].upload(id, 'relaying')
  await pass(20_000)
  for (const id of ids) streams[0].upload(id, 'done')
  await pass(0)
  assert.deepEqual(requests, ['events'])
  assert.deepEqual(told, [...ids.map(id => `${id} relaying`), ...ids.map(id => `${id} done`)])
})

test('a state that came before the upload was watched is told, and the stream stays for the next upload', async t => {
  const { requests, streams, told, watch, pass } = newFeed(t)
  const stop = watch('u1')
  await pass(0)
  stop()
  streams[0].upload('u2', 'checking')
  streams[0].upload('u2', 'done')
  await pass(5000)
  watch('u2')
  await pass(0)
  assert.deepEqual([told, requests], [['u2 done'], ['events']])
})

test('the stream is closed some time after the last upload, and resumes where it was', async t => {
  const { streams, watch, pass } = newFeed(t)
  watch('u1')()
  await pass(0)
  streams[0].upload('u1', 'done', 41)
  streams[0].send(': heartbeat\nid: 42\n\n')
  await pass(11_000)
  assert.equal(streams[0].open, false)
  watch('u2')
  await pass(0)
  assert.equal(streams[1].headers['Last-Event-ID'], '42')
})

for (const status of [200, 401, 403, 404, 502]) {
  test(`a proxy that answers ${status} to the stream: each upload is asked for, one after another, and none is lost`, async t => {
    let running = 0
    const done = new Set()
    const { requests, told, watch, pass } = newFeed(t, {
      stream: blocked(status),
      serve: async id => {
        assert.equal(++running, 1)
        await new Promise(resolve => setImmediate(resolve))
        running--
        return json(id, done.has(id) ? 'done' : 'relaying')
      },
    })
    const ids = ['u1', 'u2', 'u3']
    for (const id of ids) watch(id)
    await pass(1000)
    assert.deepEqual(told, ['u1 relaying', 'u2 relaying', 'u3 relaying'])
    for (const id of ids) done.add(id)
    await pass(4000)
    assert.deepEqual(told.filter(text => text.endsWith('done')).toSorted(), ['u1 done', 'u2 done', 'u3 done'])
    assert.ok(requests.filter(one => one === 'events').length > 1, 'the stream is tried again')
    assert.ok(requests.length < 20, 'with back-off')
  })
}

test('a proxy that holds the stream back: the uploads are asked for after some seconds, until bytes arrive', async t => {
  const holders = []
  const { requests, told, watch, pass } = newFeed(t, {
    stream: at => new Promise(resolve => holders.push(() => resolve(openEvents(at)))),
  })
  watch('u1')
  await pass(4000)
  assert.deepEqual(requests, ['events'])
  await pass(4000)
  assert.equal(told[0], 'u1 relaying')
  holders[0]()
  await pass(5000)
  const asked = requests.length
  await pass(30_000)
  assert.equal(requests.length, asked)
})

test('requests without a stream become rarer, up to one in about ten seconds', async t => {
  const { requests, watch, pass } = newFeed(t, { stream: blocked(403) })
  watch('u1')
  await pass(600_000)
  const asked = requests.filter(one => one === 'u1').length
  assert.ok(asked > 40 && asked < 80, `${asked} requests in ten minutes`)
  const tried = requests.filter(one => one === 'events').length
  assert.ok(tried > 5 && tried < 16, `${tried} streams in ten minutes`)
})

test('a stream that ends is opened again, and the uploads are not asked for', async t => {
  const { requests, streams, watch, pass } = newFeed(t)
  watch('u1')
  await pass(0)
  streams[0].upload('u1', 'relaying', 7)
  await pass(0)
  streams[0].end()
  await pass(2000)
  assert.deepEqual(requests, ['events', 'events'])
  assert.equal(streams[1].headers['Last-Event-ID'], '7')
})

test('a stream without a heartbeat has stalled and is opened again', async t => {
  const { streams, watch, pass } = newFeed(t)
  watch('u1')
  await pass(47_000)
  assert.deepEqual(streams.map(({ open }) => open), [false, true])
})

test('another token opens the stream again; that of another user begins anew', async t => {
  const { provide, person, streams, watch, pass } = newFeed(t)
  watch('u1')
  await pass(0)
  streams[0].upload('u1', 'relaying', 7)
  await pass(0)
  for (const [text, owner] of [['two', person], ['two', person], ['three', `not ${person}`]]) {
    provide(text, owner)
    await pass(0)
  }
  assert.deepEqual(streams.map(({ headers, open }) => [headers.Authorization, headers['Last-Event-ID'], open]), [
    ['Bearer one', undefined, false], ['Bearer two', '7', false], ['Bearer three', undefined, true],
  ])
})

test('elements of one person share a stream, whatever their tokens, and each takes its own uploads', async t => {
  const { element, requests, streams, told, watch, pass } = newFeed(t)
  const others = ['two', 'three'].map(text => element(text))
  watch('u1')
  others[0].watch('u2')
  await pass(0)
  streams[0].upload('u3', 'checking')
  for (const id of ['u1', 'u2']) streams[0].upload(id, 'relaying')
  await pass(0)
  others[1].watch('u3')
  for (const id of ['u1', 'u2', 'u3']) streams[0].upload(id, 'done')
  await pass(2000)
  assert.deepEqual(requests, ['events'])
  assert.deepEqual(told, ['u1 relaying', 'u2 relaying', 'u3 checking', 'u1 done', 'u2 done', 'u3 done'])
})

test('elements of two people have two streams, and neither hears of the other\'s uploads', async t => {
  const { element, person, streams, told, watch, pass } = newFeed(t)
  const ben = element('two', `not ${person}`)
  watch('u1')
  ben.watch('u2')
  await pass(0)
  assert.deepEqual(streams.map(({ headers }) => headers.Authorization), ['Bearer one', 'Bearer two'])
  streams[0].upload('u2', 'done')
  await pass(0)
  assert.deepEqual(told, [])
  ben.provide(undefined)
  await pass(0)
  assert.deepEqual(streams.map(({ open }) => open), [true, false])
})

test('an element that has nothing to watch leaves the stream to the others, and comes back to it', async t => {
  const { element, requests, streams, told, watch, pass } = newFeed(t)
  const other = element('two')
  const stop = watch('u1')
  other.watch('u2')
  await pass(0)
  for (const id of ['u1', 'u2']) streams[0].upload(id, 'relaying')
  await pass(0)
  stop()
  await pass(20_000)
  watch('u3')
  await pass(0)
  streams[0].upload('u3', 'relaying')
  streams[0].upload('u2', 'done')
  await pass(2000)
  assert.deepEqual([requests, streams[0].open], [['events'], true])
  assert.deepEqual(told, ['u1 relaying', 'u2 relaying', 'u3 relaying', 'u2 done'])
})

for (const [what, end] of [['signs out', first => first.provide(undefined)], ['is removed', first => first.feed.close()]]) {
  test(`an element that ${what} takes its token with it: the others get a stream with theirs, which resumes`, async t => {
    const first = newFeed(t)
    const { element, streams, told, pass } = first
    first.watch('u1')()
    await pass(0)
    const other = element('two')
    other.watch('u2')
    await pass(0)
    streams[0].upload('u2', 'relaying', 7)
    await pass(0)
    end(first)
    await pass(0)
    streams[1].upload('u2', 'done')
    await pass(0)
    assert.deepEqual(streams.map(({ headers, open }) => [headers.Authorization, headers['Last-Event-ID'], open]), [['Bearer one', undefined, false], ['Bearer two', '7', true]])
    assert.deepEqual(told, ['u2 relaying', 'u2 done'])
  })
}

test('a new token of another element does not open the stream again, and is used by the next one', async t => {
  const { element, streams, watch, pass } = newFeed(t)
  const other = element('two')
  watch('u1')
  await pass(0)
  other.watch('u2')
  other.provide('three')
  await pass(0)
  assert.equal(streams.length, 1)
  streams[0].end()
  await pass(2000)
  assert.deepEqual(streams.map(({ headers }) => headers.Authorization), ['Bearer one', 'Bearer three'])
})

test('without a token the stream is closed', async t => {
  const { provide, streams, told, watch, pass } = newFeed(t)
  watch('u1')
  await pass(0)
  provide(undefined)
  await pass(1000)
  assert.equal(streams[0].open, false)
  assert.deepEqual(told, ['u1 unsent'])
})

test('a failure is told by the resource of the upload: the event may be older than a retry', async t => {
  const { requests, streams, told, watch, pass } = newFeed(t)
  watch('u1')
  await pass(0)
  streams[0].upload('u1', 'failed')
  streams[0].upload('u1', 'uploading')
  await pass(500)
  assert.deepEqual(told, ['u1 relaying'])
  assert.deepEqual(requests, ['events', 'u1'])
})

test('an upload that a live stream does not tell of is asked for, ever more rarely', async t => {
  const { requests, streams, watch, pass } = newFeed(t)
  watch('u1')
  for (let second = 0; second < 300; second += 15) {
    await pass(15_000)
    streams[0].send(': heartbeat\n\n')
  }
  const asked = requests.filter(one => one === 'u1').length
  assert.ok(asked >= 2 && asked <= 4, `${asked} requests in five minutes`)
})

for (const [what, response, want] of [
  ['a page with 200', () => new Response('<form>Sign in</form>', { headers: HTML }), 'answered 200 foreign'],
  ['a page with 403', blocked(403), 'answered 403 foreign'],
  ['a page with 404', blocked(404), 'answered 404 foreign'],
  ['a redirect', () => ({ ok: false, status: 0, headers: new Headers(), text: async () => '' }), 'answered 302 foreign'],
  ['other JSON', () => new Response('{"state":"asleep"}', { headers: { 'Content-Type': 'application/json' } }), 'answered 200 foreign'],
  ['a problem', () => new Response('{"code":"not_found"}', { status: 404, headers: { 'Content-Type': 'application/problem+json' } }), 'answered 404 not_found'],
]) {
  test(`the answer for an upload: ${what}`, async t => {
    const { told, watch, pass } = newFeed(t, { stream: blocked(403), serve: response })
    watch('u1')
    await pass(500)
    assert.deepEqual(told, [`u1 ${want}`])
  })
}

test('a connection that breaks is broken for all uploads', async t => {
  const { told, watch, pass } = newFeed(t, { stream: blocked(502), serve: () => Promise.reject(new TypeError('Failed to fetch')) })
  for (const id of ['u1', 'u2', 'u3']) watch(id)
  await pass(500)
  assert.deepEqual(told.toSorted(), ['u1 broken', 'u2 broken', 'u3 broken'])
})

test('an upload of which the stream has told before it was watched is not asked for', async t => {
  const { requests, streams, told, watch, pass } = newFeed(t)
  watch('u1')
  await pass(0)
  streams[0].upload('u1', 'relaying')
  streams[0].upload('u2', 'relaying')
  await pass(0)
  watch('u2')
  await pass(30_000)
  assert.deepEqual([told, requests], [['u1 relaying', 'u2 relaying'], ['events']])
})
