// The runner of an upload, with a fake state machine and a fake connection.
import assert from 'node:assert/strict'
import { test } from 'node:test'

/** A connection that breaks as soon as a body is sent. */
class BrokenXHR {
  static bodies = []
  upload = {}
  open() {}
  setRequestHeader() {}
  abort() {}
  send(body) {
    BrokenXHR.bodies.push(body)
    this.onerror()
  }
}
Object.assign(globalThis, { __ENGINE_PROTOCOL__: 1, self: globalThis, isSecureContext: true, XMLHttpRequest: BrokenXHR })
const { FileSource } = await import('../../.cache/test/worker/file-source.js')
const { UploadRunner } = await import('../../.cache/test/worker/upload-runner.js')

const request = { name: 'a.txt', declaredType: 'text/plain', kind: 'document', purposes: ['message'], metadata: {} }
const known = { ceiling: 0, damaged: 0, accepted: 0, upload: 'https://m/files/1' }
const chunk = {
  ...known, do: 'send', purpose: 'chunk', request: 1, method: 'PATCH', url: known.upload, headers: [],
  offset: 0, length: 4, stallAfter: 60_000,
}

/** A runner whose machines answer each event by `answers`; `comes` resolves at the event `until`. The first of the files is preferred. */
function run({ answers, files = [], until = '' }) {
  const machines = []
  const events = []
  let arrived
  const comes = new Promise(resolve => { arrived = resolve })
  const module = {
    newUpload: config => machines.push({ url: config.url, events: [] }),
    dispatch: (handle, { type }) => {
      machines[handle - 1].events.push(type)
      if (type === until) arrived()
      return answers[type] ?? { ...known, do: 'idle' }
    },
    freeUpload: handle => { machines[handle - 1].freed = true },
  }
  const context = {
    module, token: { current: 'token' }, origin: 'https://m/', ceiling: { bytes: 0, learn: () => {} },
    server: { answered() {}, fault: async () => undefined, faultAhead: async () => undefined }, placeKey: () => 'place',
    crashed: error => { throw error },
  }
  const source = new FileSource({ size: 4, request })
  source.sha256 = 'beef'
  for (const file of files.toReversed()) source.prefer(file)
  const runner = new UploadRunner(context, { source, request, key: 'k', url: known.upload, held: false }, {
    emit: event => events.push(event), located: () => {},
  })
  runner.command('start')
  return { runner, source, machines, events, comes }
}

/** A file of which the bytes from the third on cannot be read, as on a damaged disk. */
const halfBroken = () => ({
  slice: (from, to) => ({ arrayBuffer: async () => to > 2 ? Promise.reject(new DOMException('', 'NotReadableError')) : new ArrayBuffer(to - from) }),
})

for (const [what, checksum] of [['with a checksum', true], ['without a checksum', false]]) {
  test(`a chunk ${what}: a file that is unreadable in the middle is not reported as a broken connection`, async () => {
    const { machines, comes } = run({ answers: { start: { ...chunk, checksum } }, files: [halfBroken()], until: 'unreadable' })
    await comes
    assert.deepEqual(machines[0].events, ['start', 'unreadable'])
  })

  test(`a chunk ${what}: if the copy cannot be read, the original is sent`, async () => {
    BrokenXHR.bodies = []
    const original = new Blob(['good'])
    const { machines, source, comes } = run({ answers: { start: { ...chunk, checksum } }, files: [halfBroken(), original], until: 'broken' })
    await comes
    assert.deepEqual(machines[0].events, ['start', 'broken'])
    assert.equal(source.current, original)
    source.drop(original)
    assert.equal(source.current, undefined)
  })
}

test('a broken connection is reported if the bytes can be read', async () => {
  const { machines, comes } = run({ answers: { start: { ...chunk, checksum: true } }, files: [new Blob(['good'])], until: 'broken' })
  await comes
  assert.deepEqual(machines[0].events, ['start', 'broken'])
})

for (const end of ['done', 'refused']) {
  test(`${end} without a result is reported as a failure, and a retry asks the server again`, () => {
    const { runner, machines, events } = run({ answers: { start: { ...known, do: end } } })
    assert.deepEqual(events.map(({ type, failure }) => [type, failure.code, failure.retryable]), [['failed', 'relay_failed', true]])
    runner.command('retry')
    assert.deepEqual(machines, [
      { url: known.upload, events: ['start'], freed: true },
      { url: known.upload, events: ['retry'] },
    ])
  })
}
