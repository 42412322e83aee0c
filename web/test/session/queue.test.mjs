// The order of uploads: never more than `concurrency` at once, in the order in which they were added.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Queue } from '../../.cache/test/session/queue.js'
import { Upload } from '../../.cache/test/session/upload.js'

const accept = { outcome: 'accept', kind: 'document', type: 'text/plain', reasons: [] }

function queueOf(count, concurrency) {
  const begun = []
  const port = {
    check: async (upload) => {
      upload.apply({ type: 'checked', verdict: accept })
      upload.apply({ type: 'enqueue' })
    },
    begin: (upload) => {
      begun.push(upload.name)
      upload.apply({ type: 'begin' })
    },
  }
  const queue = new Queue(port, () => concurrency)
  for (let n = 1; n <= count; n++) queue.add(Upload.of(`file-${n}`, new File(['x'], `${n}.txt`), ['message']))
  return { queue, begun }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('files begin in their order, as many as there are slots', async () => {
  const { queue, begun } = queueOf(5, 2)
  queue.pump()
  await settled()
  assert.deepEqual(begun, ['1.txt', '2.txt'])
})

test('a file whose bytes are all on the server frees its slot', async () => {
  const { queue, begun } = queueOf(3, 1)
  queue.pump()
  await settled()
  const [first] = queue
  first.apply({ type: 'checking' })
  queue.pump()
  assert.deepEqual(begun, ['1.txt', '2.txt'])
})

test('a paused file frees its slot, a waiting one keeps it', async () => {
  const { queue, begun } = queueOf(3, 1)
  queue.pump()
  await settled()
  const [first, second] = queue
  first.apply({ type: 'pause' })
  queue.pump()
  second.apply({ type: 'waiting', reason: 'server', retryInMs: 1000 })
  queue.pump()
  assert.deepEqual(begun, ['1.txt', '2.txt'])
})
