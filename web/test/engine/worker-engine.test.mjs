// The engine on the page's side: what the next worker is told after one was stopped, or died.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'

/** A worker that notes what it is told and says what the test wants. */
class FakeWorker {
  static made = []
  heard = []
  stopped = false
  constructor() {
    FakeWorker.made.push(this)
  }
  postMessage(message) {
    assert.equal(this.stopped, false)
    this.heard.push(message)
  }
  terminate() {
    this.stopped = true
  }
  say(message) {
    this.onmessage({ data: message })
  }
  tell(event) {
    this.say({ type: 'event', event: { id: 'f', ...event } })
  }
  die() {
    this.say({ type: 'dead', detail: 'out of memory' })
  }
  /** Without the opening of every worker. */
  get told() {
    return this.heard.slice(1)
  }
}

globalThis.Worker = FakeWorker
let page = new EventTarget()
globalThis.addEventListener = (...how) => page.addEventListener(...how)
globalThis.removeEventListener = (...how) => page.removeEventListener(...how)
globalThis.__WORKER_FILE__ = './worker.js'
const { createWorkerEngine } = await import('../../.cache/test/engine/worker-engine.js')

beforeEach(() => {
  FakeWorker.made = []
  page = new EventTarget()
})

const newest = () => FakeWorker.made.at(-1)
const failure = { code: 'relay_failed', message: '', retryable: true, facts: [] }
const url = 'https://media.example.com/files/1'

const request = {
  name: 'f', declaredType: '', kind: 'document', purposes: ['message'], metadata: {}, lastModified: 0, place: '/',
  verdict: { outcome: 'accept', kind: 'document', type: '', reasons: [] },
}

/** An engine with one upload that the server has named. */
function running() {
  const engine = createWorkerEngine('https://media.example.com')
  const events = []
  engine.subscribe(event => events.push(event.type))
  engine.start('f', new Blob(['x']), request)
  const worker = newest()
  worker.tell({ type: 'started' })
  worker.say({ type: 'located', id: 'f', url })
  return { engine, events, worker }
}

test('after a suspension the next worker goes on with the same file and URL', () => {
  const { engine, worker } = running()
  engine.suspend()
  assert.equal(worker.stopped, true)
  engine.wake()
  const [opened, start, ...more] = newest().heard
  assert.deepEqual([opened.type, start.type, start.size, start.url, start.first, more], ['open', 'start', 1, url, 'start', []])
})

test('a suspended engine starts no worker, whatever is asked of it', async () => {
  const { engine } = running()
  engine.suspend()
  engine.warm()
  engine.nudge()
  engine.pause('f')
  const verdict = engine.check('g', new Blob(['y']), { name: 'g', declaredType: '', kinds: [], purposes: [] })
  assert.equal(FakeWorker.made.length, 1)
  engine.wake()
  assert.deepEqual(newest().told.map(({ type, first }) => [type, first]), [['check', undefined], ['start', 'pause']])
  newest().say({ type: 'answer', call: newest().told[0].call, answer: 'fine' })
  assert.equal(await verdict, 'fine')
})

test('with nothing to do a woken engine starts no worker', () => {
  const { engine, worker } = running()
  worker.tell({ type: 'done', asset: {} })
  engine.suspend()
  engine.wake()
  assert.equal(FakeWorker.made.length, 1)
})

/** What happened before the worker died, and how the next one begins. */
const deaths = [
  ['in the middle', () => {}, 'start'],
  ['before it could pause', ({ engine }) => engine.pause('f'), 'pause'],
  ['in a pause', ({ engine, worker }) => { engine.pause('f'); worker.tell({ type: 'paused' }) }, 'pause'],
  ['before it could resume', ({ engine, worker }) => { engine.pause('f'); worker.tell({ type: 'paused' }); engine.resume('f') }, 'start'],
  ['watching, a pause too late', ({ engine, worker }) => { engine.pause('f'); worker.tell({ type: 'checking' }) }, 'start'],
  ['before it could retry', ({ engine, worker }) => { worker.tell({ type: 'failed', failure }); engine.retry('f') }, 'retry'],
  ['before it saw why the relay had failed', ({ engine, worker }) => {
    worker.tell({ type: 'failed', failure }); engine.retry('f'); worker.tell({ type: 'checking' })
  }, 'retry'],
  ['after the retry took', ({ engine, worker }) => {
    worker.tell({ type: 'failed', failure }); engine.retry('f'); worker.tell({ type: 'relaying' })
  }, 'start'],
  ['before it could cancel', ({ engine, worker }) => { engine.cancel('f'); worker.tell({ type: 'resumed', offset: 1 }) }, 'cancel'],
]
for (const [when, happens, first] of deaths) {
  test(`a worker that dies ${when}: the next one begins with ${first}`, () => {
    const before = running()
    happens(before)
    before.worker.die()
    const [start, ...more] = newest().told
    assert.deepEqual([start.type, start.url, start.first, more], ['start', url, first, []])
  })
}

test('a retry after a failed relay reaches a worker that has never heard of the upload, at the first press', () => {
  const { engine, worker } = running()
  worker.tell({ type: 'failed', failure })
  worker.die()
  assert.deepEqual(newest().told, [], 'nobody has asked for it yet')
  engine.retry('f')
  const [start, ...more] = newest().told
  assert.deepEqual([start.type, start.url, start.first, more], ['start', url, 'retry', []])
  engine.pause('f')
  assert.deepEqual(newest().told[1], { type: 'pause', id: 'f' })
})

