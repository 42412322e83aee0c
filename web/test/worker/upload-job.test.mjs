// One upload of a worker, on a vault of the test's own: what is written down of it, and what becomes of one without a file.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Locks } from '../locks.mjs'

Object.assign(globalThis, { self: globalThis })
Object.defineProperty(globalThis, 'navigator', { value: { locks: new Locks() }, configurable: true })
const { UploadJob } = await import('../../.cache/test/worker/upload-job.js')
const { UploadTurn } = await import('../../.cache/test/worker/upload-lock.js')

const request = {
  name: 'a.txt', declaredType: 'text/plain', kind: 'document', purposes: ['message'], metadata: {}, lastModified: 1,
  verdict: { outcome: 'accept', kind: 'document', type: 'text/plain', reasons: [] }, place: '/p?customer=4711#media',
}

test("a page's query is not written down", () => {
  const details = []
  const vault = { keep: detail => new Promise(() => { details.push(detail) }) }
  const job = new UploadJob({ vault, origin: 'https://m/', placeDigest: place => `digest of ${place.length}` }, { id: 'f', file: new Blob(['x']), size: 1, request })
  job.keep()
  assert.deepEqual(details.map(({ request }) => request), [{ ...request, place: 'digest of 22' }])
})

/** A restored upload without a copy, beside a tab that sends it, and the machine's events when it is sent here. */
async function followed(t) {
  const told = []
  const machine = []
  const waiting = new Set()
  const say = (list, entry) => {
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
    tell: (_, { type }) => {
      say(machine, type)
      return { do: 'idle', ceiling: 0, damaged: 0, accepted: 0, upload: 'https://m/files/1' }
    },
    freeUpload: () => {},
    isDeath: () => false,
  }
  const around = {
    vault: { find: async () => undefined, change: () => {}, end: () => {} },
    owners: { current: async () => 'ana' }, tokens: { current: 'token' }, origin: 'https://m/', module, ceiling: 0,
    died: error => { throw error }, emit: ({ type }) => say(told, type), located: () => {}, hasTwin: () => false,
  }
  const sender = new UploadTurn(`mediarelay:https://m/:${t.name}`, { granted: () => say(told, 'sender'), asked: command => say(told, `asked ${command}`) })
  await until(() => told.includes('sender'))
  sender.tell({ type: 'started' })
  const job = new UploadJob(around, { id: 'f', file: undefined, size: 1, request })
  t.after(() => { job.free(); sender.leave() })
  job.take({ record: { owner: 'ana', key: t.name, sha256: 'beef', url: 'https://m/files/1', paused: false }, copy: undefined })
  await until(() => told.includes('followed') && told.includes('started'))
  return { job, sender, told, machine, until }
}

test('an upload without a file follows the tab that sends it, and misses its file when that one goes', async t => {
  const { sender, told, machine, until } = await followed(t)
  sender.leave()
  await until(() => told.includes('missing'))
  assert.deepEqual([told, machine], [['sender', 'followed', 'started', 'missing'], []])
})

test('what has all its bytes at the server goes on without a file', async t => {
  const { sender, told, machine, until } = await followed(t)
  sender.tell({ type: 'checking' })
  await until(() => told.includes('checking'))
  sender.leave()
  await until(() => machine.length > 0)
  assert.deepEqual([machine, told.includes('missing')], [['start'], false])
})

test('a cancel that the tab that sends has not lived to hear is done here', async t => {
  const { job, sender, told, machine, until } = await followed(t)
  job.command('cancel')
  sender.leave()
  await until(() => machine.length > 0)
  assert.deepEqual([machine, told.includes('missing')], [['cancel'], false])
})
