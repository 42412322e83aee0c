// The lines of the console that tell developers how the engine runs and what to change.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'

Object.assign(globalThis, { __WORKER_FILE__: 'worker-1.js', location: { origin: 'https://portal.example.com' } })
const lines = []
for (const level of ['info', 'warn']) console[level] = text => lines.push(`${level} ${text}`)
const { reportCause, reportFault, reportWay } = await import('../../.cache/test/engine/advice.js')

beforeEach(() => { lines.length = 0 })

test('a check says that nothing is uploaded, and an upload says where to', () => {
  const endpoint = 'https://portal.example.com/'
  for (const way of ['worker', 'blob']) {
    reportWay(way, { endpoint, choice: 'worker', checksOnly: true })
    assert.match(lines.at(-1), /checks files there; nothing is uploaded\.$/)
    assert.ok(!lines.at(-1).includes('uploads to'), lines.at(-1))
    reportWay(way, { endpoint, choice: 'worker' })
    assert.match(lines.at(-1), /uploads to https:\/\/portal\.example\.com\.$/)
  }
  assert.equal(lines.length, 4)
})

for (const [code, says] of [
  ['unreachable', /^warn media-upload: unreachable: nothing answers at https:\/\/a\.example\./],
  ['unknown_channel', /^warn media-upload: unknown_channel: https:\/\/a\.example has no channel .* channels file$/],
  ['unauthorized', /^warn media-upload: unauthorized: .*secret, aud, exp/],
  ['forbidden_scope', /^warn media-upload: forbidden_scope: .*"upload assets:read"$/],
]) {
  test(`${code} is reported once a page, with what to change`, () => {
    const target = { endpoint: 'https://a.example/', choice: '' }
    for (let uploads = 0; uploads < 3; uploads++) reportCause(code, target)
    assert.equal(lines.length, 1)
    assert.match(lines[0], says)
  })
}

test('what no developer can change is not reported', () => {
  for (const code of ['', 'offline', 'server', 'rate', 'token', 'relay_failed', 'constructor']) reportCause(code, { endpoint: 'https://b.example/', choice: '' })
  assert.deepEqual(lines, [])
})

test('a fault is reported once a page', () => {
  for (let n = 0; n < 2; n++) reportFault('origin_not_allowed', { endpoint: 'https://b.example/', choice: '' })
  assert.equal(lines.length, 1)
  assert.match(lines[0], /MEDIARELAY_ALLOWED_ORIGINS=https:\/\/portal\.example\.com$/)
})
