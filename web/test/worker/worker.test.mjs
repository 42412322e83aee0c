// The parts of the worker that need no browser: the token, the server's JSON and its answers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAnswer, readRetryAfter } from '../../.cache/test/worker/server-answer.js'
import { listsCopies, readProblem, readUploadStatus } from '../../.cache/test/worker/server-json.js'
import { WorkerToken } from '../../.cache/test/worker/worker-token.js'

const nextTask = () => new Promise(resolve => setImmediate(resolve))

function newToken() {
  const requests = []
  return { requests, token: new WorkerToken(reason => requests.push(reason)) }
}

test('a token is requested once for all uploads, and the answer reaches all of them', () => {
  const { requests, token } = newToken()
  const answers = []
  for (const id of [1, 2, 3]) token.request(answer => answers.push([id, answer]))
  assert.deepEqual(requests, ['missing'])
  token.provide('a')
  assert.deepEqual(answers, [[1, 'token-ready'], [2, 'token-ready'], [3, 'token-ready']])
  assert.equal(token.current, 'a')
})

test('a cancelled request gets no answer', () => {
  const { token } = newToken()
  const stop = token.request(() => assert.fail('answered'))
  stop()
  token.provide('a')
})

test('a rejected token is requested again once; a newer token is not rejected', async () => {
  const { requests, token } = newToken()
  token.provide('a')
  token.reject('a')
  assert.equal(token.current, undefined)
  token.request(() => {})
  token.request(() => {})
  assert.deepEqual(requests, ['expired'])
  token.provide('b')
  token.reject('a')
  assert.equal(token.current, 'b')
  const answers = []
  token.request(answer => answers.push(answer))
  await nextTask()
  assert.deepEqual(answers, ['token-ready'])
  assert.deepEqual(requests, ['expired'])
})

test('without a token all requests are denied, and the next one asks again', () => {
  const { requests, token } = newToken()
  const answers = []
  token.request(answer => answers.push(answer))
  token.provide(undefined)
  assert.deepEqual(answers, ['token-denied'])
  token.request(() => {})
  assert.equal(requests.length, 2)
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
  test(`copies for ${purposes}: ${found ? 'found' : 'expired'}`, () => {
    assert.equal(listsCopies({ items: [{ id: 1 }, asset], next: null }, purposes, now), found)
  })
}

test('a library answer of another form has no copies', () => {
  for (const odd of [undefined, null, [], 'x', {}, { items: 'x' }, { items: [null, 3] }]) {
    assert.equal(listsCopies(odd, ['message'], now), false)
  }
})

test('a verdict has codes, facts with their units, and fixes', () => {
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

test('a problem needs a code; one that is not retryable is final', () => {
  assert.equal(readProblem({ title: 'x' }), undefined)
  assert.equal(readProblem('<html>'), undefined)
  assert.equal(readProblem({ code: 'c', retryable: false }).final, true)
  assert.equal(readProblem({ code: 'c', title: 't' }).final, false)
})

test('an unknown state is ignored', () => {
  for (const odd of [undefined, {}, { state: 'asleep' }, { state: 3 }]) assert.equal(readUploadStatus(odd), undefined)
})

const answerOf = (status, headers, body = '') => readAnswer(5, { status, body, header: name => new Headers(headers).get(name) }).answer

test('a problem, and a tus answer, are of the server', () => {
  const problem = answerOf(401, { 'Content-Type': 'application/problem+json', 'Retry-After': '3' }, '{"code":"token_expired","title":"Expired."}')
  assert.deepEqual(problem, {
    type: 'answer', request: 5, status: 401, offset: -1, retryAfter: 3000, location: '', problem: 'token_expired', foreign: false, page: false,
  })
  assert.equal(answerOf(204, { 'Tus-Resumable': '1.0.0', 'Upload-Offset': '7' }).foreign, false)
})

for (const [type, page] of [['text/html; charset=utf-8', true], ['application/xhtml+xml', true], ['text/plain', false], ['application/json', false]]) {
  test(`a ${type} without the server's signs is foreign${page ? ', a page' : ''}`, () => {
    for (const status of [200, 401, 403, 404]) {
      const answer = answerOf(status, { 'Content-Type': type })
      assert.deepEqual([answer.foreign, answer.page], [true, page])
    }
  })
}
