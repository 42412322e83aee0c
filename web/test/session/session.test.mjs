// What happens to an element's files when it is suspended, wakes up, is restored or gets another endpoint.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Session } from '../../.cache/test/session/session.js'
import { Upload } from '../../.cache/test/session/upload.js'

const accept = { outcome: 'accept', kind: 'document', type: 'text/plain', reasons: [] }
const settled = () => new Promise(resolve => setImmediate(resolve))

const refuse = { outcome: 'refuse', kind: '', type: 'text/plain', reasons: [] }

/** An engine that records its calls. A file named `slow` is never checked, `note` is accepted as a message only. */
class FakeEngine {
  calls = []
  #listener
  #reject
  constructor(origin) {
    this.origin = origin
    for (const name of ['pause', 'resume', 'retry', 'cancel', 'forget', 'keep', 'start']) this[name] = id => this.calls.push(`${name} ${id}`)
    for (const name of ['suspend', 'wake', 'nudge', 'warm']) this[name] = () => this.calls.push(name)
  }
  check(_id, file, { name, purposes }) {
    if (name === 'note' && purposes.length > 1) return Promise.resolve(refuse)
    return name === 'slow' ? new Promise((_, reject) => { this.#reject = reject }) : Promise.resolve(accept)
  }
  restore(place) {
    this.calls.push(`restore ${place}`)
    return Promise.resolve(this.left ?? [])
  }
  supply(id, file) {
    this.calls.push(`supply ${id}`)
    return file.text().then(text => text === this.content)
  }
  subscribe(listener) {
    this.#listener = listener
    return () => { this.#listener = undefined }
  }
  emit(event) {
    this.#listener?.(event)
  }
  provideToken() {}
  close() {
    this.calls.push('close')
    this.#reject?.(new Error('closed'))
  }
}

function setUp(concurrency = 2) {
  const engines = []
  const events = []
  const unmatched = []
  const host = {
    purposes: ['message'], kinds: [], autoStart: true, concurrency, server: 'https://a.example', metadata: {}, warn() {},
    place: '/media?campaign=1#hero',
    loadEngine: async () => origin => {
      engines.push(new FakeEngine(origin))
      return engines.at(-1)
    },
    emit: (name, { file, files, error, reason }) => { events.push([name, file?.name ?? files?.map(({ name, state }) => `${name}:${state}`).join(), error?.code ?? reason].filter(Boolean).join(' ')); return true },
    changed() {}, valueChanged() {},
    unmatched: (file, chosenFor) => unmatched.push([file, chosenFor]),
    sentence: ({ code }) => code,
  }
  const session = new Session(host)
  const add = async (...names) => {
    const uploads = names.map(name => {
      session.add(`id of ${name}`, new File(['12345'], name))
      return session.queue.get(`id of ${name}`)
    })
    session.queue.pump()
    await settled()
    return uploads
  }
  return { host, session, engines, events, unmatched, add, states: () => [...session.queue].map(({ state }) => state.name) }
}

test('suspending stops active uploads; waking resumes them and does not start them again', async () => {
  const { session, engines, events, add, states } = setUp()
  const [first, second] = await add('1', '2', '3')
  const [engine] = engines
  engine.emit({ type: 'relaying', id: second.id })
  await settled()
  events.length = engine.calls.length = 0
  session.suspend()
  await settled()
  assert.deepEqual(states(), ['queued', 'relaying', 'queued'])
  session.wake()
  await settled()
  assert.deepEqual(states(), ['uploading', 'relaying', 'uploading'])
  const third = [...session.queue][2]
  assert.deepEqual(engine.calls, [
    'suspend', `pause ${first.id}`, `pause ${third.id}`,
    `resume ${first.id}`, `resume ${third.id}`, 'wake',
  ])
  assert.deepEqual(events, [], 'no events, since neither the person nor the page did anything')
  assert.equal(engines.length, 1)
  engine.emit({ type: 'done', id: second.id, asset: { id: 'a' } })
  assert.equal(second.state.name, 'done')
})

test('a pause outlasts a suspension, and an upload resumed during it continues after it', async () => {
  const { session, engines, add, states } = setUp()
  const [first, second] = await add('1', '2')
  session.pause()
  session.suspend()
  session.resume(second.id)
  await settled()
  assert.deepEqual(states(), ['paused', 'queued'])
  engines[0].calls.length = 0
  session.wake()
  await settled()
  assert.deepEqual(states(), ['paused', 'uploading'])
  assert.deepEqual(engines[0].calls, [`resume ${second.id}`, 'wake'])
  assert.equal(first.sender, 'here')
})

test('files added while suspended begin after waking', async () => {
  const { session, engines, add, states } = setUp()
  session.suspend()
  await add('1')
  assert.deepEqual([states(), engines.length], [['checking'], 0])
  session.wake()
  await settled()
  assert.deepEqual(states(), ['uploading'])
})

test('another spelling of the same endpoint has no effect', async () => {
  const { session, engines, add, states } = setUp()
  await add('1')
  session.changeEndpoint()
  assert.deepEqual([states(), engines.length], [['uploading'], 1])
})

test('another server: uploads that the first one knows fail, and a retry starts at the new one', async () => {
  const { host, session, engines, events, add, states } = setUp(2)
  const [first, second, third, fourth] = await add('done', 'relaying', 'uploading', 'paused', 'slow')
  engines[0].emit({ type: 'done', id: first.id, asset: { id: 'a' } })
  engines[0].emit({ type: 'relaying', id: second.id })
  await settled()
  session.pause(fourth.id)
  host.server = 'https://b.example'
  session.changeEndpoint()
  await settled()
  assert.deepEqual(states(), ['done', 'failed', 'failed', 'failed', 'checking'])
  assert.deepEqual(events.filter(event => event.startsWith('upload-error')), [
    'upload-error relaying endpoint_changed', 'upload-error uploading endpoint_changed', 'upload-error paused endpoint_changed',
  ])
  assert.deepEqual(engines.map(({ origin }) => origin), ['https://a.example', 'https://b.example'])
  engines[0].emit({ type: 'done', id: second.id, asset: { id: 'b' } })
  assert.equal(second.state.name, 'failed')
  session.retry(third.id)
  await settled()
  assert.equal(third.state.name, 'uploading')
  assert.deepEqual(engines[1].calls, [`keep ${third.id}`, `start ${third.id}`])
})

test('a failure at the first server is retried at the new one from the beginning', async () => {
  const { host, session, engines, add } = setUp()
  const [upload] = await add('1')
  engines[0].emit({ type: 'failed', id: upload.id, failure: { code: 'relay_failed', message: '', retryable: true, facts: [] } })
  host.server = 'https://b.example'
  session.changeEndpoint()
  session.retry(upload.id)
  await settled()
  assert.deepEqual(engines[1].calls, [`keep ${upload.id}`, `start ${upload.id}`])
})

test('other purposes check files again of which no byte was sent, and leave the rest alone', async () => {
  const { host, session, events, engines, add, states } = setUp(1)
  host.purposes = ['message', 'template']
  const [running, queued, held, note] = await add('running', 'queued', 'held', 'note')
  session.pause(held.id)
  await settled()
  assert.deepEqual(states(), ['uploading', 'queued', 'paused', 'refused'])
  engines[0].calls.length = events.length = 0
  host.purposes = ['message']
  session.recheck()
  assert.deepEqual([states(), note.verdict], [['uploading', 'checking', 'checking', 'checking'], undefined])
  await settled()
  await settled()
  assert.deepEqual(states(), ['uploading', 'queued', 'paused', 'queued'])
  assert.deepEqual(events.filter(event => event.startsWith('upload-')), ['upload-start note'], 'uploads that were started already emit no second upload-start')
  assert.deepEqual([running, queued, held, note].map(({ request }) => request.purposes.length), [2, 1, 1, 1])
  // The copies have the purposes in their keys.
  assert.deepEqual(engines[0].calls, [queued, held].flatMap(({ id }) => `forget ${id}`).concat([queued, held, note].map(({ id }) => `keep ${id}`)))
})

test('the result of a check with previous purposes is dropped', async () => {
  const { host, session, add, states } = setUp()
  host.purposes = ['message', 'template']
  const adding = add('note')
  host.purposes = ['message']
  session.recheck()
  await adding
  await settled()
  assert.deepEqual(states(), ['uploading'])
})

test('a problem on the server is in the file\'s state until it is over', async () => {
  const { session, engines, events, add } = setUp()
  const [upload] = await add('1')
  const problem = { code: 'provider_busy', message: '', retryable: true, facts: [] }
  events.length = 0
  engines[0].emit({ type: 'relaying', id: upload.id })
  engines[0].emit({ type: 'relaying', id: upload.id, problem })
  assert.deepEqual(upload.state, { name: 'relaying', problem })
  engines[0].emit({ type: 'relaying', id: upload.id })
  assert.deepEqual(upload.state, { name: 'relaying', problem: undefined })
  assert.deepEqual(events, ['relay-start 1', 'upload-retry 1 provider_busy'])
  session.remove(upload)
  assert.deepEqual(engines[0].calls.at(-1), `forget ${upload.id}`)
})

test('waiting for the first token is no retry, waiting for a later one is', async () => {
  const { session, engines, events, add } = setUp()
  session.token.getToken = () => 'a.token.b'
  const [upload] = await add('1')
  events.length = 0
  const needToken = (reason) => {
    engines[0].emit({ type: 'waiting', id: upload.id, reason: 'token', retryInMs: 0 })
    engines[0].emit({ type: 'token-needed', reason })
    return settled()
  }
  await needToken('missing')
  assert.deepEqual([events, upload.state.name], [[], 'waiting'])
  await needToken('expired')
  assert.deepEqual(events, ['upload-retry 1 token'])
})

/** An upload of an earlier visit, with a file of 5 bytes. */
const kept = (id, { file, paused = false, accepted = 3 } = {}) => ({
  id, file, size: 5, accepted, paused,
  request: { name: `${id}.txt`, declaredType: 'text/plain', kind: 'document', purposes: ['message'], metadata: {}, lastModified: 0, verdict: accept, place: '' },
})

/** A session whose engine has uploads of an earlier visit. */
async function visit(...left) {
  const staged = setUp()
  const { host } = staged
  const { loadEngine } = host
  host.loadEngine = async () => {
    const make = await loadEngine()
    return origin => Object.assign(make(origin), { left, content: '12345' })
  }
  await staged.session.restore()
  await settled()
  return staged
}

test('uploads of an earlier visit are restored and resume, except paused ones and those without their file', async () => {
  const { session, engines, events, states } = await visit(kept('copied', { file: new Blob(['12345']) }), kept('held', { file: new Blob(['12345']), paused: true }), kept('lost'))
  assert.deepEqual(states(), ['uploading', 'paused', 'missing'])
  assert.deepEqual(events, ['restored copied.txt:queued,held.txt:paused,lost.txt:missing'])
  assert.deepEqual(engines[0].calls, ['restore /media?campaign=1#hero', 'start copied'])
  assert.deepEqual([...session.queue].map(({ progress }) => progress.shown), [3, 3, 3])
  assert.equal(session.queue.get('copied').request.name, 'copied.txt')
})

test('without earlier uploads there is no event', async () => {
  const { engines, events } = await visit()
  assert.deepEqual([engines[0].calls, events], [['restore /media?campaign=1#hero'], []])
})

test('a restored upload keeps its purposes, whatever the page\'s are', async () => {
  const { host, session, engines, states } = await visit(kept('held', { file: new Blob(['12345']), paused: true }))
  host.purposes = ['profile']
  session.recheck()
  await settled()
  assert.deepEqual([states(), session.queue.get('held').purposes, engines[0].calls.length], [['paused'], ['message'], 1])
})

test('the same file chosen again resumes in its row', async () => {
  const { session, engines, states } = await visit(kept('lost'))
  assert.equal(session.supply(new File(['12345'], 'renamed.txt')).id, 'lost')
  assert.deepEqual(session.queue.get('lost').state, { name: 'missing', comparing: true })
  await settled()
  await settled()
  assert.deepEqual(states(), ['uploading'])
  assert.deepEqual(engines[0].calls.slice(1), ['supply lost', 'start lost'])
})

test('a file of the same size with other content is added on its own, and the row still misses its file', async () => {
  const { session, unmatched, engines, states } = await visit(kept('first'), kept('second'))
  const chosenFor = session.queue.get('second')
  const file = new File(['54321'], 'first.txt')
  assert.equal(session.supply(file, chosenFor), chosenFor)
  for (let tick = 0; tick < 4; tick++) await settled()
  assert.deepEqual(engines[0].calls.slice(1), ['supply second', 'supply first'])
  assert.deepEqual([states(), unmatched], [['missing', 'missing'], [[file, chosenFor]]])
  assert.equal(session.supply(new File(['1'], 'first.txt')), undefined, 'another size')
})

test('an upload without a file is cancelled on the server too', async () => {
  const { session, engines, states } = await visit(kept('lost'))
  session.cancel('lost')
  assert.deepEqual([states(), engines[0].calls.at(-1)], [[], 'cancel lost'])
})

test('a file that waits for a slot is copied at once', async () => {
  const { session, engines, add, states } = setUp(1)
  const [first, second] = await add('1', '2')
  assert.deepEqual(states(), ['uploading', 'queued'])
  assert.deepEqual(engines[0].calls, [`keep ${first.id}`, `keep ${second.id}`, `start ${first.id}`])
  session.remove(second)
  assert.equal(engines[0].calls.at(-1), `cancel ${second.id}`)
})

for (const [what, events, needed] of [
  ['checked, not started', [], false],
  ['started', [{ type: 'enqueue' }], true],
  ['copied', [{ type: 'enqueue' }, { type: 'kept' }], false],
  ['not copied', [{ type: 'enqueue' }, { type: 'unkept', reason: 'room' }], true],
  ['paused without a copy', [{ type: 'enqueue' }, { type: 'unkept', reason: 'refused' }, { type: 'pause' }], true],
  ['sent by another window', [{ type: 'enqueue' }, { type: 'begin' }, { type: 'followed' }], false],
  ['no longer sent by it', [{ type: 'enqueue' }, { type: 'begin' }, { type: 'followed' }, { type: 'followed', over: true }], true],
  ['on the server', [{ type: 'enqueue' }, { type: 'begin' }, { type: 'checking' }], false],
  ['on the server, which does not answer', [{ type: 'enqueue' }, { type: 'begin' }, { type: 'checking' }, { type: 'waiting', reason: 'server', retryInMs: 1 }], false],
  ['lost by the server', [{ type: 'enqueue' }, { type: 'begin' }, { type: 'checking' }, { type: 'waiting', reason: 'server', retryInMs: 1 }, { type: 'started' }], true],
]) {
  test(`${what}: leaving the page ${needed ? 'loses the upload' : 'loses nothing'}`, () => {
    const upload = Upload.of('an id', new File(['12345'], 'file'), ['message'])
    for (const event of [{ type: 'checked', verdict: accept }, ...events]) upload.apply({ id: upload.id, ...event })
    assert.equal(upload.needsWindow, needed)
  })
}

test('an upload that waits for a token shows when the page is asked next, and a click asks at once', async () => {
  const { session, engines, add } = setUp()
  let answer = 'first.a.b'
  let asked = 0
  session.token.getToken = () => { asked++; if (answer === '') throw new Error('signed out'); return answer }
  const [upload] = await add('1')
  engines[0].emit({ type: 'token-needed', reason: 'missing' })
  await settled()
  session.token.accepted()
  answer = ''
  engines[0].emit({ type: 'waiting', id: upload.id, reason: 'token', retryInMs: 0 })
  engines[0].emit({ type: 'token-needed', reason: 'expired' })
  await settled()
  assert.equal(upload.state.retryAt, session.token.state.retryAt)
  assert.ok(upload.state.retryAt > Date.now())
  answer = 'second.a.b'
  session.retry(upload.id)
  session.nudge()
  await settled()
  assert.deepEqual([asked, session.token.state.name], [3, 'idle'])
})
