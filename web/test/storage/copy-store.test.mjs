// What a worker stores for later visits, on a fake store: batches, failures, owners, removals, and which records expire.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { copiedBytes, MAX_AGE_MILLISECONDS, planSweep } from '../../.cache/test/storage/records.js'
import { CopyStore } from '../../.cache/test/storage/copy-store.js'

const MiB = 1024 * 1024
const turn = () => new Promise(resolve => setTimeout(resolve))
const request = { name: 'a.txt', place: '/p#media' }
const detail = (id, size = 1) => ({ id, origin: 'https://m/', file: new Blob(['x']), size, request })

/** A store in memory that records its transactions, and fails when `fails` returns an error. */
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
  async write(changes, removals) {
    await this.#transaction('write', [...changes, ...removals].map(({ id }) => id))
    for (const change of changes) if (this.records.has(change.id)) this.records.set(change.id, { ...this.records.get(change.id), ...change })
    for (const { id, key } of removals) {
      for (const record of [...this.records.values()]) {
        if (record.id === id || key !== '' && record.key === key) {
          this.records.delete(record.id)
          this.copies.delete(record.copy)
        }
      }
    }
  }
}

function newCopies(owner = 'ana') {
  const store = new MemoryStore()
  const reports = []
  const copies = new CopyStore(store, 'w1', { kept: id => reports.push(['kept', id]), unkept: (id, reason) => reports.push(['unkept', id, reason]) })
  copies.setOwner(owner)
  return { store, reports, copies }
}

async function settled(store) {
  for (let n = -1; n !== store.transactions.length; await turn(), await turn(), await turn()) n = store.transactions.length
}

test('small files that are chosen together are copied in one transaction, large files in one each', async () => {
  const { store, reports, copies } = newCopies()
  for (let n = 0; n < 500; n++) void copies.keep(detail(`f${n}`, 20_000))
  for (const id of ['big1', 'big2']) void copies.keep(detail(id, 100 * MiB))
  await settled(store)
  assert.deepEqual(store.transactions.map(([kind, ids]) => [kind, ids.length]), [['keep', 500], ['keep', 1], ['keep', 1]])
  assert.equal(reports.filter(([type]) => type === 'kept').length, 502)
})

test('many removals take few transactions, and changes of removed records none', async () => {
  const { store, copies } = newCopies()
  for (let n = 0; n < 500; n++) void copies.keep(detail(`f${n}`))
  await settled(store)
  store.transactions.length = 0
  for (let n = 0; n < 500; n++) {
    copies.change(`f${n}`, { url: 'u', key: `k${n}` })
    copies.end(`f${n}`, `k${n}`)
  }
  await settled(store)
  assert.ok(store.transactions.length <= 2, `${store.transactions.length} transactions`)
  assert.deepEqual([store.records.size, store.copies.size], [0, 0])
})

test('an upload is not reported as kept before a token has shown its owner', async () => {
  const { store, reports, copies } = newCopies('')
  await copies.keep(detail('f'))
  assert.deepEqual([reports, store.records.get('f').owner], [[], ''])
  copies.setOwner('ana')
  await settled(store)
  assert.deepEqual([reports, store.records.get('f').owner], [[['kept', 'f']], 'ana'])
})

test('an upload that is added after a sign-out belongs to the next person who signs in', async () => {
  const { store, reports, copies } = newCopies('ana')
  copies.setOwner('')
  await copies.keep(detail('f'))
  assert.deepEqual([reports, store.records.get('f').owner], [[], ''])
  copies.setOwner('ben')
  await settled(store)
  assert.equal(store.records.get('f').owner, 'ben')
})

const quota = new DOMException('full', 'QuotaExceededError')
const refusal = new DOMException('no Blobs here', 'DataCloneError')
for (const [what, error, reason, left] of [
  ['a full disk', quota, 'room', 1],
  ['a browser that cannot store Blobs', refusal, 'refused', 1],
  ['a store that does not answer', new DOMException('', 'TimeoutError'), 'refused', 0],
]) {
  test(`${what}: the upload is unkept (${reason}), and ${left ? 'a record' : 'nothing'} is stored for the next visit`, async () => {
    const { store, reports, copies } = newCopies()
    store.fails = kind => kind === 'keep' ? error : undefined
    const kept = await copies.keep(detail('f'))
    assert.deepEqual(reports, [['unkept', 'f', reason]])
    assert.deepEqual([store.records.size, store.copies.size, kept?.copy], [left, 0, undefined])
  })
}