test('workers that die without getting further are not replaced for ever', () => {
  const { events } = running()
  for (let n = 0; n < 3; n++) {
    newest().tell({ type: 'progress', accepted: 0, inFlight: 0, total: 1 })
    newest().die()
  }
  assert.equal(events.at(-1), 'failed')
  assert.equal(FakeWorker.made.length, 3)
})

test('a worker that got further counts as of use', () => {
  const { events } = running()
  for (let n = 1; n <= 5; n++) {
    newest().tell({ type: 'progress', accepted: n, inFlight: 0, total: 9 })
    newest().die()
  }
  assert.equal(events.includes('failed'), false)
  assert.equal(FakeWorker.made.length, 6)
})

test('a closed engine has stopped its worker and answers no check', async () => {
  const { engine, worker } = running()
  const verdict = engine.check('g', new Blob(['y']), { name: 'g', declaredType: '', kinds: [], purposes: [] })
  engine.close()
  assert.equal(worker.stopped, true)
  await assert.rejects(verdict, { code: 'engine_unavailable' })
})

/** What the browser says of a page that it puts aside whole, and of one that it ends. */
const passes = (type, persisted) => page.dispatchEvent(Object.assign(new Event(type), { persisted }))

test('a page that is put aside holds no worker, and goes on when it comes back', () => {
  const { engine, worker } = running()
  passes('pagehide', true)
  assert.equal(worker.stopped, true)
  assert.equal(FakeWorker.made.length, 1)
  passes('pageshow', true)
  assert.equal(FakeWorker.made.length, 2)
  assert.equal(newest().told.at(-1).url, url)
  engine.close()
  passes('pagehide', true)
  passes('pageshow', true)
  assert.equal(FakeWorker.made.length, 2)
})

test('a page that is put aside while it is suspended stays so when it comes back', () => {
  const { engine } = running()
  engine.suspend()
  passes('pagehide', true)
  passes('pageshow', true)
  assert.equal(FakeWorker.made.length, 1)
  engine.wake()
  assert.equal(FakeWorker.made.length, 2)
  engine.close()
})

test('a file is kept ahead of its turn, and started without being given twice', () => {
  const engine = createWorkerEngine('https://media.example.com')
  engine.keep('f', new Blob(['x']), request)
  engine.keep('f', new Blob(['x']), request)
  engine.start('f', new Blob(['x']), request)
  engine.start('f', new Blob(['x']), request)
  assert.deepEqual(newest().told.map(({ type }) => type), ['keep', 'start'])
})

test('what was kept and not started is kept by the next worker', () => {
  const engine = createWorkerEngine('https://media.example.com')
  engine.keep('f', new Blob(['x']), request)
  newest().die()
  assert.deepEqual(newest().told.map(({ type }) => type), ['keep'])
})

/** An engine whose worker has found one upload of an earlier visit. */
async function restored() {
  const engine = createWorkerEngine('https://media.example.com')
  const answer = engine.restore('/p#media')
  const [{ type, call, place }] = newest().told
  assert.deepEqual([type, place], ['restore', '/p#media'])
  newest().say({ type: 'answer', call, answer: [{ id: 'old', size: 1, accepted: 0, paused: false, file: undefined, request }] })
  return { engine, kept: await answer }
}

test('what an earlier visit has left is known to the next worker as well', async () => {
  const { engine, kept } = await restored()
  assert.deepEqual(kept.map(({ id }) => id), ['old'])
  newest().die()
  assert.deepEqual(newest().told.map(({ type, id, size }) => [type, id, size]), [['keep', 'old', 1]])
  engine.start('old', new Blob(['x']), request)
  assert.deepEqual(newest().told.at(-1).type, 'start')
})

test('an upload of an earlier visit can be cancelled before it is started', async () => {
  const { engine } = await restored()
  engine.cancel('old')
  assert.deepEqual(newest().told.at(-1), { type: 'cancel', id: 'old' })
})

test('its cancel outlives the worker, and an engine that was suspended', async () => {
  const { engine } = await restored()
  engine.suspend()
  engine.cancel('old')
  engine.wake()
  newest().die()
  assert.deepEqual(newest().told.map(({ type, id, first }) => [type, id, first]), [['start', 'old', 'cancel']])
})

test('what is forgotten while no worker runs is forgotten by the next one, before it is kept anew', () => {
  const { engine } = running()
  engine.suspend()
  engine.forget('f')
  engine.forget('g')
  engine.keep('g', new Blob(['x']), request)
  engine.wake()
  assert.deepEqual(newest().told.map(({ type, id }) => [type, id]), [['forget', 'f'], ['forget', 'g'], ['keep', 'g']])
  newest().die()
  assert.deepEqual(newest().told.map(({ type, id }) => [type, id]), [['keep', 'g']])
})

test('a worker is started for what was forgotten alone: its copy would come back', () => {
  const { engine } = running()
  engine.suspend()
  engine.forget('f')
  engine.wake()
  assert.deepEqual(newest().told, [{ type: 'forget', id: 'f' }])
})

test('a question that waits for a token is asked of the next worker too', async () => {
  const engine = createWorkerEngine('https://media.example.com')
  const answer = engine.restore('/')
  newest().die()
  newest().die()
  const [{ call }] = newest().told
  newest().say({ type: 'answer', call, answer: [] })
  assert.deepEqual(await answer, [])
})

test('an engine that cannot run does not say that nothing was left', async () => {
  const engine = createWorkerEngine('https://media.example.com')
  const [kept, same] = [engine.restore('/'), engine.supply('old', new Blob())]
  for (let n = 0; n < 3; n++) newest().die()
  await assert.rejects(kept, { code: 'engine_unavailable' })
  assert.equal(await same, false)
})
