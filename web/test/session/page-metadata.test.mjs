// The page's metadata of a file, whatever the page returns.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metadataOf } from '../../.cache/test/session/page-metadata.js'

const file = new File(['x'], 'a.txt')

function read(metadata) {
  const said = []
  return { pairs: metadataOf(file, { metadata, warn: (text) => said.push(text) }), said }
}

for (const [what, metadata, pairs, warnings] of [
  ['texts', { campaign: '1', note: 'Frühling 春 🌷' }, { campaign: '1', note: 'Frühling 春 🌷' }, 0],
  ['numbers and truth values', { a: 1, b: false }, { a: '1', b: 'false' }, 0],
  ['nothing', { a: null, b: undefined }, {}, 0],
  ['a function of the file', ({ name }) => ({ name }), { name: 'a.txt' }, 0],
  ['a function that returns nothing', () => undefined, {}, 0],
  ['a list', () => ['a'], {}, 1],
  ['a text', () => 'a=1', {}, 1],
  ['keys that tus does not allow', { 'a b': '1', 'a,b': '1', ä: '1', '': '1', ok: '1' }, { ok: '1' }, 4],
  ['keys of the engine', { filename: 'x', filetype: 'x', purpose: 'x', kind: 'x', sha256: 'x', key: 'x' }, {}, 6],
  ['values that are no texts', { a: {}, b: [], c: () => {}, d: Symbol('s'), e: 10n }, {}, 5],
]) {
  test(`${what}: ${warnings} warnings`, () => {
    const { pairs: found, said } = read(metadata)
    assert.deepEqual(found, pairs)
    assert.equal(said.length, warnings, said.join('; '))
    assert.doesNotThrow(() => structuredClone(found))
  })
}

for (const [what, metadata] of [
  ['a function that throws', () => { throw new Error('x') }],
  ['a promise', async () => ({ a: '1' })],
  ['a promise that rejects', async () => { throw new Error('x') }],
]) {
  test(`${what} is a mistake of the page`, () => {
    assert.throws(() => read(metadata), ({ code }) => code === 'page_error')
  })
}
