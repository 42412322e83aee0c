// Progress tells the truth: never backward, never complete before the asset is there.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Progress } from '../.cache/test/progress.js'

test('what is shown never runs backward when a chunk breaks off', () => {
  const progress = new Progress(100)
  progress.report(20, 30, 0)
  progress.report(20, 0, 100)
  assert.equal(progress.shown, 50)
  assert.equal(progress.accepted, 20)
})

test('all bytes acknowledged are not a file that is ready', () => {
  const progress = new Progress(100)
  progress.report(100, 0, 0)
  progress.finish()
  assert.ok(progress.share < 1)
})

test('speed and time left, at a constant 1,000 bytes a second', () => {
  const progress = new Progress(60_000)
  for (let second = 0; second <= 20; second++) progress.report(second * 1000, 0, second * 1000)
  assert.equal(Math.round(progress.speed(20_000)), 1000)
  assert.equal(Math.round(progress.secondsLeft(20_000)), 40)
})

test('no speed is claimed from the first moment, after a break, or with nothing moving', () => {
  const progress = new Progress(60_000)
  progress.report(0, 30_000, 0)
  assert.equal(progress.speed(1000), undefined)
  progress.stop()
  progress.report(0, 100, 50_000)
  assert.equal(progress.speed(51_000), undefined)
  assert.equal(progress.secondsLeft(60_000), undefined)
})

test('an empty file has no share to divide', () => {
  assert.ok(Number.isFinite(new Progress(0).share))
})
