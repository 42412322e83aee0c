// A move within the document has no effect; a longer absence expires once and ends once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DisconnectTimer, disconnectTimeoutMs } from '../../.cache/test/element/disconnect-timer.js'

function setUp() {
  const calls = []
  const window = new EventTarget()
  const port = { expired: () => calls.push('expired'), reconnected: () => calls.push('reconnected') }
  return { calls, window, timer: new DisconnectTimer(port, window) }
}

test('reconnected before the timeout: nothing happens', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { calls, window, timer } = setUp()
  for (let moves = 0; moves < 3; moves++) {
    timer.start()
    t.mock.timers.tick(disconnectTimeoutMs - 1)
    timer.stop()
  }
  t.mock.timers.tick(disconnectTimeoutMs)
  window.dispatchEvent(new Event('pagehide'))
  assert.deepEqual(calls, [])
})

test('disconnected for longer: expires once, reconnects once', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { calls, window, timer } = setUp()
  timer.start()
  t.mock.timers.tick(disconnectTimeoutMs)
  window.dispatchEvent(new Event('pagehide'))
  assert.deepEqual(calls, ['expired'])
  timer.stop()
  timer.start()
  timer.stop()
  assert.deepEqual(calls, ['expired', 'reconnected'])
})

test('leaving the page expires the timer at once', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { calls, window, timer } = setUp()
  timer.start()
  window.dispatchEvent(new Event('pagehide'))
  t.mock.timers.tick(disconnectTimeoutMs)
  assert.deepEqual(calls, ['expired'])
})
