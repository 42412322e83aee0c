// The engine on the page's side: the messages to the next worker after one was stopped or has crashed.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'

/** A worker as the engine sees it: a connection that records its messages and receives those of the test. */
class FakeWorker {
  static made = []
  received = []
  stopped = false
  constructor(listener) {
    this.listener = listener
    FakeWorker.made.push(this)
  }
  post(message) {
    assert.equal(this.stopped, false)
    this.received.push(message)
  }
  close() {
    this.stopped = true
  }
  send(message) {
    this.listener.receive(message)
  }
  emit(event) {
    this.send({ type: 'event', event: { id: 'f', ...event } })
  }
  crash(loss = {}) {
    this.stopped = true
    this.listener.lost({ detail: 'out of memory', blamed: true, ...loss })
  }
  get messages() {
    return this.received
  }
}

let page = new EventTarget()
globalThis.addEventListener = (...how) => page.addEventListener(...how)
globalThis.removeEventListener = (...how) => page.removeEventListener(...how)
const { WorkerEngine } = await import('../../.cache/test/engine/worker-engine.js')

const createWorkerEngine = (host = {}) => new WorkerEngine({
  connect: listener => new FakeWorker(listener), mayHaveEarlierUploads: async () => true, noticed() {}, ...host,
})

beforeEach(() => {
  FakeWorker.made = []
  page = new EventTarget()
})

const nextTask = () => new Promise(resolve => setTimeout(resolve))
const newest = () => FakeWorker.made.at(-1)
const failure = { code: 'relay_failed', message: '', retryable: true, facts: [] }
const url = 'https://media.example.com/files/1'

const request = {
  name: 'f', declaredType: '', kind: 'document', purposes: ['message'], metadata: {}, lastModified: 0, place: '/',
  verdict: { outcome: 'accept', kind: 'document', type: '', reasons: [] },
}

/** An engine with one upload that has a URL. */
function running() {
  const engine = createWorkerEngine()
  const events = []
  engine.subscribe(event => events.push(event.type))
  engine.start('f', new Blob(['x']), request)
  const worker = newest()
  worker.emit({ type: 'started' })
  worker.send({ type: 'located', id: 'f', url })
  return { engine, events, worker }
}

test('after a suspension the next worker resumes with the same file and URL', () => {
  const { engine, worker } = running()
  engine.suspend()
  assert.equal(worker.stopped, true)
  engine.wake()
  const [start, ...more] = newest().messages
  assert.deepEqual([start.type, start.size, start.url, start.first, more], ['start', 1, url, 'start', []])
})

test('a suspended engine starts no worker, whichever method is called', async () => {
  const { engine } = running()
  engine.suspend()
  engine.warm()
  engine.nudge()
  engine.pause('f')
  const verdict = engine.check('g', new Blob(['y']), { name: 'g', declaredType: '', kinds: [], purposes: [] })
  assert.equal(FakeWorker.made.length, 1)
  engine.wake()
  assert.deepEqual(newest().messages.map(({ type, first }) => [type, first]), [['check', undefined], ['start', 'pause']])
  newest().send({ type: 'answer', call: newest().messages[0].call, answer: 'fine' })
  assert.equal(await verdict, 'fine')
})

test('an engine without running uploads starts no worker when it wakes', () => {
  const { engine, worker } = running()
  worker.emit({ type: 'done', asset: {} })
  engine.suspend()
  engine.wake()
  assert.equal(FakeWorker.made.length, 1)
})

/** What happened before the worker crashed, and how the next one begins. */
const crashes = [
  ['while it sends', () => {}, 'start'],
  ['before it could pause', ({ engine }) => engine.pause('f'), 'pause'],
  ['while it is paused', ({ engine, worker }) => { engine.pause('f'); worker.emit({ type: 'paused' }) }, 'pause'],
  ['before it could resume', ({ engine, worker }) => { engine.pause('f'); worker.emit({ type: 'paused' }); engine.resume('f') }, 'start'],
  ['while it watches, after a pause that came too late', ({ engine, worker }) => { engine.pause('f'); worker.emit({ type: 'checking' }) }, 'start'],
  ['before it could retry', ({ engine, worker }) => { worker.emit({ type: 'failed', failure }); engine.retry('f') }, 'retry'],
  ['before it learned why the relay had failed', ({ engine, worker }) => {
    worker.emit({ type: 'failed', failure }); engine.retry('f'); worker.emit({ type: 'checking' })
  }, 'retry'],
  ['after the retry took effect', ({ engine, worker }) => {
    worker.emit({ type: 'failed', failure }); engine.retry('f'); worker.emit({ type: 'relaying' })
  }, 'start'],
  ['before it could cancel', ({ engine, worker }) => { engine.cancel('f'); worker.emit({ type: 'resumed', offset: 1 }) }, 'cancel'],
]
for (const [when, happens, first] of crashes) {
  test(`a worker crashes ${when}: the next one begins with ${first}`, () => {
    const before = running()
    happens(before)
    before.worker.crash()
    const [start, ...more] = newest().messages
    assert.deepEqual([start.type, start.url, start.first, more], ['start', url, first, []])
  })
}

