// The worker's parts that need no browser: the token, the server's JSON, its times and its events.
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { readRetryAfter } from '../../.cache/test/worker/chunk-sender.js'
import { findCopies, readProblem, readUploadStatus } from '../../.cache/test/worker/server-json.js'
import { TokenKeeper } from '../../.cache/test/worker/worker-token.js'
import { watchUpload } from '../../.cache/test/worker/event-stream.js'

const turn = () => new Promise(resolve => setImmediate(resolve))

function keeper() {
  const asked = []
  return { asked, tokens: new TokenKeeper(reason => asked.push(reason)) }
}

test('one question for a token, however many need it; one answer lets all go', () => {
  const { asked, tokens } = keeper()
  const answers = []
  for (const id of [1, 2, 3]) tokens.need(answer => answers.push([id, answer]))
  assert.deepEqual(asked, ['missing'])
  tokens.provide('a')
  assert.deepEqual(answers, [[1, 'token-ready'], [2, 'token-ready'], [3, 'token-ready']])
  assert.equal(tokens.current, 'a')
})

test('who stopped waiting hears nothing', () => {
  const { tokens } = keeper()
  const stop = tokens.need(() => assert.fail('heard'))
  stop()
  tokens.provide('a')
})

test('a refused token is asked for anew, once; a newer one stays', async () => {
  const { asked, tokens } = keeper()
  tokens.provide('a')
  tokens.reject('a')
  assert.equal(tokens.current, undefined)
  tokens.need(() => {})
  tokens.need(() => {})
  assert.deepEqual(asked, ['expired'])
  tokens.provide('b')
  tokens.reject('a')
  assert.equal(tokens.current, 'b')
  const answers = []
  tokens.need(answer => answers.push(answer))
  await turn()
  assert.deepEqual(answers, ['token-ready'])
  assert.deepEqual(asked, ['expired'])
})

test('no token to be had: all hear it, and the next one asks again', () => {
  const { asked, tokens } = keeper()
  const answers = []
  tokens.need(answer => answers.push(answer))
  tokens.provide(undefined)
  assert.deepEqual(answers, ['token-denied'])
  tokens.need(() => {})
  assert.equal(asked.length, 2)
})

const now = Date.parse('2026-11-21T08:00:00Z')
for (const [header, want] of [
  [null, 0], ['7', 7000], ['0', 0], ['soon', 0], ['-3', 0],
  ['Sat, 21 Nov 2026 08:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 07:00:00 GMT', 0],
]) {
  test(`Retry-After ${header} is ${want} ms`, () => assert.equal(readRetryAfter(header, now), want))
}

const asset = {
  id: 'a', sha256: 'b', media_id: '1', media_id_expires_at: '2026-11-22T00:00:00Z', handle: 'h', handle_expires_at: '2026-11-21T07:59:59Z',
}
for (const [purposes, found] of [
  [['message'], true], [['template'], false], [['message', 'template'], false], [['message', 'profile'], false],
]) {
  test(`copies for ${purposes}: ${found ? 'there' : 'expired'}`, () => {
    assert.equal(findCopies({ items: [{ id: 1 }, asset], next: null }, purposes, now) !== undefined, found)
  })
}

test('a library that answers anything else has nothing', () => {
  for (const odd of [undefined, null, [], 'x', {}, { items: 'x' }, { items: [null, 3] }]) {
    assert.equal(findCopies(odd, ['message'], now), undefined)
  }
})

test('a verdict keeps codes, facts with their units, and fixes', () => {
  const reason = (facts) => ({ code: 'c', severity: 'refuse', message: 'm', facts, fixes: [{ code: 'f', message: 'g' }] })
  const status = readUploadStatus({
    state: 'refused',
    verdict: { outcome: 'refuse', kind: 'video', type: 'video/mp4', reasons: [reason({ size: 9, limit: 5, name: 'n' }), reason({ duration: 9, limit: 5 })] },
  })
  assert.deepEqual(status.verdict.reasons, [
    {
      code: 'c', severity: 'refuse', fixes: ['f'],
      facts: [{ name: 'size', number: 9, unit: 'bytes' }, { name: 'limit', number: 5, unit: 'bytes' }, { name: 'name', text: 'n' }],
    },
    {
      code: 'c', severity: 'refuse', fixes: ['f'],
      facts: [{ name: 'duration', number: 9, unit: 'milliseconds' }, { name: 'limit', number: 5, unit: 'milliseconds' }],
    },
  ])
})

test('a problem without a code is none; retryable false is final', () => {
  assert.equal(readProblem({ title: 'x' }), undefined)
  assert.equal(readProblem('<html>'), undefined)
  assert.equal(readProblem({ code: 'c', retryable: false }).final, true)
  assert.equal(readProblem({ code: 'c', title: 't' }).final, false)
})

test('a state that nobody knows is none', () => {
  for (const odd of [undefined, {}, { state: 'asleep' }, { state: 3 }]) assert.equal(readUploadStatus(odd), undefined)
})

const fetched = globalThis.fetch
afterEach(() => { globalThis.fetch = fetched })

/** Watches a stream of the given pieces and returns the states and the outcome. */
function watch(pieces, init = { status: 200 }) {
  globalThis.fetch = async (url, { headers }) => {
    assert.equal(url, '/events')
    assert.equal(headers.Authorization, 'Bearer t')
    const encoder = new TextEncoder()
    const body = new ReadableStream({ start(c) { for (const p of pieces) c.enqueue(typeof p === 'string' ? encoder.encode(p) : p); c.close() } })
    return new Response(body, init)
  }
  return new Promise(resolve => {
    const states = []
    watchUpload({ request: 5, url: '/events', stallAfter: 1000 }, 't', {
      reported: status => states.push(status.state),
      finished: outcome => resolve({ states, outcome }),
    })
  })
}

test('events are read wherever the network cuts them', async () => {
  const text = ': hello\r\n\r\nid: 1\r\ndata: {"state":\r\ndata: "checking"}\r\n\r\nevent: x\ndata: {"state":"relaying","é":1}\n\n: beat\n\ndata: half'
  const bytes = new TextEncoder().encode(text)
  for (const size of [1, 2, 7, bytes.length]) {
    const pieces = []
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size))
    const { states, outcome } = await watch(pieces)
    assert.deepEqual(states, ['checking', 'relaying'])
    assert.deepEqual(outcome, { type: 'broken', stalled: false })
  }
})

test('a refused watch is an answer with its problem', async () => {
  const headers = { 'Content-Type': 'application/problem+json', 'Retry-After': '3' }
  const { outcome } = await watch(['{"code":"token_expired","title":"Expired."}'], { status: 401, headers })
  assert.equal(outcome.answer.status, 401)
  assert.equal(outcome.answer.request, 5)
  assert.equal(outcome.answer.retryAfter, 3000)
  assert.equal(outcome.answer.problem, 'token_expired')
})
