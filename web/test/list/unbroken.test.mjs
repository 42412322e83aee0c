// What stays on one line: a number and its unit, and short parentheses.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unbroken } from '../../.cache/test/list/unbroken.js'

/** A text with brackets around what stays together. */
const marked = (text) => unbroken(text).map((part) => (typeof part === 'string' ? part : `[${part.values[0]}]`)).join('')

for (const want of [
  'Valid until Dec 30, 2026 [(in 30 days)]',
  '[3.1 MB] of [12 MB] · [2.4 MB/s] · [4 sec] left',
  'noch [1 Std]. [5 Min].',
  'This file is [20.5 MB], and the limit here is [16 MB].',
  'A sticker must be exactly [512 × 512 pixels].',
  'This video uses H.265, and WhatsApp supports only H.264 and AAC.',
  'Save it as a regular document [(.docx, .xlsx or .pptx)].',
  'nothing at all',
]) {
  test(want, () => assert.equal(marked(want.replace(/[[\]]/g, '')), want))
}