test('the first retry after a failed relay reaches a worker that does not know the upload', () => {
  const { engine, worker } = running()
  worker.emit({ type: 'failed', failure })
  worker.crash()
  assert.deepEqual(newest().messages, [], 'no retry was requested yet')
  engine.retry('f')
  const [start, ...more] = newest().messages
  assert.deepEqual([start.type, start.url, start.first, more], ['start', url, 'retry', []])
  engine.pause('f')
  assert.deepEqual(newest().messages[1], { type: 'pause', id: 'f' })
})

test('workers that crash without progress are replaced only so often', () => {
  const { events } = running()
  for (let n = 0; n < 3; n++) {
    newest().emit({ type: 'progress', accepted: 0, inFlight: 0, total: 1 })
    newest().crash()
  }
  assert.equal(events.at(-1), 'failed')
  assert.equal(FakeWorker.made.length, 3)
})

test('progress resets the count of crashes', () => {
  const { events } = running()
  for (let n = 1; n <= 5; n++) {
    newest().emit({ type: 'progress', accepted: n, inFlight: 0, total: 9 })
    newest().crash()
  }
  assert.equal(events.includes('failed'), false)
  assert.equal(FakeWorker.made.length, 6)
})

test('a closed engine has stopped its worker and rejects its checks', async () => {
  const { engine, worker } = running()
  const verdict = engine.check('g', new Blob(['y']), { name: 'g', declaredType: '', kinds: [], purposes: [] })
  engine.close()
  assert.equal(worker.stopped, true)
  await assert.rejects(verdict, { code: 'engine_unavailable' })
})

/** The browser's events for a page that enters or leaves the back/forward cache (`persisted`). */
const dispatchPageEvent = (type, persisted) => page.dispatchEvent(Object.assign(new Event(type), { persisted }))

test('a page in the back/forward cache has no worker, and resumes when it is restored', () => {
  const { engine, worker } = running()
  dispatchPageEvent('pagehide', true)
  assert.equal(worker.stopped, true)
  assert.equal(FakeWorker.made.length, 1)
  dispatchPageEvent('pageshow', true)
  assert.equal(FakeWorker.made.length, 2)
  assert.equal(newest().messages.at(-1).url, url)
  engine.close()
  dispatchPageEvent('pagehide', true)
  dispatchPageEvent('pageshow', true)
  assert.equal(FakeWorker.made.length, 2)
})

test('a suspended page stays suspended when it is restored from the back/forward cache', () => {
  const { engine } = running()
  engine.suspend()
  dispatchPageEvent('pagehide', true)
  dispatchPageEvent('pageshow', true)
  assert.equal(FakeWorker.made.length, 1)
  engine.wake()
  assert.equal(FakeWorker.made.length, 2)
  engine.close()
})

test('an engine that is suspended or closed listens to nothing of the page, and one that wakes listens again', () => {
  const listening = new Set()
  page.addEventListener = type => listening.add(type)
  page.removeEventListener = type => listening.delete(type)
  const engine = createWorkerEngine()
  assert.deepEqual([...listening], ['pagehide', 'pageshow'])
  engine.suspend()
  assert.deepEqual([...listening], [])
  engine.wake()
  assert.deepEqual([...listening], ['pagehide', 'pageshow'])
  engine.close()
  assert.deepEqual([...listening], [])
  engine.wake()
  assert.deepEqual([...listening], [])
})

for (const [onLine, reason, told] of [[true, 'offline', 'unreachable'], [false, 'offline', 'offline'], [true, 'server', 'server'], [false, 'stalled', 'stalled']]) {
  test(`a wait of the worker because of ${reason}, in a browser ${onLine ? 'with' : 'without'} a network: ${told}`, () => {
    Object.defineProperty(globalThis, 'navigator', { value: { onLine }, configurable: true })
    const { engine, worker } = running()
    const reasons = []
    engine.subscribe(event => event.type === 'waiting' && reasons.push(event.reason))
    worker.emit({ type: 'waiting', reason, retryInMs: 500 })
    assert.deepEqual(reasons, [told])
  })
}

test('a file that was kept is started without a second copy', () => {
  const engine = createWorkerEngine()
  engine.keep('f', new Blob(['x']), request)
  engine.keep('f', new Blob(['x']), request)
  engine.start('f', new Blob(['x']), request)
  engine.start('f', new Blob(['x']), request)
  assert.deepEqual(newest().messages.map(({ type }) => type), ['keep', 'start'])
})

