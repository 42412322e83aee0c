// What the tab remembers of a sign-in, and what it does not store.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { SignInRecord } from '../../.cache/test/page/sign-in-record.js'

const clock = { now: () => Date.now(), ready: Promise.resolve() }
const stored = new Map()
const working = { getItem: (key) => stored.get(key) ?? null, setItem: (key, text) => stored.set(key, text) }
const ana = { channel: 'acme', subject: 'ana@example.com', expiresAt: Date.now() + 60_000 }

beforeEach(() => {
  stored.clear()
  Object.assign(globalThis, { isSecureContext: true, sessionStorage: working })
})

/** A record that an earlier document wrote. */
async function recorded(info) {
  await new SignInRecord().write(info)
  return new SignInRecord()
}

test('an empty tab remembers nobody', async () => {
  assert.equal(await new SignInRecord().compare(ana, clock), 'none')
})

test('a later document tells the same person in the same channel from all others', async () => {
  const record = await recorded(ana)
  assert.equal(await record.compare({ ...ana, expiresAt: undefined }, clock), 'same')
  assert.equal(await record.compare({ ...ana, subject: 'bob' }, clock), 'other')
  assert.equal(await record.compare({ ...ana, channel: 'support' }, clock), 'other')
  assert.equal(await record.compare({ ...ana, channel: `${ana.channel}${ana.subject}`, subject: '' }, clock), 'other')
})

test('an expired sign-in is none, and one without an end lasts as long as the tab', async () => {
  assert.equal(await (await recorded({ ...ana, expiresAt: Date.now() })).compare({ ...ana, subject: 'bob' }, clock), 'none')
  assert.equal(await (await recorded({ ...ana, expiresAt: undefined })).compare({ ...ana, subject: 'bob' }, clock), 'other')
})

test('what is stored has neither the channel nor the person, and differs each time', async () => {
  await recorded(ana)
  const [[, first]] = [...stored]
  await recorded(ana)
  const [[, second]] = [...stored]
  assert.deepEqual(Object.keys(JSON.parse(first)).sort(), ['expiresAt', 'owner', 'salt'])
  for (const name of ['ana', 'example', 'acme']) assert.equal(first.includes(name), false, name)
  assert.notEqual(JSON.parse(first).owner, JSON.parse(second).owner)
})

test('the last sign-in counts', async () => {
  const record = new SignInRecord()
  await Promise.all([record.write(ana), record.write({ ...ana, subject: 'bob' })])
  assert.equal(await new SignInRecord().compare({ ...ana, subject: 'bob' }, clock), 'same')
})

test('without WebCrypto every sign-in is another', async () => {
  Object.assign(globalThis, { isSecureContext: false })
  assert.equal(await (await recorded(ana)).compare(ana, clock), 'other')
})

test('a browser that refuses storage, or has damaged text in it, remembers nobody', async () => {
  const refuse = () => { throw new DOMException('denied', 'SecurityError') }
  Object.assign(globalThis, { sessionStorage: { getItem: refuse, setItem: refuse } })
  assert.equal(await (await recorded(ana)).compare(ana, clock), 'none')
  for (const damaged of ['{', 'null', '5', '[]', '{}', '{"salt":5}']) {
    Object.assign(globalThis, { sessionStorage: { ...working, getItem: () => damaged } })
    assert.equal(await new SignInRecord().compare(ana, clock), 'none', damaged)
  }
})

test('a device whose clock is ahead asks the server before it takes the record for expired', async () => {
  const record = await recorded(ana)
  let ahead = 3_600_000
  const late = { now: () => Date.now() + ahead, ready: Promise.resolve().then(() => { ahead = 0 }) }
  assert.equal(await record.compare({ ...ana, subject: 'bob' }, late), 'other')
})
