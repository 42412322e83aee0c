// The uploads of several people in one worker, with a fake state machine that always waits.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { Locks } from '../locks.mjs'

const page = new EventTarget()
Object.assign(globalThis, {
  self: globalThis, isSecureContext: true, location: { href: 'https://m/widget/worker.js', origin: 'https://m' },
  addEventListener: page.addEventListener.bind(page), __WASM_FILE__: 'rules-1.wasm', __ENGINE_PROTOCOL__: 1,
  fetch: async () => new Response('export const protocol = 1'),
})
Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true })
const { UploadWorker } = await import('../../.cache/test/worker/upload-worker.js')

const nextTask = () => new Promise(resolve => setTimeout(resolve))
const tokenOf = sub => `head.${btoa(JSON.stringify({ channel: 'support', sub }))}.signature`
const request = {
  name: 'a.txt', declaredType: 'text/plain', kind: 'document', purposes: ['message'], metadata: {}, lastModified: 1,
  verdict: { outcome: 'accept', kind: 'document', type: 'text/plain', reasons: [] }, place: '/p#media',
}

/** An upload worker with its running machines, the keys of all its uploads, and a way to wait for an event. */
function newWorker(t) {
  const machines = new Map()
  const keys = []
  const events = []
  const waiting = new Set()
  const module = {
    newUpload: ({ metadata }) => {
      keys.push(new Map(metadata).get('key'))
      machines.set(keys.length, [])
      return keys.length
    },
    dispatch: (handle, { type }) => {
      machines.get(handle).push(type)
      return { do: 'wait', reason: 'offline', milliseconds: 60_000, ceiling: 0, damaged: 0, upload: 'https://m/files/1', accepted: 0 }
    },
    freeUpload: handle => machines.delete(handle),
    isCrash: () => false,
    newDigest: () => {
      const hash = createHash('sha256')
      return { write: bytes => hash.update(bytes), sum: () => hash.digest('hex'), free: () => {} }
    },
  }
  const post = message => {
    events.push(message.type === 'event' ? `${message.event.type} ${message.event.reason ?? message.event.failure?.code ?? ''}`.trim() : message.type)
    for (const check of waiting) check()
  }
  const worker = new UploadWorker({ module, endpoint: 'https://m/', site: '', isForbidden: () => false, workers: { self: 'w', all: async () => undefined, release() {} }, post, crashed: error => t.diagnostic(String(error)) })
  t.after(() => worker.receive({ type: 'forget', id: 'f' }))
  const emits = (event, times = 1) => new Promise(resolve => {
    const check = () => events.filter(one => one === event).length >= times && resolve()
    waiting.add(check)
    check()
  })
  const start = () => worker.receive({ type: 'start', id: 'f', file: new Blob(['x']), size: 1, request, url: '', first: 'start' })
  return { worker, machines, keys, events, emits, start }
}

test('an upload stops when another person signs in, and resumes for its owner', { timeout: 10_000 }, async t => {
  const { worker, machines, keys, events, emits, start } = newWorker(t)
  start()
  await emits('token-needed missing')
  worker.receive({ type: 'token', token: tokenOf('ana') })
  await emits('waiting offline')
  assert.equal(machines.size, 1)

  worker.receive({ type: 'token', token: tokenOf('ben') })
  await emits('failed other_owner')
  assert.equal(machines.size, 0)
  worker.receive({ type: 'retry', id: 'f' })
  await emits('failed other_owner', 2)
  assert.equal(keys.length, 1)

  worker.receive({ type: 'token', token: tokenOf('ana') })
  // No event reports a token, so she retries until it is used.
  for (; keys.length < 2; await nextTask()) worker.receive({ type: 'retry', id: 'f' })
  await emits('waiting offline', 2)
  assert.equal(keys[1], keys[0])
  assert.equal(events.includes('dead'), false)
})

test('a new token of the same person does not interrupt the upload', { timeout: 10_000 }, async t => {
  const { worker, machines, events, emits, start } = newWorker(t)
  start()
  worker.receive({ type: 'token', token: tokenOf('ana') })
  await emits('waiting offline')
  worker.receive({ type: 'token', token: tokenOf('ana') })
  for (let n = 0; n < 20; n++) await nextTask()
  assert.deepEqual([...machines.values()], [['start']])
  assert.deepEqual(events.filter(event => event.startsWith('failed')), [])
})

test('the last token counts', { timeout: 10_000 }, async t => {
  const { worker, machines, emits, start } = newWorker(t)
  worker.receive({ type: 'token', token: tokenOf('ana') })
  worker.receive({ type: 'token', token: undefined })
  for (let n = 0; n < 20; n++) await nextTask()
  start()
  await emits('token-needed missing')
  assert.equal(machines.size, 0)
})

test('a crash of the module while uploads are restored is reported, and is no empty answer', { timeout: 10_000 }, async () => {
  const posted = []
  const crash = await new Promise(crashed => {
    const module = { newDigest: () => { throw new Error('the module has exited') } }
    const worker = new UploadWorker({ module, endpoint: 'https://m/', workers: { self: 'w', all: async () => undefined }, post: message => posted.push(message), crashed })
    worker.receive({ type: 'restore', call: 1, place: '/p#media' })
  })
  assert.equal(crash.message, 'the module has exited')
  assert.deepEqual(posted, [])
})

test('a tab without a token passes the upload to a follower that has one, and follows it', { timeout: 10_000 }, async t => {
  Object.assign(navigator, { locks: new Locks() })
  t.after(() => { delete navigator.locks })
  const [first, second] = [newWorker(t), newWorker(t)]
  for (const tab of [first, second]) {
    tab.start()
    tab.worker.receive({ type: 'token', token: tokenOf('ana') })
    await tab.emits('waiting offline')
  }
  assert.deepEqual([first.machines.size, second.machines.size], [1, 0])
  second.worker.receive({ type: 'retry', id: 'f' })
  for (; first.machines.get(1).length < 2; await nextTask());
  assert.deepEqual([first.machines.get(1), second.machines.size], [['start', 'retry'], 0], 'a tab that has a token retries by itself')

  first.worker.receive({ type: 'token', token: undefined })
  for (let n = 0; n < 20; n++) await nextTask()
  second.worker.receive({ type: 'retry', id: 'f' })
  await first.emits('followed')
  assert.deepEqual([first.machines.size, [...second.machines.values()]], [0, [['retry']]])
})
