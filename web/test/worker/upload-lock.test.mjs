// One upload in several tabs: which one sends, which ones follow, and their messages. The browser's locks are fakes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Locks } from '../locks.mjs'

globalThis.self = globalThis
Object.defineProperty(globalThis, 'navigator', { value: { locks: new Locks() }, configurable: true })
const { UploadLock } = await import('../../.cache/test/worker/upload-lock.js')

/** A tab with the calls to its listener, and a way to wait for one. */
function tab(name, mode = 'send') {
  const calls = []
  const waiting = []
  const add = call => {
    calls.push(call)
    for (const check of [...waiting]) check()
  }
  const lock = new UploadLock(name, {
    acquired: () => add('acquired'), followed: () => add('followed'), released: () => add('released'),
    received: event => add(event.type), located: url => add(url), requested: command => add(`requested ${command}`),
  }, mode)
  const called = (call, times = 1) => new Promise(resolve => {
    const check = () => calls.filter(one => one === call).length >= times && resolve()
    waiting.push(check)
    check()
  })
  return { lock, calls, called }
}

async function two(t) {
  const first = tab(t.name)
  await first.called('acquired')
  first.lock.publishUrl('https://m/files/1')
  first.lock.publish({ type: 'resumed', offset: 1 })
  first.lock.publish({ type: 'progress', accepted: 2, inFlight: 0, total: 3 })
  const second = tab(t.name)
  t.after(() => { first.lock.release(); second.lock.release() })
  await second.called('progress')
  return { first, second }
}

test('the first tab sends; the second one follows and receives the state', async t => {
  const { first, second } = await two(t)
  assert.deepEqual(second.calls, ['followed', 'https://m/files/1', 'resumed', 'progress'])
  assert.deepEqual(first.calls, ['acquired'])
})

test('the tab that sends receives the commands of a tab that follows', async t => {
  const { first, second } = await two(t)
  second.lock.request('pause')
  await first.called('requested pause')
})

test('a tab that releases the lock passes it to the next', async t => {
  const { first, second } = await two(t)
  first.lock.release()
  await second.called('acquired')
  assert.equal(second.lock.isHeld, true)
})

test('the final event arrives before the lock', async t => {
  const { first, second } = await two(t)
  first.lock.publish({ type: 'done', asset: {} })
  first.lock.finish()
  await second.called('done')
  assert.equal(second.calls.includes('acquired'), false)
})

test('a tab that has stopped waiting does not get the lock', async t => {
  const { first, second } = await two(t)
  second.lock.release()
  const third = tab(t.name)
  t.after(() => third.lock.release())
  await third.called('followed')
  first.lock.release()
  await third.called('acquired')
  assert.equal(second.calls.includes('acquired'), false)
})

for (const [end, calls] of [['done', ['followed', 'https://m/files/1', 'done', 'progress']], ['cancelled', ['followed']]]) {
  test(`a tab that arrives right after ${end} gets ${calls.at(-1)} last, and the lock later`, async t => {
    const { first, second } = await two(t)
    first.lock.publish({ type: end })
    first.lock.finish()
    second.lock.release()
    const third = tab(t.name)
    t.after(() => third.lock.release())
    await third.called(calls.at(-1))
    // A channel keeps its order: once these messages have arrived, all earlier ones have, in both directions.
    third.lock.request('pause')
    await first.called('requested pause')
    first.lock.publish({ type: 'resumed', offset: 0 })
    await third.called('resumed')
    assert.deepEqual(third.calls, [...calls, 'resumed'])
    first.lock.release()
    await third.called('acquired')
  })
}

test('a tab that observes follows each tab that sends, and never takes the lock', async t => {
  const { first, second } = await two(t)
  const watcher = tab(t.name, 'observe')
  t.after(() => watcher.lock.release())
  await watcher.called('progress')
  assert.deepEqual(watcher.calls, ['followed', 'https://m/files/1', 'resumed', 'progress'])
  assert.equal(watcher.lock.isFollowing, true)
  watcher.lock.request('pause')
  await first.called('requested pause')

  first.lock.release()
  await second.called('acquired')
  second.lock.publish({ type: 'resumed', offset: 2 })
  await watcher.called('resumed', 2)
  assert.equal(watcher.lock.isFollowing, true)

  second.lock.release()
  await watcher.called('released')
  assert.deepEqual([watcher.lock.isFollowing, watcher.lock.isHeld, watcher.calls.includes('acquired')], [false, false, false])
})

test('a tab that observes before another one sends learns of it', async t => {
  const watcher = tab(t.name, 'observe')
  await watcher.called('released')
  assert.equal(watcher.lock.isFollowing, false)
  const sender = tab(t.name)
  t.after(() => { watcher.lock.release(); sender.lock.release() })
  await sender.called('acquired')
  sender.lock.publish({ type: 'started' })
  await watcher.called('started')
  assert.equal(watcher.lock.isFollowing, true)
})

test('a page that may not use locks sends by itself', async t => {
  const { locks } = navigator
  t.after(() => Object.assign(navigator, { locks }))
  Object.assign(navigator, { locks: { request: async () => { throw new DOMException('', 'SecurityError') } } })
  const alone = tab(t.name)
  t.after(() => alone.lock.release())
  await alone.called('acquired')
})
