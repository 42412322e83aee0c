// The place under which an uploader's uploads are stored: its own, whatever elements are on the page.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { placeOf as elementPlace } from '../../.cache/test/element/address.js'
import { placeOf } from '../../.cache/test/headless/options.js'

const at = (pathname, search = '', hash = '') => Object.assign(globalThis.location, { pathname, search, hash })
beforeEach(() => {
  globalThis.location = {}
  at('/media')
})

test('the place is of the path, the query, the route and the name', () => {
  const places = new Set([placeOf({}), placeOf({ name: 'hero' }), placeOf({ restoreKey: 'hero' })])
  for (const address of [['/other'], ['/media', '?campaign=1'], ['/media', '', '#/campaigns/1'], ['/media', '', '#!/campaigns/2']]) {
    at(...address)
    places.add(placeOf({})).add(placeOf({ name: 'hero' }))
  }
  assert.equal(places.size, 11)
})

test('a fragment that is no route does not change the place, and a restore key has one place on all pages', () => {
  const [place, kept] = [placeOf({ name: 'hero' }), placeOf({ name: 'hero', restoreKey: 'campaign 1' })]
  at('/media', '', '#token=secret')
  assert.equal(placeOf({ name: 'hero' }), place)
  at('/other', '?x', '#/y')
  assert.equal(placeOf({ restoreKey: 'campaign 1' }), kept)
})

for (const hash of ['', '#/campaigns/1']) {
  test(`an element never has the place of an uploader, whatever its name${hash && ', on a route'}`, () => {
    at('/media', '?x=1', hash)
    for (const name of ['', 'headless', 'hero', '#headless', 'headless#hero', 'restore-key']) {
      const uploaders = [placeOf({ name }), placeOf({ restoreKey: name }), placeOf({}), placeOf({ name: 'headless' }), placeOf({ restoreKey: 'headless' })]
      for (const alone of [true, false]) {
        for (const element of [elementPlace({ name, restoreKey: '', alone }), elementPlace({ name: '', restoreKey: name || 'x', alone })]) {
          assert.ok(!uploaders.includes(element), element)
        }
      }
    }
  })
}
