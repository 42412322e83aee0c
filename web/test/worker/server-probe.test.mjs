// What failed requests prove about the server at the endpoint, and what they do not.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'

Object.assign(globalThis, { __ENGINE_PROTOCOL__: 2 })
Object.defineProperty(globalThis, 'navigator', { value: { onLine: true }, configurable: true })
const { ServerProbe } = await import('../../.cache/test/worker/server-probe.js')

const endpoint = 'https://media.example.com/'
const lost = async () => { throw new TypeError('Failed to fetch') }
const late = async () => { throw new DOMException('', 'TimeoutError') }
const text = (body, status = 200) => async () => new Response(body, { status })
const media = text('export const protocol = 2')
/** The answer is there, and only a request that may not read it succeeds. */
const hidden = async mode => mode === 'cors' ? lost() : new Response('')

let now = 0
beforeEach(() => {
  now = 0
  navigator.onLine = true
})

/** A probe that is asked once for each pair of answers: for the file of the protocol, and for the rules. A second passes between two. */
async function probe(answers, { isForbidden = false, apart = 1000, each = () => {} } = {}) {
  const { performance } = globalThis
  Object.defineProperty(globalThis, 'performance', { value: { now: () => now }, configurable: true })
  try {
    const server = new ServerProbe(endpoint, () => isForbidden)
    const found = []
    for (const [protocol, rules] of answers) {
      globalThis.fetch = (url, { mode }) => (url.pathname === '/v1/rules' ? rules : protocol)(mode)
      each(server, found.length)
      found.push(await server.fault())
      now += apart
    }
    return found
  } finally {
    Object.defineProperty(globalThis, 'performance', { value: performance, configurable: true })
  }
}

const thrice = answers => [answers, answers, answers]
const nothing = [undefined, undefined, undefined]

for (const [what, answers, proven] of [
  ['a server that allows other origins', [media, hidden], 'origin_not_allowed'],
  ['a website with a copy of the files', [media, text('', 404)], 'wrong_endpoint'],
  ['another website', [text('<html>'), lost], 'wrong_endpoint'],
  ['another server that hides its answers', [hidden, lost], 'wrong_endpoint'],
]) {
  test(`${what} is recognized by the third answer in a row`, async () => {
    assert.deepEqual(await probe(thrice(answers)), [undefined, undefined, proven])
  })

  for (const [other, odd] of [['a lost request', [lost, lost]], ['a late answer', [late, late]], ['the server itself', [media, text('{}')]]]) {
    test(`${what}: ${other} in between begins the count again`, async () => {
      assert.deepEqual(await probe([answers, answers, odd, answers, answers]), Array(5).fill(undefined))
    })
  }

  test(`${what}: requests that fail at the same time fail once`, async () => {
    assert.deepEqual(await probe([...thrice(answers), ...thrice(answers)], { apart: 100 }), Array(6).fill(undefined))
  })

  test(`${what}: a browser without a network blames nobody`, async () => {
    navigator.onLine = false
    assert.deepEqual(await probe(thrice(answers)), nothing)
  })

  test(`${what}: not after the server has answered`, async () => {
    const each = (server, asked) => { if (asked === 2) server.answered() }
    assert.deepEqual(await probe(thrice(answers), { each }), nothing)
  })
}

test('one lost request for the rules proves nothing', async () => {
  let requests = 0
  const once = async mode => ++requests === 1 ? lost() : hidden(mode === 'cors' ? 'no-cors' : mode)
  assert.deepEqual(await probe(thrice([media, once])), nothing)
})

test('requests that get no answer in time prove nothing', async () => {
  const slow = async mode => mode === 'cors' ? late() : new Response('')
  assert.deepEqual(await probe(thrice([media, slow])), nothing)
  assert.deepEqual(await probe(thrice([slow, lost])), nothing)
})

test('a dead connection, and a server in trouble, prove nothing', async () => {
  for (const answers of [[lost, lost], [text('', 502), lost], [media, text('{}')], [media, text('', 503)]]) {
    assert.deepEqual(await probe(thrice(answers)), nothing)
  }
})

test('what a policy has blocked, and an older server, are certain at once', async () => {
  assert.deepEqual(await probe([[lost, lost]], { isForbidden: true }), ['policy_forbids_engine'])
  assert.deepEqual(await probe([[text('export const protocol = 1'), lost]]), ['server_outdated'])
})