test('a store that fails always: the upload is unkept, and later calls do not throw', async () => {
  const { store, reports, copies } = newCopies()
  store.fails = () => refusal
  assert.equal(await copies.keep(detail('f')), undefined)
  copies.change('f', { url: 'u' })
  copies.end('f', 'k')
  await settled(store)
  assert.deepEqual(reports, [['unkept', 'f', 'refused']])
})

test('an unreadable file does not prevent the copies of the others', async () => {
  const { store, reports, copies } = newCopies()
  store.fails = (kind, ids) => kind === 'keep' && ids.includes('gone') ? refusal : undefined
  await Promise.all(['a', 'gone', 'b'].map(id => copies.keep(detail(id))))
  assert.deepEqual(reports, [['kept', 'a'], ['unkept', 'gone', 'refused'], ['kept', 'b']])
})

test('an upload that ends while it is being copied leaves nothing behind', async () => {
  const { store, copies } = newCopies()
  void copies.keep(detail('f'))
  await Promise.resolve()
  await Promise.resolve()
  await Promise.resolve()
  copies.end('f', '')
  await settled(store)
  assert.deepEqual([store.records.size, store.copies.size], [0, 0])
})

test('a removal that timed out is written again', async () => {
  const { store, copies } = newCopies()
  await copies.keep(detail('f'))
  let slow = 2
  store.fails = kind => kind === 'write' && slow-- > 0 ? new DOMException('no answer', 'TimeoutError') : undefined
  copies.end('f', '')
  await settled(store)
  assert.deepEqual([store.records.size, store.copies.size, slow], [0, 0, -1])
})

test('an upload that was removed can be kept again, in that order', async () => {
  const { store, copies } = newCopies()
  await copies.keep(detail('f'))
  copies.end('f', '')
  await copies.keep(detail('f'))
  await settled(store)
  assert.deepEqual([store.records.size, store.copies.size], [1, 1])
})

test('the record of an earlier worker is discarded before the upload is kept again', async () => {
  const { store, copies } = newCopies()
  store.records.set('f', { id: 'f', copy: 'f', size: 7 })
  store.copies.set('f', new Blob(['old']))
  copies.discard('f')
  await copies.keep(detail('f'))
  await settled(store)
  assert.deepEqual([store.records.get('f').size, await store.copies.get('f').text()], [1, 'x'])
})

test('a removal by key also removes the records of other tabs', async () => {
  const { store, copies } = newCopies()
  await copies.keep(detail('f'))
  store.records.set('other', { ...store.records.get('f'), id: 'other', key: 'k', copy: '' })
  copies.end('f', 'k')
  await settled(store)
  assert.equal(store.records.size, 0)
})

const at = { origin: 'https://m/', place: '/p#media', liveWorkers: async () => new Set(['w1']) }

test('restore finds the uploads of its place and owner, and asks for a token only if there are any', async () => {
  const { store, copies } = newCopies()
  for (const [id, change] of Object.entries({
    mine: {}, yours: { owner: 'bob' }, nobodys: { owner: '' }, elsewhere: { origin: 'https://n/' }, there: { request: { ...request, place: '/q' } },
  })) store.records.set(id, { id, owner: 'ana', origin: 'https://m/', request, copy: '', ...change })
  assert.deepEqual(await copies.restore({ ...at, place: '/none' }, () => assert.fail('asked')), [])
  const found = await copies.restore(at, async () => 'ana')
  assert.deepEqual(found.map(({ record }) => record.id), ['mine'])
  assert.deepEqual(await copies.restore(at, async () => 'ana'), [], 'an upload is restored once')
})

test('a store that cannot be read or written restores nothing, but an owner that cannot be found is an error', async () => {
  for (const broken of ['sweep', 'keep']) {
    const { store, copies } = newCopies()
    store.records.set('f', { id: 'f', owner: 'ana', origin: 'https://m/', request, copy: '' })
    store[broken] = async () => { throw new Error('the store is damaged') }
    assert.deepEqual(await copies.restore(at, async () => 'ana'), [], broken)
  }
  const { store, copies } = newCopies()
  store.records.set('f', { id: 'f', owner: 'ana', origin: 'https://m/', request, copy: '' })
  await assert.rejects(copies.restore(at, async () => { throw new Error('the module has exited') }), /the module has exited/)
})

