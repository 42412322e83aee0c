// Whose uploads a worker sends, with a machine of the test's own that waits for ever once it has begun.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { Locks } from '../locks.mjs'

const page = new EventTarget()
Object.assign(globalThis, {
  self: globalThis, isSecureContext: true, location: { href: 'https://m/widget/worker.js', origin: 'https://m' },
  addEventListener: page.addEventListener.bind(page), __WASM_FILE__: 'rules-1.wasm',
})
Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true })
const { Sending } = await import('../../.cache/test/worker/upload-worker.js')

const turn = () => new Promise(resolve => setTimeout(resolve))
const tokenOf = sub => `head.${btoa(JSON.stringify({ channel: 'support', sub }))}.signature`
const request = {
  name: 'a.txt', declaredType: 'text/plain', kind: 'document', purposes: ['message'], metadata: {}, lastModified: 1,
  verdict: { outcome: 'accept', kind: 'document', type: 'text/plain', reasons: [] }, place: '/p#media',
}

/** A worker's sending part, the machines that live in it with their keys, and a way to wait for an event. */
function stage(t) {
  const machines = new Map()
  const keys = []
  const told = []
  const waiting = new Set()
  const module = {
    newUpload: ({ metadata }) => {
      keys.push(new Map(metadata).get('key'))
      machines.set(keys.length, [])
      return keys.length
    },
    tell: (handle, { type }) => {
      machines.get(handle).push(type)
      return { do: 'wait', reason: 'offline', milliseconds: 60_000, ceiling: 0, damaged: 0, upload: 'https://m/files/1', accepted: 0 }
    },
    freeUpload: handle => machines.delete(handle),
    isDeath: () => false,
    newDigest: () => {
      const hash = createHash('sha256')
      return { write: bytes => hash.update(bytes), sum: () => hash.digest('hex'), free: () => {} }
    },
  }
  const post = message => {
    told.push(message.type === 'event' ? `${message.event.type} ${message.event.reason ?? message.event.failure?.code ?? ''}`.trim() : message.type)
    for (const check of waiting) check()
  }
  const sending = new Sending({ module, endpoint: 'https://m', workers: { self: 'w', all: async () => undefined }, post, died: error => t.diagnostic(String(error)) })
  t.after(() => sending.receive({ type: 'forget', id: 'f' }))
  const hears = (entry, times = 1) => new Promise(resolve => {
    const check = () => told.filter(one => one === entry).length >= times && resolve()
    waiting.add(check)
    check()
  })
  const start = () => sending.receive({ type: 'start', id: 'f', file: new Blob(['x']), size: 1, request, url: '', first: 'start' })
  return { sending, machines, keys, told, hears, start }
}

test('what one person has begun stops when another signs in, and goes on for its owner', { timeout: 10_000 }, async t => {
  const { sending, machines, keys, told, hears, start } = stage(t)
  start()
  await hears('token-needed missing')
  sending.receive({ type: 'token', token: tokenOf('ana') })
  await hears('waiting offline')
  assert.equal(machines.size, 1)

  sending.receive({ type: 'token', token: tokenOf('ben') })
  await hears('failed other_owner')
  assert.equal(machines.size, 0)
  sending.receive({ type: 'retry', id: 'f' })
  await hears('failed other_owner', 2)
  assert.equal(keys.length, 1)

  sending.receive({ type: 'token', token: tokenOf('ana') })
  // Nothing tells that a token was read: she presses Retry until it was.
  for (; keys.length < 2; await turn()) sending.receive({ type: 'retry', id: 'f' })
  await hears('waiting offline', 2)
  assert.equal(keys[1], keys[0])
  assert.equal(told.includes('dead'), false)
})

test('a new token of the same person disturbs nothing', { timeout: 10_000 }, async t => {
  const { sending, machines, told, hears, start } = stage(t)
  start()
  sending.receive({ type: 'token', token: tokenOf('ana') })
  await hears('waiting offline')
  sending.receive({ type: 'token', token: tokenOf('ana') })
  for (let n = 0; n < 20; n++) await turn()
  assert.deepEqual([...machines.values()], [['start']])
  assert.deepEqual(told.filter(entry => entry.startsWith('failed')), [])
})

test('the last token counts, also where an earlier one takes longer to read', { timeout: 10_000 }, async t => {
  const { sending, machines, hears, start } = stage(t)
  sending.receive({ type: 'token', token: tokenOf('ana') })
  sending.receive({ type: 'token', token: undefined })
  for (let n = 0; n < 20; n++) await turn()
  start()
  await hears('token-needed missing')
  assert.equal(machines.size, 0)
})

test('who sends without a token makes room for a follower that has one, and follows it', { timeout: 10_000 }, async t => {
  Object.assign(navigator, { locks: new Locks() })
  t.after(() => { delete navigator.locks })
  const [first, second] = [stage(t), stage(t)]
  for (const tab of [first, second]) {
    tab.start()
    tab.sending.receive({ type: 'token', token: tokenOf('ana') })
    await tab.hears('waiting offline')
  }
  assert.deepEqual([first.machines.size, second.machines.size], [1, 0])
  second.sending.receive({ type: 'retry', id: 'f' })
  for (; first.machines.get(1).length < 2; await turn());
  assert.deepEqual([first.machines.get(1), second.machines.size], [['start', 'retry'], 0], 'one with a token tries itself')

  first.sending.receive({ type: 'token', token: undefined })
  for (let n = 0; n < 20; n++) await turn()
  second.sending.receive({ type: 'retry', id: 'f' })
  await first.hears('followed')
  assert.deepEqual([first.machines.size, [...second.machines.values()]], [0, [['retry']]])
})
