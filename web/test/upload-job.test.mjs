// One upload of a worker, on a vault of the test's own: what is written down of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UploadJob } from '../.cache/test/upload-job.js'

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