const elsewhere = { kinds: [], purposes: ['message'], limit: 2, taken: ['/named#hero'] }

test('uploads of other places are counted and restored, the newest first, if they fit and no page has them', async () => {
  const { store, copies } = newCopies()
  const other = { ...request, kind: 'document', purposes: ['message'], place: '/q' }
  for (const [id, change] of Object.entries({
    oldest: { at: 1 }, newest: { at: 3 }, middle: { at: 2 },
    here: { request: { ...other, place: at.place } }, running: { worker: 'w1' }, yours: { owner: 'bob' }, nobodys: { owner: '' },
    template: { request: { ...other, purposes: ['message', 'template'] } }, named: { request: { ...other, place: '/named#hero' } }, server: { origin: 'https://n/' }, site: { request: { ...other, place: 'other/q' } },
  })) store.records.set(id, { id, owner: 'ana', origin: 'https://m/', worker: 'gone', request: other, copy: '', ...change })
  assert.equal(await copies.count({ ...at, elsewhere: { ...elsewhere, kinds: ['image'] } }, () => assert.fail('asked')), 0)
  assert.equal(await copies.count({ ...at, elsewhere }, async () => 'ana'), 3)
  const found = await copies.restore({ ...at, elsewhere }, async () => 'ana')
  assert.deepEqual(found.map(({ record }) => record.id), ['newest', 'middle'])
  assert.equal(await copies.count({ ...at, elsewhere }, async () => 'ana'), 1)
})

test('a restored record gets a new time', async () => {
  const { store, copies } = newCopies()
  store.records.set('f', { id: 'f', owner: 'ana', origin: 'https://m/', request, copy: '', at: 1 })
  const before = Date.now()
  await copies.restore(at, async () => 'ana')
  assert.ok(store.records.get('f').at >= before)
})

test('an upload that another tab ends while the token is requested is not restored', async () => {
  const { store, copies } = newCopies()
  store.records.set('f', { id: 'f', owner: 'ana', origin: 'https://m/', request, copy: '' })
  assert.deepEqual(await copies.restore(at, async () => { store.records.clear(); return 'ana' }), [])
  assert.equal(store.records.size, 0)
})

const now = Date.parse('2026-11-21T08:00:00Z')
const hour = 3600_000
for (const [what, record, live, expired] of [
  ['a recent record', { owner: 'ana', at: now - hour }, undefined, false],
  ['a record of a week ago', { owner: 'ana', at: now - MAX_AGE_MILLISECONDS - 1 }, undefined, true],
  ['a record of a week ago whose worker still runs', { owner: 'ana', at: now - MAX_AGE_MILLISECONDS - 1 }, new Set(['w']), false],
  ['a record of a clock that was ahead', { owner: 'ana', at: now + MAX_AGE_MILLISECONDS + 1 }, undefined, true],
  ['a record without owner whose worker runs', { owner: '', at: now - hour }, new Set(['w']), false],
  ['a record without owner whose worker is gone', { owner: '', at: now - hour }, new Set(), true],
  ['a record without owner if the workers are unknown', { owner: '', at: now - hour }, undefined, false],
  ['a record without owner of two days ago if the workers are unknown', { owner: '', at: now - 48 * hour }, undefined, true],
]) {
  test(`${what} ${expired ? 'expires with its copy' : 'stays'}`, () => {
    const swept = planSweep([{ id: 'f', worker: 'w', copy: 'c', ...record }], ['c', 'orphan'], now, live)
    assert.deepEqual(swept, expired ? { records: ['f'], copies: ['c', 'orphan'] } : { records: [], copies: ['orphan'] })
  })
}

test('a shared copy counts once, and stays as long as one record uses it', () => {
  const records = [{ id: 'a', copy: 'a', size: 5, owner: 'x', at: 0 }, { id: 'b', copy: 'a', size: 5, owner: 'x', at: now }, { id: 'c', copy: '', size: 7, owner: 'x', at: now }]
  assert.equal(copiedBytes(records), 5)
  assert.deepEqual(planSweep(records, ['a'], now, undefined), { records: ['a'], copies: [] })
})
