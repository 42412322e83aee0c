// Sentences for people have typographic apostrophes and quotation marks, in every language and place.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { labels } from '../../.cache/test/i18n/labels.js'

const source = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const load = async (path) => (await import(`../../.cache/test/${path}`)).default

/** All texts of a nested object. */
function textsIn(value) {
  return typeof value === 'string' ? [value] : Object.values(value).flatMap(textsIn)
}

/** The texts of the page in English are in its HTML, apart from a command to type. */
const pageTexts = source('index.html').replace(/<code>.*?<\/code>|<!--.*?-->|\{\{.*?\}\}/gs, '').replace(/<[^>]*>/g, '\n').split('\n')

const places = { 'labels in en': textsIn(labels), 'page in en': pageTexts }
for (const language of ['de', 'es', 'pt']) {
  places[`labels in ${language}`] = textsIn(await load(`i18n/words/${language}.js`))
  places[`page in ${language}`] = textsIn(await load(`page/words/${language}.js`))
}
for (const language of ['en', 'de', 'es', 'pt']) {
  places[`sentences in ${language}`] = textsIn(JSON.parse(source(`../internal/reason/catalogue/${language}.json`)))
}

for (const [place, texts] of Object.entries(places)) {
  test(`no straight apostrophe or quotation mark: ${place}`, () => {
    assert.ok(texts.length > 20)
    assert.deepEqual(texts.filter((text) => /['"`]/.test(text)), [])
  })
}

test('the element’s sentence without its code is the catalogue’s', () => {
  for (const language of ['en', 'de', 'es', 'pt']) {
    const { message } = JSON.parse(source(`../internal/reason/catalogue/${language}.json`)).reasons.policy_forbids_engine
    assert.ok(source('src/element/trusted-types-guard.ts').includes(`${language}: '${message}'`), message)
  }
})
