// A move in the document is no absence; who stays away lets go once, and goes on once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Absence, patienceMs } from '../../.cache/test/element/disconnect-timer.js'

function absence() {
  const heard = []
  const page = new EventTarget()
  const port = { left: () => heard.push('left'), returned: () => heard.push('returned') }
  return { heard, page, absence: new Absence(port, page) }
}

test('back before the patience ends: nothing happened', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { heard, page, absence: a } = absence()
  for (let moves = 0; moves < 3; moves++) {
    a.begin()
    t.mock.timers.tick(patienceMs - 1)
    a.end()
  }
  t.mock.timers.tick(patienceMs)
  page.dispatchEvent(new Event('pagehide'))
  assert.deepEqual(heard, [])
})

test('away for longer: left once, returned once', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { heard, page, absence: a } = absence()
  a.begin()
  t.mock.timers.tick(patienceMs)
  page.dispatchEvent(new Event('pagehide'))
  assert.deepEqual(heard, ['left'])
  a.end()
  a.begin()
  a.end()
  assert.deepEqual(heard, ['left', 'returned'])
})

test('a page that is left is not waited for', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { heard, page, absence: a } = absence()
  a.begin()
  page.dispatchEvent(new Event('pagehide'))
  t.mock.timers.tick(patienceMs)
  assert.deepEqual(heard, ['left'])
})
