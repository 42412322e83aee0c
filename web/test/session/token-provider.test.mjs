// One call of getToken, however many files wait; and the token in a link.
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { findToken, tokenInfoOf } from '../../.cache/test/page/page-token.js'
import { TokenProvider } from '../../.cache/test/session/token-provider.js'

const settled = () => new Promise((resolve) => setImmediate(resolve))

function setUp(getToken) {
  const provided = []
  const required = []
  const warnings = []
  const tokens = new TokenProvider({ provide: (token) => provided.push(token), authRequired: (reason) => required.push(reason), warn: (text) => warnings.push(text), changed() {} })
  tokens.getToken = getToken
  return { tokens, provided, required, warnings }
}

test('five files that need a token cause one call', async () => {
  let asked = 0
  const { tokens, provided } = setUp(async () => `token-${++asked}.a.b`)
  for (let file = 0; file < 5; file++) tokens.request('missing')
  await settled()
  assert.equal(asked, 1)
  assert.deepEqual(provided, ['token-1.a.b'])
})

test('a page without getToken gets auth-required, and a token is provided as soon as it sets one', async () => {
  const { tokens, provided, required } = setUp(undefined)
  tokens.request('missing')
  assert.deepEqual(required, ['missing'])
  tokens.getToken = () => 'late.a.b'
  await settled()
  assert.deepEqual(provided, ['late.a.b'])
})

test('a rejected call is repeated later, or at once on a click', async (t) => {
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  let answers = [Promise.reject(new Error('signed out')), 'fresh.a.b']
  const { tokens, provided, required } = setUp(() => answers.shift())
  tokens.request('expired')
  await settled()
  assert.equal(tokens.state.name, 'blocked')
  assert.deepEqual(required, ['expired'])
  tokens.tryNow()
  await settled()
  assert.deepEqual(provided, ['fresh.a.b'])
})

test('a server that rejects every token causes no loop of calls', async (t) => {
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  let asked = 0
  const { tokens, warnings } = setUp(() => `token-${++asked}.a.b`)
  for (let rejection = 0; rejection < 10; rejection++) {
    tokens.request('expired')
    await settled()
  }
  assert.equal(asked, 2)
  assert.equal(tokens.state.name, 'blocked')
  assert.match(warnings.at(-1), /\(token_rejected\)\. Compare its secret, aud, exp/)
  assert.ok(!warnings.join().includes('.a.b'), 'the token is not shown')
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
  const { tokens, provided, required } = setUp(() => 'of-a-person.a.b')
  tokens.getToken = undefined
  assert.deepEqual(provided, [], 'nothing to discard')
  tokens.getToken = () => 'of-a-person.a.b'
  tokens.request('missing')
  await settled()
  tokens.getToken = undefined
  assert.deepEqual(provided, ['of-a-person.a.b', undefined])
  tokens.request('missing')
  tokens.getToken = () => 'of-another.a.b'
  await settled()
  assert.deepEqual([provided.at(-1), required], ['of-another.a.b', ['missing']])
})

const never = () => new Promise(() => {})

test('a page that makes a new getToken with every rendering does not make it be called more often', async (t) => {
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  for (const fail of [() => { throw new Error('down') }, () => '', () => '<html>Sign in</html>', async () => 'rejected.a.b']) {
    let asked = 0
    const { tokens } = setUp(() => { asked++; return fail() })
    for (let rendering = 0; rendering < 300; rendering++) {
      tokens.getToken = () => { asked++; return fail() }
      tokens.request('expired')
      await settled()
      mock.timers.tick(40) // 12 s in all
    }
    assert.ok(asked >= 2 && asked <= 6, `${asked} calls in 12 s`)
    tokens.close()
  }
})

test('nor does one that signs out and in again with every rendering, or asks to try now', async (t) => {
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  for (const act of [
    (tokens, getToken) => { tokens.getToken = undefined; tokens.getToken = getToken },
    (tokens) => tokens.tryNow(),
  ]) {
    let asked = 0
    const getToken = async () => `token-${++asked}.a.b`
    const { tokens } = setUp(getToken)
    for (let rendering = 0; rendering < 300; rendering++) {
      act(tokens, getToken)
      tokens.request('expired')
      await settled()
      mock.timers.tick(40)
    }
    assert.ok(asked <= 8, `${asked} calls in 12 s`)
    tokens.close()
  }
})

for (const [what, answer, said] of [
  ['a login page', '<!doctype html><title>Sign in</title>', 'HTML page'],
  ['a JSON object as text', '{"token":"a.b.c"}', 'JSON'],
  ['an object', { token: 'a.b.c' }, 'an object'],
  ['a response', new Response('a.b.c'), 'an object'],
  ['a number', 42, '42'],
  ['true', true, 'true'],
  ['a header', 'Bearer a.b.c', 'Bearer'],
  ['two parts', 'a.b', 'no JWT'],
  ['a line break within', 'a.b\nX-Other: 1.c', 'no JWT'],
  ['another alphabet', 'ä.ö.ü', 'no JWT'],
]) {
  test(`${what} is no token: the engine never gets it, and the page is told`, async (t) => {
    t.after(() => mock.timers.reset())
    mock.timers.enable({ apis: ['setTimeout', 'Date'] })
    const { tokens, provided, required, warnings } = setUp(async () => answer)
    tokens.request('missing')
    await settled()
    assert.deepEqual([provided, required, warnings.length], [[], ['missing'], 1])
    assert.match(warnings[0], /token_invalid/)
    assert.ok(warnings[0].includes(said), warnings[0])
    assert.ok(!warnings[0].includes('a.b'), 'what it returned is not shown')
    assert.deepEqual([tokens.state.name, tokens.state.problem], ['blocked', 'token_invalid'])
    tokens.close()
  })
}

for (const nothing of [undefined, null, '']) {
  test(`${JSON.stringify(nothing)} means that the page has no token; the developer is told what to return`, async () => {
    const { tokens, provided, warnings } = setUp(async () => nothing)
    tokens.request('missing')
    await settled()
    assert.deepEqual([provided, tokens.state.problem], [[], 'token_missing'])
    assert.match(warnings.join(), /^getToken returned no token \(token_missing\)\. Return the JWT/)
    tokens.close()
  })
}

test('white space around a token is removed', async () => {
  const { tokens, provided } = setUp(async () => ' a.b.c\n')
  tokens.request('missing')
  await settled()
  assert.deepEqual(provided, ['a.b.c'])
})

test('the signal aborts when nothing needs the token any more, and a late answer is dropped', async () => {
  for (const end of ['cancel', 'close']) {
    let signal, answer
    const { tokens, provided } = setUp((request) => { signal = request.signal; return new Promise((resolve) => { answer = resolve }) })
    tokens.request('missing')
    assert.equal(signal.aborted, false)
    tokens[end]()
    answer('late.a.b')
    await settled()
    assert.equal(signal.aborted, true)
    assert.deepEqual(provided, end === 'cancel' ? [undefined] : [])
  }
})

test('a call that never ends is aborted after a minute and repeated', async (t) => {
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  const signals = []
  const { tokens, required } = setUp(({ signal }) => { signals.push(signal); return never() })
  tokens.request('missing')
  mock.timers.tick(6_000)
  assert.deepEqual([tokens.state, required], [{ name: 'asking', slow: true }, ['missing']])
  mock.timers.tick(54_000)
  assert.deepEqual([signals.length, signals[0].aborted, tokens.state.name], [1, true, 'blocked'])
  mock.timers.tick(30_000)
  assert.equal(signals.length, 2)
  tokens.close()
})
