// What a worker keeps for later visits, on a store of the test's own: batches, failures, owners, ends, and what is swept.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { copiedBytes, MAX_AGE_MILLISECONDS, sweepOf } from '../../.cache/test/storage/records.js'
import { Vault } from '../../.cache/test/storage/copy-store.js'

const MiB = 1024 * 1024
const turn = () => new Promise(resolve => setTimeout(resolve))
const request = { name: 'a.txt', place: '/p#media' }
const detail = (id, size = 1) => ({ id, origin: 'https://m/', file: new Blob(['x']), size, request })

/** A store in memory that counts what it is asked, and fails as it is told. */
class MemoryStore {
  records = new Map()
  copies = new Map()
  transactions = []
  fails = () => undefined

  async #transaction(kind, ids) {
    this.transactions.push([kind, ids])
    await turn()
    const error = this.fails(kind, ids)
    if (error) throw error
  }
  async sweep() {
    await this.#transaction('sweep', [])
    return [...this.records.values()]
  }
  async keep(requests) {
    const kind = requests.every(({ file }) => file) ? 'keep' : 'note'
    await this.#transaction(kind, requests.map(({ record }) => record.id))
    return requests.map(({ record, file }) => {
      const made = { ...(this.records.get(record.id) ?? record), worker: record.worker, at: record.at }
      if (file) this.copies.set(made.copy = record.id, file)
      this.records.set(record.id, made)
      return { record: made, copy: this.copies.get(made.copy), full: false }
    })
  }
  async write(changes, ends) {
    await this.#transaction('write', [...changes, ...ends].map(({ id }) => id))
    for (const change of changes) if (this.records.has(change.id)) this.records.set(change.id, { ...this.records.get(change.id), ...change })
    for (const { id, key } of ends) {
      for (const record of [...this.records.values()]) {
        if (record.id === id || key !== '' && record.key === key) {
          this.records.delete(record.id)
          this.copies.delete(record.copy)
        }
      }
    }
  }
}

function vault(owner = 'ana') {
  const store = new MemoryStore()
  const told = []
  const vault = new Vault(store, 'w1', { kept: id => told.push(['kept', id]), unkept: (id, reason) => told.push(['unkept', id, reason]) })
  vault.own(owner)
  return { store, told, vault }
}

async function settled(store) {
  for (let n = -1; n !== store.transactions.length; await turn(), await turn(), await turn()) n = store.transactions.length
}

test('files that are chosen together are kept in one transaction, large ones in their own', async () => {
  const { store, told, vault: v } = vault()
  for (let n = 0; n < 500; n++) void v.keep(detail(`f${n}`, 20_000))
  for (const id of ['big1', 'big2']) void v.keep(detail(id, 100 * MiB))
  await settled(store)
  assert.deepEqual(store.transactions.map(([kind, ids]) => [kind, ids.length]), [['keep', 500], ['keep', 1], ['keep', 1]])
  assert.equal(told.filter(([type]) => type === 'kept').length, 502)
})

test('the ends of many files take few transactions, and what was to be noted of them none', async () => {
  const { store, vault: v } = vault()
  for (let n = 0; n < 500; n++) void v.keep(detail(`f${n}`))
  await settled(store)
  store.transactions.length = 0
  for (let n = 0; n < 500; n++) {
    v.change(`f${n}`, { url: 'u', key: `k${n}` })
    v.end(`f${n}`, `k${n}`)
  }
  await settled(store)
  assert.ok(store.transactions.length <= 2, `${store.transactions.length} transactions`)
  assert.deepEqual([store.records.size, store.copies.size], [0, 0])
})

test('before a token has told the owner, nothing is said to be kept', async () => {
  const { store, told, vault: v } = vault('')
  await v.keep(detail('f'))
  assert.deepEqual([told, store.records.get('f').owner], [[], ''])
  v.own('ana')
  await settled(store)
  assert.deepEqual([told, store.records.get('f').owner], [[['kept', 'f']], 'ana'])
})

test('what comes after a sign-out belongs to whoever signs in next', async () => {
  const { store, told, vault: v } = vault('ana')
  v.own('')
  await v.keep(detail('f'))
  assert.deepEqual([told, store.records.get('f').owner], [[], ''])
  v.own('ben')
  await settled(store)
  assert.equal(store.records.get('f').owner, 'ben')
})

const quota = new DOMException('full', 'QuotaExceededError')
const refusal = new DOMException('no Blobs here', 'DataCloneError')
for (const [what, error, reason, left] of [
  ['a full disk', quota, 'room', 1],
  ['a browser that takes no Blobs', refusal, 'refused', 1],
  ['a store that does not answer', new DOMException('', 'TimeoutError'), 'refused', 0],
]) {
  test(`${what}: unkept for want of ${reason}, ${left ? 'a record for the next visit' : 'nothing'} is left`, async () => {
    const { store, told, vault: v } = vault()
    store.fails = kind => kind === 'keep' ? error : undefined
    const kept = await v.keep(detail('f'))
    assert.deepEqual(told, [['unkept', 'f', reason]])
    assert.deepEqual([store.records.size, store.copies.size, kept?.copy], [left, 0, undefined])
  })
}

test('a store that takes nothing at all: unkept, and every later call does no harm', async () => {
  const { store, told, vault: v } = vault()
  store.fails = () => refusal
  assert.equal(await v.keep(detail('f')), undefined)
  v.change('f', { url: 'u' })
  v.end('f', 'k')
  await settled(store)
  assert.deepEqual(told, [['unkept', 'f', 'refused']])
})

