// The search for the way that works on a page, and what follows if none does.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'

globalThis.__ENGINE_PROTOCOL__ = 1
Object.defineProperty(globalThis, 'navigator', { value: { onLine: true }, configurable: true })
const { ProcessSearch } = await import('../../.cache/test/engine/process-search.js')
const { faultOfSearch } = await import('../../.cache/test/engine/search-fault.js')

const media = 'https://media.example.com'

/** The ways that were started, with a function that reports an event of each, and the outcome. */
function search(t, ways, refused = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const started = new Map()
  const outcome = { events: [], closed: [] }
  const open = (way, listener) => {
    if (way in refused) {
      if (refused[way]) throw new Error(refused[way])
      return undefined
    }
    started.set(way, listener)
    return { connect() {}, close: () => outcome.closed.push(way) }
  }
  const running = new ProcessSearch(ways, open, {
    found: ({ way, protocol }) => { outcome.found = [way, protocol] },
    failed: failures => { outcome.failed = failures.map(({ way, detail, forbidden }) => [way, detail, forbidden]) },
    event: ({ type }) => outcome.events.push(type),
  })
  const pass = async milliseconds => {
    await Promise.resolve()
    t.mock.timers.tick(milliseconds)
  }
  return { started, outcome, running, pass }
}

test('the best way that answers is taken, and its events pass on', async t => {
  const { started, outcome, pass } = search(t, ['blob', 'frame'])
  await pass(700)
  started.get('blob')({ type: 'ready', protocol: 3 })
  started.get('blob')({ type: 'dead', detail: 'x', client: 0 })
  await pass(100_000)
  assert.deepEqual([outcome.found, outcome.events, [...started.keys()]], [['blob', 3], ['dead'], ['blob']])
})

test('a way that fails or is refused is followed by the next', async t => {
  for (const fails of [s => s.get('blob')({ type: 'failed', detail: 'x' }), s => s.get('blob')({ type: 'forbidden', directive: 'script-src' })]) {
    const { started, outcome, pass } = search(t, ['blob', 'frame'])
    await pass(0)
    fails(started)
    await pass(100)
    started.get('frame')({ type: 'starting' })
    assert.equal(outcome.found, undefined)
    started.get('frame')({ type: 'ready', protocol: 1 })
    assert.deepEqual([outcome.found, outcome.closed], [['frame', 1], ['blob']])
    t.mock.timers.reset()
  }
  const refused = search(t, ['blob', 'frame'], { blob: 'SecurityError' })
  await refused.pass(0)
  await refused.pass(100)
  assert.deepEqual([...refused.started.keys()], ['frame'])
})

test('a silent blob worker gets a rival, and the first to answer stops the other', async t => {
  const { started, outcome, pass } = search(t, ['blob', 'frame'])
  await pass(800)
  started.get('blob')({ type: 'ready', protocol: 1 })
  started.get('frame')({ type: 'ready', protocol: 1 })
  assert.deepEqual([outcome.found, outcome.closed], [['blob', 1], ['frame']])
})

test('a worker of the page is not silent for long, and has no rival', async t => {
  const { started, pass } = search(t, ['worker', 'frame'])
  await pass(30_000)
  assert.deepEqual([...started.keys()], ['worker'])
})

test('if no way works, every failure is reported; a skipped way has none', async t => {
  const { started, outcome, pass } = search(t, ['worker', 'frame'], { frame: '' })
  await pass(0)
  started.get('worker')({ type: 'failed', detail: 'no network' })
  await pass(100)
  await pass(0)
  assert.deepEqual(outcome.failed, [['worker', 'no network', false]])
})

test('a cancelled search starts nothing more', async t => {
  const { started, outcome, running, pass } = search(t, ['blob', 'frame'])
  await pass(0)
  running.cancel()
  await pass(100_000)
  assert.deepEqual([[...started.keys()], outcome.closed, outcome.found], [['blob'], ['blob'], undefined])
})