test('an upload that was kept and not started is kept by the next worker', () => {
  const engine = createWorkerEngine()
  engine.keep('f', new Blob(['x']), request)
  newest().crash()
  assert.deepEqual(newest().messages.map(({ type }) => type), ['keep'])
})

/** An engine whose worker has restored one upload of an earlier visit. */
async function restored() {
  const engine = createWorkerEngine()
  const answer = engine.restore('/p#media')
  await nextTask()
  const [{ type, call, place }] = newest().messages
  assert.deepEqual([type, place], ['restore', '/p#media'])
  newest().send({ type: 'answer', call, answer: [{ id: 'old', size: 1, accepted: 0, paused: false, file: undefined, request }] })
  return { engine, kept: await answer }
}

test('the next worker also gets the restored uploads', async () => {
  const { engine, kept } = await restored()
  assert.deepEqual(kept.map(({ id }) => id), ['old'])
  newest().crash()
  assert.deepEqual(newest().messages.map(({ type, id, size }) => [type, id, size]), [['keep', 'old', 1]])
  engine.start('old', new Blob(['x']), request)
  assert.deepEqual(newest().messages.at(-1).type, 'start')
})

test('a restored upload can be cancelled before it is started', async () => {
  const { engine } = await restored()
  engine.cancel('old')
  assert.deepEqual(newest().messages.at(-1), { type: 'cancel', id: 'old' })
})

test('its cancel survives a suspension and a crash of the worker', async () => {
  const { engine } = await restored()
  engine.suspend()
  engine.cancel('old')
  engine.wake()
  newest().crash()
  assert.deepEqual(newest().messages.map(({ type, id, first }) => [type, id, first]), [['start', 'old', 'cancel']])
})

test('an upload that is forgotten while no worker runs is forgotten by the next one before it is kept again', () => {
  const { engine } = running()
  engine.suspend()
  engine.forget('f')
  engine.forget('g')
  engine.keep('g', new Blob(['x']), request)
  engine.wake()
  assert.deepEqual(newest().messages.map(({ type, id }) => [type, id]), [['forget', 'f'], ['forget', 'g'], ['keep', 'g']])
  newest().crash()
  assert.deepEqual(newest().messages.map(({ type, id }) => [type, id]), [['keep', 'g']])
})

test('a worker is started only to forget an upload, whose copy would otherwise be restored', () => {
  const { engine } = running()
  engine.suspend()
  engine.forget('f')
  engine.wake()
  assert.deepEqual(newest().messages, [{ type: 'forget', id: 'f' }])
})

test('a call that waits for a token is repeated to the next worker', async () => {
  const engine = createWorkerEngine()
  const answer = engine.restore('/')
  await nextTask()
  newest().crash()
  newest().crash()
  const [{ call }] = newest().messages
  newest().send({ type: 'answer', call, answer: [] })
  assert.deepEqual(await answer, [])
})

test('an engine that cannot run rejects instead of reporting that there are no uploads', async () => {
  const engine = createWorkerEngine()
  const [kept, same] = [engine.restore('/'), engine.supply('old', new Blob())]
  await nextTask()
  for (let n = 0; n < 3; n++) newest().crash()
  await assert.rejects(kept, { code: 'engine_unavailable' })
  assert.equal(await same, false)
})

test('without uploads of earlier visits no worker is started to look for them', async () => {
  const engine = createWorkerEngine({ mayHaveEarlierUploads: async () => false })
  assert.deepEqual(await engine.restore('/'), [])
  assert.equal(FakeWorker.made.length, 0)
})

test('the crash of a worker by another element is not counted against this one', () => {
  const { events } = running()
  for (let n = 0; n < 5; n++) newest().crash({ blamed: false })
  assert.equal(events.includes('failed'), false)
  assert.equal(FakeWorker.made.length, 6)
})

test('what only an administrator can change fails at once, with its code, and a retry starts another worker', async () => {
  const engine = createWorkerEngine()
  const failures = []
  engine.subscribe(event => event.type === 'failed' && failures.push(event.failure.code))
  engine.start('f', new Blob(['x']), request)
  const verdict = engine.check('g', new Blob(['y']), { name: 'g', declaredType: '', kinds: [], purposes: [] })
  newest().crash({ fault: 'policy_forbids_engine' })
  await assert.rejects(verdict, { code: 'policy_forbids_engine' })
  assert.deepEqual(failures, ['policy_forbids_engine'])
  assert.equal(FakeWorker.made.length, 1)
  engine.retry('f')
  assert.deepEqual(newest().messages.map(({ type, first }) => [type, first]), [['start', 'retry']])
})
