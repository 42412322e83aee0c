// The states of an upload: which event moves it from which state, and which events come too late.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Upload } from '../../.cache/test/session/upload.js'
import { transition } from '../../.cache/test/session/upload-state.js'

const now = 1_000_000
const verdict = (outcome) => ({ outcome, kind: 'image', type: 'image/jpeg', reasons: [] })
const failure = { code: 'internal', message: '', retryable: true, facts: [] }
const asset = { id: 'asset-1' }
const stateNamed = (name) => ({ name })

const moves = [
  ['checking', { type: 'checked', verdict: verdict('accept') }, 'ready'],
  ['checking', { type: 'checked', verdict: verdict('warn') }, 'ready'],
  ['checking', { type: 'checked', verdict: verdict('refuse') }, 'refused'],
  ['ready', { type: 'recheck' }, 'checking'],
  ['refused', { type: 'recheck' }, 'checking'],
  ['ready', { type: 'enqueue' }, 'queued'],
  ['queued', { type: 'begin' }, 'uploading'],
  ['queued', { type: 'pause' }, 'paused'],
  ['uploading', { type: 'pause' }, 'paused'],
  ['uploading', { type: 'waiting', reason: 'offline', retryInMs: 5000 }, 'waiting'],
  ['relaying', { type: 'waiting', reason: 'server', retryInMs: 5000 }, 'waiting'],
  ['waiting', { type: 'resumed', offset: 1 }, 'uploading'],
  ['waiting', { type: 'progress', accepted: 1, inFlight: 1, total: 3 }, 'uploading'],
  ['waiting', { type: 'progress', accepted: 1, inFlight: 0, total: 3 }, 'waiting'],
  ['paused', { type: 'enqueue' }, 'queued'],
  ['queued', { type: 'recheck' }, 'checking'],
  ['missing', { type: 'compare' }, 'missing'],
  ['missing', { type: 'compared', same: false }, 'missing'],
  ['missing', { type: 'compared', same: true }, 'queued'],
  ['missing', { type: 'followed' }, 'uploading'],
  ['missing', { type: 'done', asset }, 'done'],
  ['uploading', { type: 'missing' }, 'missing'],
  ['failed', { type: 'missing' }, 'missing'],
  ['waiting', { type: 'followed' }, 'uploading'],
  ['verifying', { type: 'started' }, 'uploading'],
  ['uploading', { type: 'requeue' }, 'queued'],
  ['waiting', { type: 'requeue' }, 'queued'],
  ['paused', { type: 'resumed', offset: 1 }, 'uploading'],
  ['uploading', { type: 'checking' }, 'verifying'],
  ['verifying', { type: 'relaying' }, 'relaying'],
  ['verifying', { type: 'started' }, 'uploading'],
  ['uploading', { type: 'done', asset }, 'done'],
  ['verifying', { type: 'refused', verdict: verdict('refuse') }, 'refused'],
  ['relaying', { type: 'failed', failure }, 'failed'],
  ['failed', { type: 'enqueue' }, 'queued'],
]

for (const [from, event, to] of moves) {
  test(`${from}: ${event.type} leads to ${to}`, () => {
    assert.equal(transition(stateNamed(from), event, now).name, to)
  })
}

const late = [
  ['paused', { type: 'progress', accepted: 2, inFlight: 1, total: 3 }],
  ['paused', { type: 'waiting', reason: 'server', retryInMs: 1 }],
  ['done', { type: 'failed', failure }],
  ['done', { type: 'pause' }],
  ['refused', { type: 'enqueue' }],
  ['ready', { type: 'begin' }],
  ['verifying', { type: 'pause' }],
  ['relaying', { type: 'requeue' }],
  ['paused', { type: 'requeue' }],
  ['paused', { type: 'followed' }],
  ['missing', { type: 'enqueue' }],
  ['missing', { type: 'missing' }],
  ['queued', { type: 'compared', same: true }],
  ['uploading', { type: 'kept' }],
  ['uploading', { type: 'unkept', reason: 'room' }],
  ['uploading', { type: 'damaged' }],
]

for (const [state, event] of late) {
  test(`${state}: ${event.type} comes too late and changes nothing`, () => {
    const before = stateNamed(state)
    assert.equal(transition(before, event, now), before)
  })
}

test('a waiting upload knows when it retries, if the engine says so', () => {
  const wait = (retryInMs) => transition(stateNamed('uploading'), { type: 'waiting', reason: 'token', retryInMs }, now)
  assert.equal(wait(8000).retryAt, now + 8000)
  assert.equal(wait(0).retryAt, 0)
})

test('an upload that another window sends is paused through the engine, until that window is closed', () => {
  const upload = Upload.restored({ id: 'f', size: 3, accepted: 1, paused: false, request: { name: 'f', declaredType: '', purposes: ['message'] } })
  upload.apply({ type: 'followed' })
  assert.deepEqual([upload.state.name, upload.sender], ['uploading', 'elsewhere'])
  upload.apply({ type: 'missing' })
  assert.deepEqual([upload.state.name, upload.sender], ['missing', 'none'])
})

test('the type in a detail comes from the bytes, not from the name', () => {
  const upload = Upload.of('an id', new File(['%PDF-'], 'photo.jpg', { type: 'image/jpeg' }), ['message'])
  assert.equal(upload.detail().type, 'image/jpeg')
  upload.apply({ type: 'checked', verdict: { outcome: 'refuse', kind: 'document', type: 'application/pdf', reasons: [] } })
  assert.deepEqual(structuredClone(upload.detail()).type, 'application/pdf')
  assert.equal(upload.detail().state, 'refused')
})
