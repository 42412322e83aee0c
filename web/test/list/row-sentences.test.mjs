// A row says one thing: its status, its notes and its buttons agree, whatever happened to the file before.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { labels } from '../../.cache/test/i18n/labels.js'
import { Texts } from '../../.cache/test/i18n/messages.js'
import { notesOf } from '../../.cache/test/list/row-notes.js'
import { statusOf } from '../../.cache/test/list/status.js'
import { Upload } from '../../.cache/test/session/upload.js'

const texts = new Texts('en')
const now = Date.UTC(2026, 0, 2)
const day = 86_400_000

function uploadWith(state, more = {}) {
  const upload = Upload.of('1', new File(['x'], 'x.jpg'), ['message'])
  return Object.assign(upload, { state }, more)
}

const waiting = (reason) => ({ name: 'waiting', reason, retryAt: 0 })
const uploading = { name: 'uploading' }
const eventful = { damaged: true, restored: true, copy: 'kept' }

for (const [what, state, more, want] of [
  ['a restored upload that is sent', uploading, { restored: true }, ['resumed']],
  ['a restored upload in the queue has not resumed', { name: 'queued' }, { restored: true }, []],
  ['a restored upload without a network has not resumed', waiting('offline'), { restored: true }, []],
  ['a restored upload that waits for a sign-in has not resumed', waiting('token'), { restored: true }, []],
  ['a paused upload is not being sent again', { name: 'paused' }, { lost: true }, []],
  ['a waiting upload is not being sent again', waiting('server'), eventful, []],
  ['a file that is sent again', uploading, { damaged: true }, ['damaged']],
  ['a file that another window sends', uploading, { sender: 'elsewhere', restored: true }, ['elsewhere']],
  ['the status says that another window sends it', waiting('locked'), { sender: 'elsewhere' }, []],
  ['the window must stay open in every state', waiting('offline'), { copy: 'none' }, ['keepOpen']],
  ['a file to choose', { name: 'missing', comparing: false }, {}, ['missingWhy']],
  ['a chosen file is not asked for again', { name: 'missing', comparing: true }, {}, []],
]) {
  test(`notes: ${what}`, () => assert.deepEqual(notesOf(uploadWith(state, more)), want))
}

function doneUntil(mediaID, handle) {
  const at = (days) => new Date(now + days * day).toISOString()
  const asset = {
    ...(mediaID === undefined ? {} : { media_id: '1', media_id_expires_at: at(mediaID) }),
    ...(handle === undefined ? {} : { handle: '4::x', handle_expires_at: at(handle) }),
  }
  return uploadWith({ name: 'done', asset, clockAhead: 0 })
}

for (const [what, upload, want] of [
  ['both are valid', doneUntil(1, 1), 'done'],
  ['one is valid', doneUntil(-1, 1), 'done'],
  ['neither is valid', doneUntil(-1, -1), 'outdated'],
  ['the only one is not valid', doneUntil(undefined, -1), 'outdated'],
  ['an expiry is not known', uploadWith({ name: 'done', asset: { media_id: '1' }, clockAhead: 0 }), 'done'],
]) {
  test(`a finished file is usable or not: ${what}`, () => assert.equal(statusOf(upload, texts, now).text, labels[want]))
}

test('only files that wait for a click are called ready', () => {
  const allowed = new Set(['ready', 'readyWarned', 'done', 'saidDone'])
  const others = Object.entries(labels).filter(([name, text]) => !allowed.has(name) && /\bready\b/i.test(JSON.stringify(text)))
  assert.deepEqual(others, [])
})
