// Progress: never backward, never complete before the asset exists.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Progress } from '../../.cache/test/session/progress.js'

test('what is shown never decreases when a chunk is interrupted', () => {
  const progress = new Progress(100)
  progress.report(20, 30, 0)
  progress.report(20, 0, 100)
  assert.equal(progress.shown, 50)
  assert.equal(progress.accepted, 20)
})

test('an upload with all bytes acknowledged is not complete yet', () => {
  const progress = new Progress(100)
  progress.report(100, 0, 0)
  progress.finish()
  assert.ok(progress.share < 1)
})

const MB = 1024 ** 2

/** The engine's reports on a steady network: the socket takes `buffer` bytes of a chunk at once, chunks grow until one takes two seconds, and the answer comes `latency` ms after the last byte. */
function* reportsOf({ rate, buffer, latency, total }) {
  let at = 0
  for (let accepted = 0, chunk = MB; accepted < total; ) {
    const size = Math.min(chunk, total - accepted)
    const took = (size * 1000) / rate
    yield { at, accepted, inFlight: 0, arrived: accepted }
    for (let since = 50; since < took + latency; since += 50) {
      const arrived = Math.min(size, (rate * since) / 1000)
      yield { at: at + since, accepted, inFlight: Math.min(size, arrived + buffer), arrived: accepted + arrived }
    }
    at += took + latency
    accepted += size
    if (took < 2000) chunk = Math.min(2 * chunk, 16 * MB)
  }
}

for (const [what, network] of [
  ['a fast network', { rate: 12 * MB, buffer: 2.5 * MB, latency: 20, total: 400 * MB }],
  ['4 MB a second', { rate: 4 * MB, buffer: 1 * MB, latency: 30, total: 100 * MB }],
  ['a socket buffer that holds seconds of data', { rate: 1.5 * MB, buffer: 4 * MB, latency: 60, total: 60 * MB }],
  ['a network with as much latency as transfer', { rate: 2 * MB, buffer: 0.25 * MB, latency: 150, total: 40 * MB }],
  ['a slow network', { rate: 0.2 * MB, buffer: 0.1 * MB, latency: 80, total: 16 * MB }],
]) {
  test(`${what}: from three seconds on, speed and remaining time are right within a quarter`, () => {
    const progress = new Progress(network.total)
    const reports = [...reportsOf(network)]
    const end = reports.at(-1).at
    let compared = 0
    for (const { at, accepted, inFlight } of reports) {
      progress.report(accepted, inFlight, at)
      if (at < 3000 || end - at < 2000) continue
      const [speed, left] = [progress.speed(at), progress.secondsLeft(at)]
      const truth = network.total / (end / 1000)
      assert.ok(Math.abs(speed - truth) <= truth / 4, `${at} ms: ${speed} bytes per second, want ${truth}`)
      assert.ok(Math.abs(left * 1000 - (end - at)) <= (end - at) / 4, `${at} ms: ${left} s left, want ${(end - at) / 1000}`)
      compared++
    }
    assert.ok(compared > 100)
  })
}

test('no speed is derived from a chunk that the socket buffer took whole', () => {
  const progress = new Progress(60 * MB)
  progress.report(0, 0, 0)
  for (let at = 50; at < 10_000; at += 50) progress.report(0, MB, at)
  assert.equal(progress.speed(10_000), undefined)
  assert.equal(progress.secondsLeft(10_000), undefined)
})

test('a network that slows down is noticed within the chunk', () => {
  const progress = new Progress(100 * MB)
  for (let second = 0; second <= 4; second++) progress.report(second * 4 * MB, 0, second * 1000)
  progress.report(16 * MB, MB, 12_000)
  assert.ok(progress.speed(12_000) < 1.5 * MB)
})

test('there is no speed at first, after a stop, or while no bytes move', () => {
  const progress = new Progress(60_000)
  progress.report(0, 30_000, 0)
  assert.equal(progress.speed(900), undefined)
  progress.stop()
  progress.report(0, 100, 50_000)
  assert.equal(progress.speed(51_000), undefined)
  assert.equal(progress.secondsLeft(60_000), undefined)
})

test('over twenty interruptions nothing decreases, and no more is shown than the chunk in flight can hold', () => {
  const [total, chunk] = [100 * MB, 4 * MB]
  const progress = new Progress(total)
  let shown = 0
  for (let cut = 0, accepted = 0; cut < 20; cut++) {
    for (let sent = 0; sent <= chunk * 0.9; sent += chunk / 10) {
      progress.report(accepted, sent, cut * 5000 + sent / 1000)
      assert.ok(progress.shown >= shown && progress.shown <= progress.accepted + chunk)
      shown = progress.shown
    }
    progress.stop()
    // The server has kept none, some or all of what was in flight.
    accepted += [0, chunk / 3, chunk][cut % 3]
    assert.ok(progress.shown === shown && progress.share < 1)
  }
})

test('an upload that the server has lost starts from zero, and shows it', () => {
  const progress = new Progress(100)
  progress.report(60, 20, 0)
  progress.restart(0)
  assert.deepEqual([progress.shown, progress.accepted, progress.share], [0, 0, 0])
})

test('the share of an empty file is a number', () => {
  assert.ok(Number.isFinite(new Progress(0).share))
})
