// The hands of an upload's machine, with a machine and a wire of the test's own.
import assert from 'node:assert/strict'
import { test } from 'node:test'

/** A connection that breaks as soon as a body is given to it. */
class BrokenWire {
  static bodies = []
  upload = {}
  open() {}
  setRequestHeader() {}
  abort() {}
  send(body) {
    BrokenWire.bodies.push(body)
    this.onerror()
  }
}
Object.assign(globalThis, { self: globalThis, isSecureContext: true, XMLHttpRequest: BrokenWire })
const { UploadRunner } = await import('../../.cache/test/worker/upload-runner.js')

const request = { name: 'a.txt', declaredType: 'text/plain', kind: 'document', purposes: ['message'], metadata: {} }
const known = { ceiling: 0, damaged: 0, accepted: 0, upload: 'https://m/files/1' }
const chunk = {
  ...known, do: 'send', purpose: 'chunk', request: 1, method: 'PATCH', url: known.upload, headers: [],
  offset: 0, length: 4, stallAfter: 60_000,
}

/** A runner on machines that answer each event as the test says, until one of the events has come. */
function run({ answers, files = [], until = '' }) {
  const machines = []
  const told = []
  let arrived
  const comes = new Promise(resolve => { arrived = resolve })
  const module = {
    newUpload: config => machines.push({ url: config.url, events: [] }),
    tell: (handle, { type }) => {
      machines[handle - 1].events.push(type)
      if (type === until) arrived()
      return answers[type] ?? { ...known, do: 'idle' }
    },
    freeUpload: handle => { machines[handle - 1].freed = true },
  }
  const around = {
    module, tokens: { current: 'token' }, origin: 'https://m/', ceiling: 0,
    lowered: () => {}, died: error => { throw error },
  }
  const order = { files, size: 4, request, sha256: 'beef', key: 'k', url: known.upload, held: false, first: 'start' }
  const runner = new UploadRunner(around, order, { told: event => told.push(event), located: () => {} })
  return { runner, machines, told, comes }
}

/** A file of which the bytes from the third on cannot be read, as of a disk that is broken there. */
const halfBroken = () => ({
  slice: (from, to) => ({ arrayBuffer: async () => to > 2 ? Promise.reject(new DOMException('', 'NotReadableError')) : new ArrayBuffer(to - from) }),
})

for (const [what, checksum] of [['is summed up', true], ['goes as it is', false]]) {
  test(`a chunk that ${what}: what cannot be read in its middle is no network that is down`, async () => {
    const { machines, comes } = run({ answers: { start: { ...chunk, checksum } }, files: [halfBroken()], until: 'unreadable' })
    await comes
    assert.deepEqual(machines[0].events, ['start', 'unreadable'])
  })

  test(`a chunk that ${what}: where the copy cannot be read, the original goes`, async () => {
    BrokenWire.bodies = []
    const original = new Blob(['good'])
    const files = [halfBroken(), original]
    const { machines, comes } = run({ answers: { start: { ...chunk, checksum } }, files, until: 'broken' })
    await comes
    assert.deepEqual([machines[0].events, files], [['start', 'broken'], [original]])
  })
}

test('a broken connection is one, where the bytes can be read', async () => {
  const { machines, comes } = run({ answers: { start: { ...chunk, checksum: true } }, files: [new Blob(['good'])], until: 'broken' })
  await comes
  assert.deepEqual(machines[0].events, ['start', 'broken'])
})

for (const end of ['done', 'refused']) {
  test(`${end} without a word of what came of it is told as a failure, and a retry asks the server anew`, () => {
    const { runner, machines, told } = run({ answers: { start: { ...known, do: end } } })
    assert.deepEqual(told.map(({ type, failure }) => [type, failure.code, failure.retryable]), [['failed', 'relay_failed', true]])
    runner.command('retry')
    assert.deepEqual(machines, [
      { url: known.upload, events: ['start'], freed: true },
      { url: known.upload, events: ['retry'] },
    ])
  })
}
