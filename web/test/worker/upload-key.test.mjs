// The owner and the key of an upload: hashes that identify it without revealing names.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { ownerOf, resolveOwner } from '../../.cache/test/worker/owner.js'
import { WorkerToken } from '../../.cache/test/worker/worker-token.js'
import { uploadKey } from '../../.cache/test/worker/upload-key.js'

const hash = text => createHash('sha256').update(text).digest('hex')
const token = claims => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`

test('the owner depends on channel and subject, and on no other claim', async () => {
  const owner = ownerOf(token({ channel: 'acme', sub: 'Ana Muñoz', exp: 1 }), hash)
  assert.equal(owner, hash('acme\nAna Muñoz'))
  assert.equal(ownerOf(token({ channel: 'acme', sub: 'Ana Muñoz', exp: 2, scope: 'upload' }), hash), owner)
  assert.notEqual(ownerOf(token({ channel: 'acme', sub: 'bob' }), hash), owner)
})

for (const odd of ['', 'x', 'a.b.c', `a.${Buffer.from('3').toString('base64url')}.c`]) {
  test(`the token "${odd}" has no owner`, () => assert.equal(ownerOf(odd, hash), ''))
}

test('a token is requested once for all that wait for the owner, and the owner changes with the token', async () => {
  const requests = []
  const current = new WorkerToken(reason => requests.push(reason))
  assert.equal(ownerOf(current.current, hash), '')
  const owners = [resolveOwner(current, hash), resolveOwner(current, hash)]
  current.provide(token({ channel: 'c', sub: 'ana' }))
  assert.deepEqual([...await Promise.all(owners), await resolveOwner(current, hash), requests.length], [...Array(3).fill(hash('c\nana')), 1])
  current.provide(token({ channel: 'c', sub: 'bob' }))
  assert.equal(ownerOf(current.current, hash), hash('c\nbob'))
})

test('a token is requested again until there is one', async () => {
  const requests = []
  const current = new WorkerToken(reason => requests.push(reason))
  const owner = resolveOwner(current, hash)
  current.provide(undefined)
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(requests.length, 2)
  current.provide(token({ channel: 'c', sub: 'ana' }))
  assert.equal(await owner, hash('c\nana'))
})

const request = { name: 'a.pdf', kind: 'document', purposes: ['message', 'template'], metadata: { a: '1', b: '2' } }
const identity = { owner: 'o', sha256: 's', rules: 'mediarelay-1.wasm', request }
const same = { order: { ...identity, request: { ...request, purposes: ['template', 'message'], metadata: { b: '2', a: '1' }, lastModified: 7, place: '/x' } } }
const other = {
  owner: { ...identity, owner: 'p' }, bytes: { ...identity, sha256: 't' }, rules: { ...identity, rules: 'mediarelay-2.wasm' },
  ...Object.fromEntries(Object.entries({ name: { name: 'b.pdf' }, kind: { kind: 'image' }, purposes: { purposes: ['message'] }, metadata: { metadata: { a: '1' } } })
    .map(([what, change]) => [what, { ...identity, request: { ...request, ...change } }])),
}

test('a key has 32 hexadecimal digits', () => assert.match(uploadKey(identity, hash), /^[0-9a-f]{32}$/))
for (const [what, changed] of Object.entries(same)) {
  test(`another ${what}, time or place: the same key`, () => assert.equal(uploadKey(changed, hash), uploadKey(identity, hash)))
}
for (const [what, changed] of Object.entries(other)) {
  test(`other ${what}: another key`, () => assert.notEqual(uploadKey(changed, hash), uploadKey(identity, hash)))
}
