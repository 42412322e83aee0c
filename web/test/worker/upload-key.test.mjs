// Whose an upload is and what it is called: digests that tell uploads apart and people nothing.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { OwnerKeeper, ownerOf } from '../../.cache/test/worker/owner.js'
import { TokenKeeper } from '../../.cache/test/worker/worker-token.js'
import { uploadKey } from '../../.cache/test/worker/upload-key.js'

const digest = async text => createHash('sha256').update(text).digest('hex')
const token = claims => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`

test('the owner is the channel and the person, whatever else the token says', async () => {
  const owner = await ownerOf(token({ channel: 'acme', sub: 'Ana Muñoz', exp: 1 }), digest)
  assert.equal(owner, await digest('acme\nAna Muñoz'))
  assert.equal(await ownerOf(token({ channel: 'acme', sub: 'Ana Muñoz', exp: 2, scope: 'upload' }), digest), owner)
  assert.notEqual(await ownerOf(token({ channel: 'acme', sub: 'bob' }), digest), owner)
})

for (const odd of ['', 'x', 'a.b.c', `a.${Buffer.from('3').toString('base64url')}.c`]) {
  test(`the token "${odd}" names nobody`, async () => assert.equal(await ownerOf(odd, digest), ''))
}

test('an owner is asked for once, known from then on, and another one with the next token', async () => {
  const asked = []
  const tokens = new TokenKeeper(reason => asked.push(reason))
  const owners = new OwnerKeeper(tokens, digest)
  assert.equal(await owners.current(), '')
  const answers = [owners.ask(), owners.ask()]
  tokens.provide(token({ channel: 'c', sub: 'ana' }))
  assert.deepEqual([...await Promise.all(answers), await owners.ask(), asked.length], [...Array(3).fill(await digest('c\nana')), 1])
  tokens.provide(token({ channel: 'c', sub: 'bob' }))
  assert.equal(await owners.current(), await digest('c\nbob'))
})

test('without a token it is asked for again, until there is one', async () => {
  const asked = []
  const tokens = new TokenKeeper(reason => asked.push(reason))
  const answer = new OwnerKeeper(tokens, digest).ask()
  tokens.provide(undefined)
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(asked.length, 2)
  tokens.provide(token({ channel: 'c', sub: 'ana' }))
  assert.equal(await answer, await digest('c\nana'))
})

const request = { name: 'a.pdf', kind: 'document', purposes: ['message', 'template'], metadata: { a: '1', b: '2' } }
const identity = { owner: 'o', sha256: 's', rules: 'mediarelay-1.wasm', request }
const same = { order: { ...identity, request: { ...request, purposes: ['template', 'message'], metadata: { b: '2', a: '1' }, lastModified: 7, place: '/x' } } }
const other = {
  owner: { ...identity, owner: 'p' }, bytes: { ...identity, sha256: 't' }, rules: { ...identity, rules: 'mediarelay-2.wasm' },
  ...Object.fromEntries(Object.entries({ name: { name: 'b.pdf' }, kind: { kind: 'image' }, purposes: { purposes: ['message'] }, metadata: { metadata: { a: '1' } } })
    .map(([what, change]) => [what, { ...identity, request: { ...request, ...change } }])),
}

test('a key is 32 hexadecimal digits', async () => assert.match(await uploadKey(identity, digest), /^[0-9a-f]{32}$/))
for (const [what, changed] of Object.entries(same)) {
  test(`another ${what}, time or place: the same key`, async () => assert.equal(await uploadKey(changed, digest), await uploadKey(identity, digest)))
}
for (const [what, changed] of Object.entries(other)) {
  test(`other ${what}: another key`, async () => assert.notEqual(await uploadKey(changed, digest), await uploadKey(identity, digest)))
}
