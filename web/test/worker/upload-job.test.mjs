// One upload of a worker: what is stored of it, and how one without a file follows another tab.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Locks } from '../locks.mjs'

Object.assign(globalThis, { __ENGINE_PROTOCOL__: 1, self: globalThis })
Object.defineProperty(globalThis, 'navigator', { value: { locks: new Locks() }, configurable: true })
const { UploadJob } = await import('../../.cache/test/worker/upload-job.js')
const { UploadLock } = await import('../../.cache/test/worker/upload-lock.js')

const request = {
  name: 'a.txt', declaredType: 'text/plain', kind: 'document', purposes: ['message'], metadata: {}, lastModified: 1,
  verdict: { outcome: 'accept', kind: 'document', type: 'text/plain', reasons: [] }, place: '/p?customer=4711#media',
}

test("a page's query is stored as a hash only", () => {
  const details = []
  const copies = { keep: detail => new Promise(() => { details.push(detail) }) }
  const job = new UploadJob({ copies, origin: 'https://m/', placeKey: place => `hash of ${place.length}` }, { id: 'f', file: new Blob(['x']), size: 1, request })
  job.keep()
  assert.deepEqual(details.map(({ request }) => request), [{ ...request, place: 'hash of 22' }])
})

/** A restored upload without a copy that follows another tab, with the events of the page (`events`) and of the state machine (`machine`). */
async function followed(t) {
  const events = []
  const machine = []
  const waiting = new Set()
  const add = (list, entry) => {
    list.push(entry)
    for (const check of waiting) check()
  }
  const until = condition => new Promise(resolve => {
    const check = () => condition() && resolve()
    waiting.add(check)
    check()
  })
  const module = {
    newUpload: () => 1,
    dispatch: (_, { type }) => {
      add(machine, type)
      return { do: 'idle', ceiling: 0, damaged: 0, accepted: 0, upload: 'https://m/files/1' }
    },
    freeUpload: () => {},
    isCrash: () => false,
  }
  const token = `head.${btoa(JSON.stringify({ channel: 'support', sub: 'ana' }))}.signature`
  const context = {
    copies: { find: async () => undefined, change: () => {}, end: () => {} },
    token: { current: token }, hash: () => 'ana', origin: 'https://m/', module, ceiling: { bytes: 0, learn: () => {} },
    server: { answered() {}, fault: async () => undefined, faultAhead: async () => undefined }, placeKey: () => 'place',
    crashed: error => { throw error }, emit: ({ type }) => add(events, type), located: () => {},
  }
  const sender = new UploadLock(`mediarelay:https://m/:${t.name}`, {
    acquired: () => add(events, 'sender'), requested: command => add(events, `requested ${command}`),
  }, 'send')
  await until(() => events.includes('sender'))
  sender.publish({ type: 'started' })
  const job = new UploadJob(context, { id: 'f', file: undefined, size: 1, request })
  t.after(() => { job.free(); sender.release() })
  job.restore({ record: { owner: 'ana', key: t.name, sha256: 'beef', url: 'https://m/files/1', paused: false }, copy: undefined })
  await until(() => events.includes('followed') && events.includes('started'))
  return { job, sender, events, machine, until }
}

test('an upload without a file follows the tab that sends it, and reports the missing file when that tab is gone', async t => {
  const { sender, events, machine, until } = await followed(t)
  sender.release()
  await until(() => events.includes('missing'))
  assert.deepEqual([events, machine], [['sender', 'followed', 'started', 'missing'], []])
})

test('an upload whose bytes are all on the server continues without a file', async t => {
  const { sender, events, machine, until } = await followed(t)
  sender.publish({ type: 'checking' })
  await until(() => events.includes('checking'))
  sender.release()
  await until(() => machine.length > 0)
  assert.deepEqual([machine, events.includes('missing')], [['start'], false])
})

test('a cancel that the sending tab did not receive before it was closed is carried out here', async t => {
  const { job, sender, events, machine, until } = await followed(t)
  job.command('cancel')
  sender.release()
  await until(() => machine.length > 0)
  assert.deepEqual([machine, events.includes('missing')], [['cancel'], false])
})
