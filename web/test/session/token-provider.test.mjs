// One call of getToken, however many files wait; and the token in a link.
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { findToken, tokenInfoOf } from '../../.cache/test/page/page-token.js'
import { TokenProvider } from '../../.cache/test/session/token-provider.js'

const settled = () => new Promise((resolve) => setImmediate(resolve))

function setUp(getToken) {
  const provided = []
  const required = []
  const tokens = new TokenProvider({ provide: (token) => provided.push(token), authRequired: (reason) => required.push(reason), changed() {} })
  tokens.getToken = getToken
  return { tokens, provided, required }
}

test('five files that need a token cause one call', async () => {
  let asked = 0
  const { tokens, provided } = setUp(async () => `token-${++asked}`)
  for (let file = 0; file < 5; file++) tokens.request('missing')
  await settled()
  assert.equal(asked, 1)
  assert.deepEqual(provided, ['token-1'])
})

test('a page without getToken gets auth-required, and a token is provided as soon as it sets one', async () => {
  const { tokens, provided, required } = setUp(undefined)
  tokens.request('missing')
  assert.deepEqual(required, ['missing'])
  tokens.getToken = () => 'late'
  await settled()
  assert.deepEqual(provided, ['late'])
})

test('a rejected call is repeated later, or at once on a click', async (t) => {
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  let answers = [Promise.reject(new Error('signed out')), 'fresh']
  const { tokens, provided, required } = setUp(() => answers.shift())
  tokens.request('expired')
  await settled()
  assert.equal(tokens.state.name, 'blocked')
  assert.deepEqual(required, ['expired'])
  tokens.tryNow()
  await settled()
  assert.deepEqual(provided, ['fresh'])
})

test('a server that rejects every token causes no loop of calls', async (t) => {
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  let asked = 0
  const { tokens } = setUp(() => `token-${++asked}`)
  for (let rejection = 0; rejection < 10; rejection++) {
    tokens.request('expired')
    await settled()
  }
  assert.equal(asked, 2)
  assert.equal(tokens.state.name, 'blocked')
})

const token = `e30.${btoa(JSON.stringify({ channel: 'demo', exp: 1_800_000_000 })).replaceAll('=', '')}.sig-_1`

test('a token is found in a link, in a fragment or alone, and nowhere else', () => {
  for (const text of [token, ` ${token}\n`, `#token=${token}`, `http://localhost:8080/#token=${token}`]) assert.equal(findToken(text), token)
  for (const text of ['', 'hello', 'http://localhost:8080/', '#token=', 'a.b']) assert.equal(findToken(text), undefined)
})

test('the page shows the channel, the subject and the expiry of a token', () => {
  assert.deepEqual(tokenInfoOf(token), { channel: 'demo', subject: '', expiresAt: 1_800_000_000_000 })
  for (const unreadable of ['no.token.here', `e30.${btoa('5')}.c`, `e30.${btoa('[]')}.c`, '']) assert.equal(tokenInfoOf(unreadable), undefined)
})

test('a page that unsets getToken signs out: the engine discards its token', async () => {
  const { tokens, provided, required } = setUp(() => 'of a person')
  tokens.getToken = undefined
  assert.deepEqual(provided, [], 'nothing to discard')
  tokens.getToken = () => 'of a person'
  tokens.request('missing')
  await settled()
  tokens.getToken = undefined
  assert.deepEqual(provided, ['of a person', undefined])
  tokens.request('missing')
  tokens.getToken = () => 'of another'
  await settled()
  assert.deepEqual([provided.at(-1), required], ['of another', ['missing']])
})
