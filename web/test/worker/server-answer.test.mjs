// Whose words a response has: the server's, or those of a proxy in front of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAnswer, readRetryAfter } from '../../.cache/test/worker/server-answer.js'
import { failureOfProblem } from '../../.cache/test/worker/server-json.js'
import { noteServerTime, serverNow, serverTimeDifference } from '../../.cache/test/worker/server-time.js'

const answer = (status, headers, body) => readAnswer(1, { status, body, header: (name) => headers[name] ?? null })

for (const [what, headers, body, code] of [
  ['our problem', { 'Content-Type': 'application/problem+json' }, '{"code":"token_expired","title":"The token has expired."}', 'token_expired'],
  ['a login page', { 'Content-Type': 'text/html' }, '<h1>Sign in</h1>', ''],
  ['a page that claims to be JSON', { 'Content-Type': 'application/json' }, '{"code":"token_expired"}', ''],
  ['a gateway\'s problem', { 'Content-Type': 'application/problem+json' }, '{"type":"about:blank","title":"Access denied","status":403}', ''],
  ['a problem that is a page', { 'Content-Type': 'application/problem+json' }, '<html>', ''],
  ['a problem without a body', { 'Content-Type': 'application/problem+json' }, '', ''],
  ['nothing', {}, '', ''],
]) {
  test(`${what}: ${code === '' ? 'a proxy' : 'the server'}`, () => {
    const { answer: found, problem } = answer(403, headers, body)
    assert.deepEqual([found.problem, found.foreign, problem?.code ?? ''], [code, code === '', code])
  })
}

test('a tus response without a problem is the server\'s', () => {
  assert.equal(answer(404, { 'Tus-Resumable': '1.0.0' }, '').answer.foreign, false)
})

test('markup is never shown as the server\'s words', () => {
  const { problem } = answer(500, { 'Content-Type': 'application/problem+json' }, '{"code":"odd","title":"<b>Log in</b> to the Wi-Fi"}')
  assert.equal(failureOfProblem(problem).message, '')
})

test('the server\'s clock is that of its responses, unless the difference is small', () => {
  const hours = 3_600_000
  for (const ahead of [13 * hours, -13 * hours, 0]) {
    answer(200, { Date: new Date(Date.now() + ahead).toUTCString() }, '')
    assert.ok(Math.abs(serverNow() - Date.now() - ahead) < 2_000, `${serverNow() - Date.now()} for ${ahead}`)
  }
  noteServerTime(new Date(Date.now() + 20_000).toUTCString())
  assert.equal(serverTimeDifference(), 0)
  for (const none of [null, '', 'yesterday']) noteServerTime(none)
  assert.equal(serverTimeDifference(), 0)
})

test('a Retry-After date is read by the server\'s clock', () => {
  noteServerTime(new Date(Date.now() + 13 * 3_600_000).toUTCString())
  const { retryAfter } = answer(503, { 'Retry-After': new Date(serverNow() + 5_000).toUTCString() }, '').answer
  assert.ok(retryAfter > 3_000 && retryAfter <= 5_000, String(retryAfter))
  noteServerTime(new Date().toUTCString())
  assert.equal(readRetryAfter('7', 0), 7_000)
})
