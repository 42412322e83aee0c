// What happens to an element's files when it goes away, comes back, or is pointed at another server.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Session } from '../.cache/test/session.js'

const accept = { outcome: 'accept', kind: 'document', type: 'text/plain', reasons: [] }
const settled = () => new Promise(resolve => setImmediate(resolve))

const refuse = { outcome: 'refuse', kind: '', type: 'text/plain', reasons: [] }

/** An engine that notes what it is asked for. Files named `slow` are never checked, `note` passes as a message alone. */
class FakeEngine {
  calls = []
  #listener
  #reject
  constructor(origin) {
    this.origin = origin
    for (const name of ['pause', 'resume', 'retry', 'cancel', 'forget']) this[name] = id => this.calls.push(`${name} ${id}`)
    for (const name of ['suspend', 'wake', 'nudge', 'warm']) this[name] = () => this.calls.push(name)
  }
  check(_id, file, { name, purposes }) {
    if (name === 'note' && purposes.length > 1) return Promise.resolve(refuse)
    return name === 'slow' ? new Promise((_, reject) => { this.#reject = reject }) : Promise.resolve(accept)
  }
  start(id) {
    this.calls.push(`start ${id}`)
  }
  subscribe(listener) {
    this.#listener = listener
    return () => { this.#listener = undefined }
  }
  tell(event) {
    this.#listener?.(event)
  }
  provideToken() {}
  close() {
    this.calls.push('close')
    this.#reject?.(new Error('closed'))
  }
}

function stage(concurrency = 2) {
  const engines = []
  const events = []
  const host = {
    purposes: ['message'], kinds: [], autoStart: true, concurrency, origin: 'https://a.example',
    openEngine() {
      engines.push(new FakeEngine(this.origin))
      return engines.at(-1)
    },
    metadataOf: () => ({}),
    emit: (name, { file, error, reason }) => { events.push([name, file?.name, error?.code ?? reason].filter(Boolean).join(' ')); return true },
    changed() {}, valueChanged() {},
    sentence: ({ code }) => code,
  }
  const session = new Session(host)
  const add = async (...names) => {
    const uploads = names.map(name => session.add(new File(['12345'], name)))
    session.queue.pump()
    await settled()
    return uploads
  }
  return { host, session, engines, events, add, states: () => [...session.queue].map(({ state }) => state.name) }
}

test('an absence holds what runs; on return it goes on, and is not begun again', async () => {
  const { session, engines, events, add, states } = stage()
  const [first, second] = await add('1', '2', '3')
  const [engine] = engines
  engine.tell({ type: 'relaying', id: second.id })
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
  assert.deepEqual(events, [], 'nothing that a person or the page has done')
  assert.equal(engines.length, 1)
  engine.tell({ type: 'done', id: second.id, asset: { id: 'a' } })
  assert.equal(second.state.name, 'done')
})

test('a pause outlasts an absence, and one that is taken back in it goes on after it', async () => {
  const { session, engines, add, states } = stage()
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
  assert.equal(first.begun, true)
})

test('files that come in an absence begin after it', async () => {
  const { session, engines, add, states } = stage()
  session.suspend()
  await add('1')
  assert.deepEqual([states(), engines.length], [['checking'], 0])
  session.wake()
  await settled()
  assert.deepEqual(states(), ['uploading'])
})

test('the same server in other words disturbs nothing', async () => {
  const { session, engines, add, states } = stage()
  await add('1')
  session.changeEndpoint()
  assert.deepEqual([states(), engines.length], [['uploading'], 1])
})

test('another server: what the first one knows fails in words, and a retry begins at the new one', async () => {
  const { host, session, engines, events, add, states } = stage(2)
  const [first, second, third, fourth] = await add('done', 'relaying', 'uploading', 'paused', 'slow')
  engines[0].tell({ type: 'done', id: first.id, asset: { id: 'a' } })
  engines[0].tell({ type: 'relaying', id: second.id })
  await settled()
  session.pause(fourth.id)
  host.origin = 'https://b.example'
  session.changeEndpoint()
  await settled()
  assert.deepEqual(states(), ['done', 'failed', 'failed', 'failed', 'checking'])
  assert.deepEqual(events.filter(event => event.startsWith('upload-error')), [
    'upload-error relaying endpoint_changed', 'upload-error uploading endpoint_changed', 'upload-error paused endpoint_changed',
  ])
  assert.deepEqual(engines.map(({ origin }) => origin), ['https://a.example', 'https://b.example'])
  engines[0].tell({ type: 'done', id: second.id, asset: { id: 'b' } })
  assert.equal(second.state.name, 'failed')
  session.retry(third.id)
  await settled()
  assert.equal(third.state.name, 'uploading')
  assert.deepEqual(engines[1].calls, [`start ${third.id}`])
})

test('a failure of the first server is retried at the new one from the beginning', async () => {
  const { host, session, engines, add } = stage()
  const [upload] = await add('1')
  engines[0].tell({ type: 'failed', id: upload.id, failure: { code: 'relay_failed', message: '', retryable: true, facts: [] } })
  host.origin = 'https://b.example'
  session.changeEndpoint()
  session.retry(upload.id)
  await settled()
  assert.deepEqual(engines[1].calls, [`start ${upload.id}`])
})

test('other purposes ask anew about what no byte has left of, and the rest stays', async () => {
  const { host, session, events, engines, add, states } = stage(1)
  host.purposes = ['message', 'template']
  const [, , note] = await add('running', 'queued', 'note')
  assert.deepEqual(states(), ['uploading', 'queued', 'refused'])
  host.purposes = ['message']
  session.recheck()
  assert.deepEqual([states(), note.verdict], [['uploading', 'queued', 'checking'], undefined])
  await settled()
  assert.deepEqual(states(), ['uploading', 'queued', 'queued'])
  assert.ok(events.includes('upload-start note'))
  assert.deepEqual([note.purposes, engines[0].calls.length], [['message'], 1])
})

test('what a check answers to a question of before does not count', async () => {
  const { host, session, add, states } = stage()
  host.purposes = ['message', 'template']
  const adding = add('note')
  host.purposes = ['message']
  session.recheck()
  await adding
  await settled()
  assert.deepEqual(states(), ['uploading'])
})

test('trouble on the server is told with the file, and when it is over', async () => {
  const { session, engines, events, add } = stage()
  const [upload] = await add('1')
  const problem = { code: 'provider_busy', message: '', retryable: true, facts: [] }
  events.length = 0
  engines[0].tell({ type: 'relaying', id: upload.id })
  engines[0].tell({ type: 'relaying', id: upload.id, problem })
  assert.deepEqual(upload.state, { name: 'relaying', problem })
  engines[0].tell({ type: 'relaying', id: upload.id })
  assert.deepEqual(upload.state, { name: 'relaying', problem: undefined })
  assert.deepEqual(events, ['relay-start 1', 'upload-retry 1 provider_busy'])
  session.remove(upload)
  assert.deepEqual(engines[0].calls.at(-1), `forget ${upload.id}`)
})

test('the first token is no retry, a later one is', async () => {
  const { session, engines, events, add } = stage()
  session.token.getToken = () => 'a token'
  const [upload] = await add('1')
  events.length = 0
  const needToken = (reason) => {
    engines[0].tell({ type: 'waiting', id: upload.id, reason: 'token', retryInMs: 0 })
    engines[0].tell({ type: 'token-needed', reason })
    return settled()
  }
  await needToken('missing')
  assert.deepEqual([events, upload.state.name], [[], 'waiting'])
  await needToken('expired')
  assert.deepEqual(events, ['upload-retry 1 token'])
})
