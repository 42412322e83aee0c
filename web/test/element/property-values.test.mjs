// What the element's properties accept, and what the console says of the rest.
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { acceptValue } from '../../.cache/test/element/property-values.js'
import { filesFrom } from '../../.cache/test/element/page-files.js'

const nothing = [undefined, null]
const odd = [5, NaN, true, {}, [], () => {}, Symbol('s'), 10n, new Date(), 'a text', '']

/** For each property: its default, and values that it accepts. */
const properties = {
  endpoint: ['', '/media/', new URL('https://media.example.com/x')],
  purpose: ['', 'message template'],
  kinds: ['', 'image,video'],
  name: ['', 'media'],
  restoreKey: ['', 'campaign 1'],
  lang: ['', 'de'],
  multiple: [false, true],
  required: [false, true],
  disabled: [false, true],
  autoStart: [false, true],
  maxFiles: [0, 1, 500],
  concurrency: [3, 1, 8],
  getToken: [undefined, () => 'a.b.c'],
  metadata: [{}, { a: '1' }, () => ({})],
  messages: [{}, { labels: {} }],
}

function listen(t) {
  const said = { warn: [], info: [] }
  for (const level of ['warn', 'info']) mock.method(console, level, (text) => said[level].push(text))
  t.after(() => mock.restoreAll())
  return said
}

for (const [name, [fallback, ...good]] of Object.entries(properties)) {
  test(`${name}: good values are accepted without a word`, (t) => {
    const said = listen(t)
    for (const value of good) assert.deepEqual(acceptValue(name, value, false), value instanceof URL ? value.href : value)
    assert.deepEqual(said, { warn: [], info: [] })
  })

  test(`${name}: null and undefined are the default, and no mistake`, (t) => {
    const said = listen(t)
    for (const value of nothing) assert.deepEqual(acceptValue(name, value, false), fallback)
    assert.deepEqual(acceptValue(name, null, true), fallback, 'a removed attribute')
    assert.deepEqual([said.warn, said.info.length], [[], name === 'getToken' ? 0 : 2])
  })

  test(`${name}: every value is taken, and a wrong one is named once`, (t) => {
    const said = listen(t)
    for (const value of odd) {
      const before = said.warn.length
      const accepted = acceptValue(name, value, false)
      acceptValue(name, value, false)
      assert.equal(typeof accepted, typeof fallback === 'object' || fallback === undefined ? typeof accepted : typeof fallback)
      const warned = said.warn.slice(before)
      assert.ok(warned.length <= 1 && warned.every((text) => text.includes(name)), `${String(value)}: ${warned}`)
    }
    assert.ok(said.warn.length > 3)
  })
}

test('a number may come as a text, as attributes do', () => {
  assert.deepEqual(['7', ' 7 ', '7.5', '', '-1', '1e3', 'x'].map((text) => acceptValue('maxFiles', text, false)), [7, 7, 0, 0, 0, 1000, 0])
})

test('an unknown word is named, and the known ones stay', (t) => {
  const said = listen(t)
  for (let i = 0; i < 3; i++) assert.equal(acceptValue('kinds', 'image gif', false), 'image gif')
  assert.deepEqual(said.warn, ['media-upload: kinds has the unknown word "gif"; known are: image video audio document sticker'])
})

test('addFiles takes any list of files, and names what is none', () => {
  const file = new File(['x'], 'a.txt')
  for (const list of [[file], new Set([file]), file, { *[Symbol.iterator]() { yield file } }]) {
    assert.deepEqual(filesFrom(list, assert.fail), [file])
  }
  for (const list of [null, undefined, 5, 'a text', {}, [null], [new Blob(['x'])], [file.name]]) {
    const said = []
    assert.deepEqual(filesFrom(list, (text) => said.push(text)), [])
    assert.equal(said.length, 1, String(list))
  }
})
