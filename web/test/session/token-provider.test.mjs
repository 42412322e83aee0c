// One question for a token, however many files wait; and what a link holds.
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { factsOf, tokenIn } from '../../.cache/test/page/page-token.js'
import { TokenBroker } from '../../.cache/test/session/token-provider.js'

const settled = () => new Promise((resolve) => setImmediate(resolve))

function broker(getToken) {
  const given = []
  const required = []
  const made = new TokenBroker({ provide: (token) => given.push(token), authRequired: (reason) => required.push(reason), changed() {} })
  made.getToken = getToken
  return { broker: made, given, required }
}

test('five files that need a token ask once', async () => {
  let asked = 0
  const { broker: tokens, given } = broker(async () => `token-${++asked}`)
  for (let file = 0; file < 5; file++) tokens.need('missing')
  await settled()
  assert.equal(asked, 1)
  assert.deepEqual(given, ['token-1'])
})

test('a page without getToken is told, and goes on once it has one', async () => {
  const { broker: tokens, given, required } = broker(undefined)
  tokens.need('missing')
  assert.deepEqual(required, ['missing'])
  tokens.getToken = () => 'late'
  await settled()
  assert.deepEqual(given, ['late'])
})

test('a rejected question is asked again later, or at once on a click', async (t) => {
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  let answers = [Promise.reject(new Error('signed out')), 'fresh']
  const { broker: tokens, given, required } = broker(() => answers.shift())
  tokens.need('expired')
  await settled()
  assert.equal(tokens.state.name, 'blocked')
  assert.deepEqual(required, ['expired'])
  tokens.tryNow()
  await settled()
  assert.deepEqual(given, ['fresh'])
})

test('a server that takes no token is not asked in a circle', async (t) => {
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  let asked = 0
  const { broker: tokens } = broker(() => `token-${++asked}`)
  for (let refusal = 0; refusal < 10; refusal++) {
    tokens.need('expired')
    await settled()
  }
  assert.equal(asked, 2)
  assert.equal(tokens.state.name, 'blocked')
})

const token = `e30.${btoa(JSON.stringify({ channel: 'demo', exp: 1_800_000_000 })).replaceAll('=', '')}.sig-_1`

test('a token is found in a link, a fragment or alone, and nowhere else', () => {
  for (const text of [token, ` ${token}\n`, `#token=${token}`, `http://localhost:8080/#token=${token}`]) assert.equal(tokenIn(text), token)
  for (const text of ['', 'hello', 'http://localhost:8080/', '#token=', 'a.b']) assert.equal(tokenIn(text), undefined)
})

test('what is shown of a token are its channel and its end', () => {
  assert.deepEqual(factsOf(token), { channel: 'demo', expiresAt: 1_800_000_000_000 })
  assert.equal(factsOf('no.token.here'), undefined)
})

test('a page that takes getToken away signs out: the engine forgets its token', async () => {
  const { broker: tokens, given, required } = broker(() => 'of a person')
  tokens.getToken = undefined
  assert.deepEqual(given, [], 'nothing to forget')
  tokens.getToken = () => 'of a person'
  tokens.need('missing')
  await settled()
  tokens.getToken = undefined
  assert.deepEqual(given, ['of a person', undefined])
  tokens.need('missing')
  tokens.getToken = () => 'of another'
  await settled()
  assert.deepEqual([given.at(-1), required], ['of another', ['missing']])
})
