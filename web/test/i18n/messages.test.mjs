// Texts: the shared catalogue is used as the server uses it, and there is a text for everything.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { labels } from '../../.cache/test/i18n/labels.js'
import { Texts, english } from '../../.cache/test/i18n/messages.js'

const catalogue = JSON.parse(readFileSync(new URL('../../../internal/reason/catalogue/en.json', import.meta.url)))
const words = { ...english, catalogue }
const texts = new Texts('en', {}, words)
const size = (number) => ({ name: 'size', number, unit: 'bytes' })

// The same table as in internal/reason/catalogue: both must write the same text.
const written = [
  [size(1), '1 byte'],
  [size(1023), '1023 bytes'],
  [size(102_400), '100 KB'],
  [size(102_401), '100.01 KB'],
  [size(5_242_880), '5 MB'],
  [size(5_242_881), '5.01 MB'],
  [size(5_242_879), '4.99 MB'],
  [size(104_857_600), '100 MB'],
  [size(11_600_000), '11.06 MB'],
  [{ name: 'size', number: 7, unit: 'milliseconds' }, '7 ms'],
  [{ name: 'size', number: 10_001, unit: 'milliseconds' }, '10.01 s'],
  [{ name: 'size', number: 4000, unit: 'pixels' }, '4000'],
  [{ name: 'size', text: 'H.265' }, 'H.265'],
]

for (const [fact, want] of written) {
  test(`a fact is written as the server writes it: ${want}`, () => {
    const own = new Texts('en', { reasons: { made_up: { message: 'It is {size}.' } } }, words)
    assert.equal(own.reason({ code: 'made_up', facts: [fact] }), `It is ${want}.`)
  })
}

test('every sentence of the catalogue is found by its code', () => {
  const codes = Object.keys(catalogue.reasons)
  assert.ok(codes.length > 20)
  for (const code of codes) assert.equal(texts.reason({ code, facts: [] }), catalogue.reasons[code].message)
})

test('an unknown failure has a text: the server’s, else a general one', () => {
  const failure = { code: 'never_heard_of', retryable: false, facts: [] }
  assert.equal(texts.failure({ ...failure, message: 'The disk sighed.' }), 'The disk sighed.')
  assert.equal(texts.failure({ ...failure, message: '' }), labels.unknownFailure)
})

test('labels have plural forms', () => {
  assert.equal(texts.label('total', { count: 1 }), '1 file')
  assert.equal(texts.label('total', { count: 1200 }), '1,200 files')
})

test('a page can replace texts with its own', () => {
  const own = new Texts('en', { labels: { browse: 'Select media' } }, words)
  assert.equal(own.label('browse'), 'Select media')
  assert.equal(own.label('copy'), labels.copy)
})

test('times are short and never zero', () => {
  const said = [[0.2, '1 sec'], [8, '8 sec'], [61, '1 min'], [74, '1 min'], [88, '90 sec'], [118, '2 min'], [149, '2 min'], [3600, '1 hr'], [5400, '1 hr 30 min']]
  for (const [seconds, text] of said) assert.equal(texts.duration(seconds), text)
})

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

for (const [span, want] of [
  [30 * day - 2_000, 'in 30 days'], [47 * hour, 'in 2 days'], [25 * hour, 'in 1 day'], [day - minute, 'in 1 day'],
  [23 * hour, 'in 23 hours'], [hour - 1_000, 'in 1 hour'], [90 * 1_000, 'in 2 minutes'],
  [-47 * hour, '2 days ago'], [-10 * minute, '10 minutes ago'],
]) {
  test(`a time is rounded to the nearest unit: ${want}`, () => {
    const now = Date.UTC(2026, 0, 1)
    assert.equal(texts.relative(new Date(now + span), now), want)
  })
}

test('words of the page that are no texts are ignored', () => {
  for (const own of [
    { labels: { browse: 5, total: { one: 1, other: null }, dropTitle: null } },
    { labels: 'text', reasons: 5, fixes: [], terms: null },
    { reasons: { file_changed: { message: 5 }, other: null }, fixes: { a: {} } },
  ]) {
    const texts = new Texts('en', own)
    assert.equal(texts.label('browse'), 'Choose files')
    assert.equal(texts.label('total', { count: 2 }), '2 files')
    assert.equal(texts.failure({ code: 'file_changed', message: '', retryable: true, facts: [] }), 'Something went wrong.')
    assert.deepEqual(texts.fixes({ code: 'x', facts: [], fixes: ['a'] }), [])
  }
})

test('the direction is that of the words', () => {
  assert.equal(new Texts('ar').direction, 'ltr', 'the words are English')
  assert.equal(new Texts('de').direction, 'ltr')
})
