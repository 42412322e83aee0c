// Which place an element has.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasPlace, placeOf } from '../../.cache/test/element/address.js'

const at = (href) => { globalThis.location = new URL(href) }

const alone = { name: '', restoreKey: '', alone: true }

test('records of earlier versions are found: path, query and name', () => {
  at('https://site.example/edit?campaign=1')
  assert.equal(placeOf({ ...alone, name: 'hero' }), '/edit?campaign=1#hero')
  assert.equal(placeOf(alone), '/edit?campaign=1#')
})

test('a route is part of the place, an anchor or a token is not', () => {
  const places = ['https://s.example/e#/1', 'https://s.example/e#/2', 'https://s.example/e#!/1', 'https://s.example/e'].map((href) => { at(href); return placeOf(alone) })
  assert.equal(new Set(places).size, 4)
  for (const fragment of ['#top', '#token=a.b.c', '#']) {
    at(`https://s.example/e${fragment}`)
    assert.equal(placeOf(alone), places[3])
  }
})

test('a restore key is the place, wherever it is', () => {
  const keyed = { name: 'hero', restoreKey: 'campaign 1', alone: false }
  const places = ['https://s.example/new', 'https://s.example/1?saved=1#/x'].map((href) => { at(href); return placeOf(keyed) })
  assert.equal(places[0], places[1])
  assert.ok(hasPlace(keyed))
})

test('an element without a name that is not alone has no place, and none of its records is another\'s', () => {
  at('https://s.example/e')
  const beside = { ...alone, alone: false }
  assert.ok(!hasPlace(beside) && hasPlace(alone) && hasPlace({ ...beside, name: 'hero' }))
  assert.notEqual(placeOf(beside), placeOf(alone))
})
