// Languages: each has all texts of the English one with the same parameters, and its own plural and number formats.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { labels as english } from '../../.cache/test/i18n/labels.js'
import { languageOf, languages, preferredTag } from '../../.cache/test/i18n/languages.js'
import { Texts } from '../../.cache/test/i18n/messages.js'

const others = languages.filter((language) => language !== 'en')
const wordsOf = async (folder, language) => (await import(`../../.cache/test/${folder}/${language}.js`)).default
const catalogueOf = (language) => JSON.parse(readFileSync(new URL(`../../../internal/reason/catalogue/${language}.json`, import.meta.url)))
const textsIn = async (tag) => {
  const language = languageOf(tag)
  const labels = language === 'en' ? english : await wordsOf('i18n/words', language)
  return new Texts(tag, {}, { language, labels, catalogue: catalogueOf(language) })
}
const places = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort().join()
const forms = (entry) => (typeof entry === 'string' ? { text: entry } : entry)

/** Labels that are correctly the same as in English. */
const alike = {
  de: ['actionOn', 'perSecond', 'saidWaiting', 'kindVideo', 'kindAudio', 'kindSticker', 'handle', 'details'],
  es: ['actionOn', 'perSecond', 'saidWaiting', 'kindVideo', 'kindAudio', 'kindSticker', 'handle'],
  pt: ['actionOn', 'perSecond', 'saidWaiting', 'handle'],
}

for (const language of others) {
  test(`the element's labels are complete in ${language}`, async () => {
    const own = await wordsOf('i18n/words', language)
    assert.deepEqual(Object.keys(own).sort(), Object.keys(english).sort())
    for (const [name, entry] of Object.entries(english)) {
      assert.deepEqual(Object.keys(forms(own[name])), Object.keys(forms(entry)), `${name}: its forms`)
      for (const [form, text] of Object.entries(forms(entry))) {
        const said = forms(own[name])[form]
        assert.notEqual(said.trim(), '', `${name} is empty`)
        assert.equal(places(said), places(text), `${name}: its places`)
        assert.equal(said === text, alike[language].includes(name), `${name}: ${said}`)
      }
    }
  })

  test(`the page's texts are complete in ${language}`, async () => {
    const html = readFileSync(new URL('../../index.html', import.meta.url), 'utf8')
    // What the server fills in, it translates itself.
    const keys = [...html.matchAll(/data-(?:text|label)="(\w+)"[^>]*>(\{\{)?/g)].filter(([, , filled]) => filled === undefined).map(([, key]) => key)
    assert.ok(keys.length > 20)
    const own = await wordsOf('page/words', language)
    assert.deepEqual(Object.keys(own).sort(), [...new Set(keys)].sort())
    for (const [key, text] of Object.entries(own)) assert.notEqual(text.trim(), '', key)
    assert.equal(places(own.linkValid), 'time')
    assert.equal(places(own.linkMake), '0,1')
  })
}

for (const [tag, count, want] of [
  ['en', 1, '1 file'], ['en', 0, '0 files'], ['en', 2, '2 files'],
  ['de', 1, '1 Datei'], ['de', 0, '0 Dateien'], ['de', 12345, '12.345 Dateien'],
  ['es', 1, '1 archivo'], ['es', 2, '2 archivos'], ['es', 1_000_000, '1.000.000 archivos'],
  // In Portuguese zero is singular.
  ['pt', 0, '0 arquivo'], ['pt', 1, '1 arquivo'], ['pt-BR', 2, '2 arquivos'],
]) {
  test(`${tag} counts ${want}`, async () => assert.equal((await textsIn(tag)).label('total', { count }), want))
}

for (const [tag, want] of [
  ['en', '5.2 MB'], ['en-GB', '5.2 MB'], ['de', '5,2 MB'], ['de-AT', '5,2 MB'], ['de-CH', '5.2 MB'],
  ['es', '5,2 MB'], ['es-MX', '5.2 MB'], ['pt-BR', '5,2 MB'],
]) {
  test(`${tag} writes a size as the server does: ${want}`, async () => {
    const texts = await textsIn(tag)
    const said = texts.reason({ code: 'file_too_large', facts: [{ name: 'size', number: 5_452_595, unit: 'bytes' }] })
    assert.ok(said.includes(want), said)
    assert.equal(texts.bytes(5_452_595), want)
  })
}

test('a fact that is a word is translated, a proper name is not', async () => {
  const german = await textsIn('de')
  const said = (color) => german.reason({ code: 'image_color_unusual', facts: [{ name: 'color', text: color }] })
  assert.match(said('grey'), /\(Graustufen\)/)
  assert.match(said('CMYK'), /\(CMYK\)/)
  assert.equal(german.bytes(1023), '1023 Byte')
})

test('times are formatted by the language', async () => {
  const now = Date.UTC(2026, 10, 21, 12)
  const at = new Date(now + 29 * 86_400_000)
  const said = async (tag) => (await textsIn(tag)).relative(at, now)
  assert.deepEqual(await Promise.all(['en', 'de', 'es', 'pt'].map(said)), ['in 29 days', 'in 29 Tagen', 'dentro de 29 días', 'em 29 dias'])
  assert.match((await textsIn('de')).date(at, now), /^20\.12\.2026$/)
})

test('until the words are loaded everything is English, numbers too', () => {
  assert.equal(new Texts('de').bytes(1.5 * 1024 ** 2), '1.5 MB')
  assert.equal(new Texts('de').label('copy'), 'Copy')
})

test('a page’s own words replace ours in every language', async () => {
  const words = { language: 'de', labels: await wordsOf('i18n/words', 'de'), catalogue: catalogueOf('de') }
  const own = new Texts('de', { labels: { browse: 'Medien aussuchen' } }, words)
  assert.equal(own.label('browse'), 'Medien aussuchen')
  assert.equal(own.label('copy'), 'Kopieren')
})

for (const [tags, want] of [
  [['de-AT', 'en'], 'de-AT'], [['fr', 'pt-BR', 'en'], 'pt-BR'], [['fr', 'tlh'], 'en'], [[], 'en'], [['no language!', 'es'], 'es'],
]) {
  test(`a preference of ${tags.join(', ') || 'nothing'} results in ${want}`, () => assert.equal(preferredTag(tags), want))
}
