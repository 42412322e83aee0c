// One upload in several tabs: who sends, who follows, and what passes between them. Locks of the test's own stand for the browser's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Locks } from '../locks.mjs'

globalThis.self = globalThis
Object.defineProperty(globalThis, 'navigator', { value: { locks: new Locks() }, configurable: true })
const { UploadTurn } = await import('../../.cache/test/worker/upload-lock.js')

/** A tab with everything that it is told, and a way to wait for it. */
function tab(name, how) {
  const told = []
  const waiting = []
  const say = entry => {
    told.push(entry)
    for (const check of [...waiting]) check()
  }
  const turn = new UploadTurn(name, {
    granted: () => say('granted'), followed: () => say('followed'), released: () => say('released'),
    heard: event => say(event.type), located: url => say(url), asked: command => say(`asked ${command}`),
  }, how)
  const hears = (entry, times = 1) => new Promise(resolve => {
    const check = () => told.filter(one => one === entry).length >= times && resolve()
    waiting.push(check)
    check()
  })
  return { turn, told, hears }
}

async function two(t) {
  const first = tab(t.name)
  await first.hears('granted')
  first.turn.locate('https://m/files/1')
  first.turn.tell({ type: 'resumed', offset: 1 })
  first.turn.tell({ type: 'progress', accepted: 2, inFlight: 0, total: 3 })
  const second = tab(t.name)
  t.after(() => { first.turn.leave(); second.turn.leave() })
  await second.hears('progress')
  return { first, second }
}

test('the first tab sends; the second follows and is told how it stands', async t => {
  const { first, second } = await two(t)
  assert.deepEqual(second.told, ['followed', 'https://m/files/1', 'resumed', 'progress'])
  assert.deepEqual(first.told, ['granted'])
})

test('what a person asks of the follower is done by the tab that sends', async t => {
  const { first, second } = await two(t)
  second.turn.ask('pause')
  await first.hears('asked pause')
})

test('a tab that leaves makes room for the next', async t => {
  const { first, second } = await two(t)
  first.turn.leave()
  await second.hears('granted')
  assert.equal(second.turn.holds, true)
})

test('the word of the end comes before the lock', async t => {
  const { first, second } = await two(t)
  first.turn.tell({ type: 'done', asset: {} })
  first.turn.end()
  await second.hears('done')
  assert.equal(second.told.includes('granted'), false)
})

test('a follower that has left is not granted anything', async t => {
  const { first, second } = await two(t)
  second.turn.leave()
  const third = tab(t.name)
  t.after(() => third.turn.leave())
  await third.hears('followed')
  first.turn.leave()
  await third.hears('granted')
  assert.equal(second.told.includes('granted'), false)
})

for (const [end, told] of [['done', ['followed', 'https://m/files/1', 'done', 'progress']], ['cancelled', ['followed']]]) {
  test(`who comes right after an end by ${end} hears ${told.at(-1)} last, and makes its own where that is no result`, async t => {
    const { first, second } = await two(t)
    first.turn.tell({ type: end })
    first.turn.end()
    second.turn.leave()
    const third = tab(t.name)
    t.after(() => third.turn.leave())
    await third.hears(told.at(-1))
    // A channel keeps its order: when these have come, whatever was said before them has, both ways.
    third.turn.ask('pause')
    await first.hears('asked pause')
    first.turn.tell({ type: 'resumed', offset: 0 })
    await third.hears('resumed')
    assert.deepEqual(third.told, [...told, 'resumed'])
    first.turn.leave()
    await third.hears('granted')
  })
}

test('who has nothing to send watches whoever sends, and never takes the lock', async t => {
  const { first, second } = await two(t)
  const watcher = tab(t.name, 'watch')
  t.after(() => watcher.turn.leave())
  await watcher.hears('progress')
  assert.deepEqual(watcher.told, ['followed', 'https://m/files/1', 'resumed', 'progress'])
  assert.equal(watcher.turn.follows, true)
  watcher.turn.ask('pause')
  await first.hears('asked pause')

  first.turn.leave()
  await second.hears('granted')
  second.turn.tell({ type: 'resumed', offset: 2 })
  await watcher.hears('resumed', 2)
  assert.equal(watcher.turn.follows, true)

  second.turn.leave()
  await watcher.hears('released')
  assert.deepEqual([watcher.turn.follows, watcher.turn.holds, watcher.told.includes('granted')], [false, false, false])
})

test('who watches before anybody sends hears of the one who begins', async t => {
  const watcher = tab(t.name, 'watch')
  await watcher.hears('released')
  assert.equal(watcher.turn.follows, false)
  const sender = tab(t.name)
  t.after(() => { watcher.turn.leave(); sender.turn.leave() })
  await sender.hears('granted')
  sender.turn.tell({ type: 'started' })
  await watcher.hears('started')
  assert.equal(watcher.turn.follows, true)
})

test('a page that may not use locks sends for itself', async t => {
  const { locks } = navigator
  t.after(() => Object.assign(navigator, { locks }))
  Object.assign(navigator, { locks: { request: async () => { throw new DOMException('', 'SecurityError') } } })
  const alone = tab(t.name)
  t.after(() => alone.turn.leave())
  await alone.hears('granted')
})