/** What answers at an endpoint, and what a silent frame there means. */
const failure = (way, forbidden = false) => ({ way, detail: '', forbidden })
const violation = (directive, blocked) => ({ directive, blocked })
const protocol = number => async () => new Response(`export const protocol = ${number}`)
const hidden = async (_, { mode }) => {
  if (mode === 'cors') throw new TypeError('blocked')
  return new Response('')
}
/** Servers that answer one request after another. */
const inTurn = (...servers) => {
  let asked = 0
  return (...how) => servers[Math.min(asked++, servers.length - 1)](...how)
}
const unreachable = async () => { throw new TypeError('no network') }
let answer
beforeEach(() => {
  navigator.onLine = true
  globalThis.location = { origin: 'https://portal.example.com' }
  globalThis.fetch = (...how) => answer(...how)
})
for (const [what, failures, violations, server, fault] of [
  ['worker and frame are forbidden', [failure('blob'), failure('frame')], [violation('worker-src', 'blob'), violation('frame-src', media)], protocol(1), 'policy_forbids_engine'],
  ['WebAssembly and the frame are forbidden', [failure('blob', true), failure('frame')], [violation('frame-src', media)], protocol(1), 'policy_forbids_engine'],
  ['the only way is forbidden', [failure('blob')], [violation('trusted-types', 'trusted-types-policy')], protocol(1), 'policy_forbids_engine'],
  ['the network is down', [failure('worker')], [], protocol(1), undefined],
  ['the worker fails, and a frame is forbidden', [failure('blob'), failure('frame')], [violation('frame-src', media)], protocol(1), undefined],
  ['a frame of a media server is silent', [failure('frame')], [], protocol(1), 'origin_not_allowed'],
  ['a frame of an old server is silent', [failure('frame')], [], protocol(0), 'server_outdated'],
  ['there is a page instead of the frame', [failure('frame')], [], async () => new Response('<html>', { status: 404 }), 'wrong_endpoint'],
  ['another server hides what it is', [failure('frame')], [], hidden, 'wrong_endpoint'],
  ['the server is in trouble', [failure('frame')], [], async () => new Response('', { status: 502 }), undefined],
  ['the server cannot be reached', [failure('frame')], [], unreachable, undefined],
  ['a gateway hides one answer, and the server is in trouble then', [failure('frame')], [], inTurn(hidden, hidden, async () => new Response('', { status: 502 })), undefined],
  ['a gateway hides one answer, and nothing is reached then', [failure('frame')], [], inTurn(hidden, hidden, unreachable), undefined],
  ['something answers once in the place of the server', [failure('frame')], [], inTurn(async () => new Response('', { status: 404 }), protocol(1)), undefined],
  ['the answer takes too long, and is not hidden', [failure('frame')], [], async (_, { mode }) => {
    if (mode === 'cors') throw new DOMException('', 'TimeoutError')
    return new Response('')
  }, undefined],
]) {
  test(`${what}: ${fault ?? 'nothing for an administrator'}`, async () => {
    answer = server
    assert.equal(await faultOfSearch({ endpoint: media, failures, violations }), fault)
  })
}

test('a page without a network blames nobody', async () => {
  navigator.onLine = false
  for (const server of [hidden, protocol(1), async () => new Response('', { status: 404 })]) {
    answer = server
    assert.equal(await faultOfSearch({ endpoint: media, failures: [failure('frame')], violations: [] }), undefined)
  }
})

test('a violation of a server whose name begins like the media server\'s is not about the frame', async () => {
  answer = protocol(1)
  for (const blocked of [`${media}.evil/widget/engine.html`, `${media}:8443/`, 'inline', 'blob', '']) {
    assert.equal(await faultOfSearch({ endpoint: `${media}/`, failures: [failure('frame')], violations: [violation('frame-src', blocked)] }), 'origin_not_allowed')
  }
})