test('one file that cannot be read costs the others nothing', async () => {
  const { store, told, vault: v } = vault()
  store.fails = (kind, ids) => kind === 'keep' && ids.includes('gone') ? refusal : undefined
  await Promise.all(['a', 'gone', 'b'].map(id => v.keep(detail(id))))
  assert.deepEqual(told, [['kept', 'a'], ['unkept', 'gone', 'refused'], ['kept', 'b']])
})

test('an upload that ends while it is being kept leaves nothing', async () => {
  const { store, vault: v } = vault()
  void v.keep(detail('f'))
  await Promise.resolve()
  await Promise.resolve()
  await Promise.resolve()
  v.end('f', '')
  await settled(store)
  assert.deepEqual([store.records.size, store.copies.size], [0, 0])
})

test('an end that the store was too slow for is written again', async () => {
  const { store, vault: v } = vault()
  await v.keep(detail('f'))
  let slow = 2
  store.fails = kind => kind === 'write' && slow-- > 0 ? new DOMException('no answer', 'TimeoutError') : undefined
  v.end('f', '')
  await settled(store)
  assert.deepEqual([store.records.size, store.copies.size, slow], [0, 0, -1])
})

test('what was forgotten is kept anew, in that order', async () => {
  const { store, vault: v } = vault()
  await v.keep(detail('f'))
  v.end('f', '')
  await v.keep(detail('f'))
  await settled(store)
  assert.deepEqual([store.records.size, store.copies.size], [1, 1])
})

test('what an earlier worker has kept is taken away unseen, and kept anew after that', async () => {
  const { store, vault: v } = vault()
  store.records.set('f', { id: 'f', copy: 'f', size: 7 })
  store.copies.set('f', new Blob(['old']))
  v.discard('f')
  await v.keep(detail('f'))
  await settled(store)
  assert.deepEqual([store.records.get('f').size, await store.copies.get('f').text()], [1, 'x'])
})

test('an end takes what other tabs have kept of the same upload along', async () => {
  const { store, vault: v } = vault()
  await v.keep(detail('f'))
  store.records.set('other', { ...store.records.get('f'), id: 'other', key: 'k', copy: '' })
  v.end('f', 'k')
  await settled(store)
  assert.equal(store.records.size, 0)
})

const at = { origin: 'https://m/', place: '/p#media', alive: async () => new Set(['w1']) }

test('a later visit finds what was kept at its place for its owner, and asks for a token only then', async () => {
  const { store, vault: v } = vault()
  for (const [id, change] of Object.entries({
    mine: {}, yours: { owner: 'bob' }, nobodys: { owner: '' }, elsewhere: { origin: 'https://n/' }, there: { request: { ...request, place: '/q' } },
  })) store.records.set(id, { ...v.record, id, owner: 'ana', origin: 'https://m/', request, copy: '', ...change })
  assert.deepEqual(await v.restore({ ...at, place: '/none' }, () => assert.fail('asked')), [])
  const found = await v.restore(at, async () => 'ana')
  assert.deepEqual(found.map(({ record }) => record.id), ['mine'])
  assert.deepEqual(await v.restore(at, async () => 'ana'), [], 'what has come back does not come twice')
})

test('what has come back is young again', async () => {
  const { store, vault: v } = vault()
  store.records.set('f', { id: 'f', owner: 'ana', origin: 'https://m/', request, copy: '', at: 1 })
  const before = Date.now()
  await v.restore(at, async () => 'ana')
  assert.ok(store.records.get('f').at >= before)
})

test('what another tab has ended while the token was asked for does not come back', async () => {
  const { store, vault: v } = vault()
  store.records.set('f', { id: 'f', owner: 'ana', origin: 'https://m/', request, copy: '' })
  assert.deepEqual(await v.restore(at, async () => { store.records.clear(); return 'ana' }), [])
  assert.equal(store.records.size, 0)
})

const now = Date.parse('2026-11-21T08:00:00Z')
const hour = 3600_000
for (const [what, record, alive, stale] of [
  ['a young one', { owner: 'ana', at: now - hour }, undefined, false],
  ['one of a week ago', { owner: 'ana', at: now - MAX_AGE_MILLISECONDS - 1 }, undefined, true],
  ['one of a week ago whose page is still open', { owner: 'ana', at: now - MAX_AGE_MILLISECONDS - 1 }, new Set(['w']), false],
  ['one of a clock that ran ahead', { owner: 'ana', at: now + MAX_AGE_MILLISECONDS + 1 }, undefined, true],
  ['an unowned one of a page that lives', { owner: '', at: now - hour }, new Set(['w']), false],
  ['an unowned one of a page that is gone', { owner: '', at: now - hour }, new Set(), true],
  ['an unowned one where nobody knows', { owner: '', at: now - hour }, undefined, false],
  ['an unowned one of two days ago where nobody knows', { owner: '', at: now - 48 * hour }, undefined, true],
]) {
  test(`${what} is ${stale ? 'swept with its copy' : 'left'}`, () => {
    const swept = sweepOf([{ id: 'f', worker: 'w', copy: 'c', ...record }], ['c', 'orphan'], now, alive)
    assert.deepEqual(swept, stale ? { records: ['f'], copies: ['c', 'orphan'] } : { records: [], copies: ['orphan'] })
  })
}

test('a copy that records share counts once, and stays with the last of them', () => {
  const records = [{ id: 'a', copy: 'a', size: 5, owner: 'x', at: 0 }, { id: 'b', copy: 'a', size: 5, owner: 'x', at: now }, { id: 'c', copy: '', size: 7, owner: 'x', at: now }]
  assert.equal(copiedBytes(records), 5)
  assert.deepEqual(sweepOf(records, ['a'], now, undefined), { records: ['a'], copies: [] })
})
