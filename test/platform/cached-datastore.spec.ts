import { expect } from 'chai'
import { MemoryDatastore } from 'datastore-core'
import * as fc from 'fast-check'
import { Key } from 'interface-datastore'
import { CachedDatastore } from '../../src/platform/cached-datastore.ts'
import type { Batch, Datastore } from 'interface-datastore'

/** A store that counts what it is asked, and whose writes wait until they are let through. */
class SlowStore extends MemoryDatastore {
  reads = 0
  commits: number[] = []
  gate: Promise<void> = Promise.resolve()
  failure?: Error

  override async get (key: Key): Promise<Uint8Array> {
    this.reads++
    return super.get(key)
  }

  override batch (): Batch {
    const inner = super.batch()
    let size = 0
    return {
      put: (key, value) => { size++; inner.put(key, value) },
      delete: key => { size++; inner.delete(key) },
      commit: async () => {
        await this.gate
        if (this.failure != null) throw this.failure
        this.commits.push(size)
        await inner.commit()
      }
    }
  }
}

async function contents (store: Datastore): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for await (const { key, value } of store.query({})) found[key.toString()] = value.toString()
  return found
}

const keys = ['/a', '/b', '/c/d', '/c/e'].map(name => new Key(name))
const [a, b] = keys as [Key, Key]

describe('cached datastore', () => {
  it('reads once, also what is not there', async () => {
    const inner = new SlowStore()
    await inner.put(a, Uint8Array.of(1))
    const store = new CachedDatastore(inner)
    for (let i = 0; i < 3; i++) {
      expect(await store.get(a)).to.deep.equal(Uint8Array.of(1))
      expect(await store.has(b)).to.equal(false)
    }
    expect(inner.reads).to.equal(2)
    expect(await Promise.resolve(store.get(b)).catch((err: Error) => err.name)).to.equal('NotFoundError')
  })

  it('reads while others write without a pause', async () => {
    const inner = new SlowStore()
    await inner.put(a, Uint8Array.of(1))
    const store = new CachedDatastore(inner)
    let writes = 0
    const write = async (): Promise<void> => { await store.put(b, Uint8Array.of(2)) }
    const all: Array<Promise<void>> = []
    // whenever something is written, the next is asked for already
    Object.defineProperty(inner, 'gate', { get: async () => { if (writes++ < 1_000) all.push(write()) } })
    all.push(write())
    const found = await Promise.all([store.get(a), contents(store)])
    const meanwhile = writes
    for (let i = 0; i < all.length; i++) await all[i]
    expect(found).to.deep.equal([Uint8Array.of(1), { '/a': '1', '/b': '2' }])
    expect(meanwhile).to.be.lessThan(100)
  })

  it('a write resolves when it is stored and not before; what waits meanwhile is written together', async () => {
    const inner = new SlowStore()
    const { promise, resolve } = Promise.withResolvers<void>()
    inner.gate = promise
    const store = new CachedDatastore(inner)
    let stored = 0
    const first = store.put(a, Uint8Array.of(1)).then(() => { stored++ })
    await new Promise(resolve => setImmediate(resolve))
    const others = Array.from({ length: 100 }, async (_, i) => { await store.put(new Key(`/n/${i}`), Uint8Array.of(i)); stored++ })
    expect(await store.get(a), 'read back').to.deep.equal(Uint8Array.of(1))
    expect([stored, inner.commits]).to.deep.equal([0, []])
    resolve()
    await Promise.all([first, ...others])
    expect(inner.commits).to.deep.equal([1, 100])
  })

  it('a failed write rejects for everybody concerned, and what is stored is read anew', async () => {
    const inner = new SlowStore()
    await inner.put(a, Uint8Array.of(1))
    const store = new CachedDatastore(inner)
    inner.failure = new Error('disk full')
    const outcomes = await Promise.allSettled([store.put(a, Uint8Array.of(2)), store.delete(b)])
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected'])
    expect(await store.get(a)).to.deep.equal(Uint8Array.of(1))
    inner.failure = undefined
    await store.put(a, Uint8Array.of(3))
    expect(await inner.get(a)).to.deep.equal(Uint8Array.of(3))
  })

  it('a read that was under way does not bring back the old value', async () => {
    const inner = new SlowStore()
    await inner.put(a, Uint8Array.of(1))
    const { promise, resolve } = Promise.withResolvers<void>()
    const get = inner.get.bind(inner)
    inner.get = async key => { const value = await get(key); await promise; return value }
    const store = new CachedDatastore(inner, { maxCachedBytes: 4 })
    const reads = [store.get(a), store.get(a)]
    await new Promise(resolve => setImmediate(resolve))
    await store.put(a, new Uint8Array(5))
    resolve()
    for (const value of await Promise.all([...reads, store.get(a)])) expect(value).to.have.length(5)
  })

  it('keeps no more than it may', async () => {
    const inner = new SlowStore()
    const store = new CachedDatastore(inner, { maxCached: 2, maxCachedBytes: 4 })
    await store.put(a, new Uint8Array(5))
    for (const key of keys.slice(1)) await store.put(key, Uint8Array.of(1))
    inner.reads = 0
    for (const key of keys) await store.get(key)
    expect(inner.reads).to.be.at.least(2)
  })

  it('is the store behind it, whatever is done at the same time (property)', async () => {
    const operation = fc.record({ kind: fc.constantFrom('put', 'delete', 'get', 'batch', 'query', 'wait'), key: fc.nat(3), value: fc.nat(255) })
    await fc.assert(fc.asyncProperty(fc.array(operation, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), async (operations, maxCached) => {
      const inner = new SlowStore()
      const model = new MemoryDatastore()
      const store = new CachedDatastore(inner, { maxCached })
      const running: Array<Promise<unknown>> = []
      for (const { kind, key: index, value } of operations) {
        const key = keys[index] as Key
        if (kind === 'put') {
          await model.put(key, Uint8Array.of(value))
          running.push(store.put(key, Uint8Array.of(value)))
        } else if (kind === 'delete') {
          await model.delete(key)
          running.push(store.delete(key))
        } else if (kind === 'batch') {
          const batch = store.batch()
          for (const some of keys.slice(index)) {
            batch.put(some, Uint8Array.of(value))
            await model.put(some, Uint8Array.of(value))
          }
          running.push(Promise.resolve(batch.commit()))
        } else if (kind === 'get') {
          expect(await store.has(key)).to.equal(await model.has(key))
        } else if (kind === 'query') {
          expect(await contents(store)).to.deep.equal(await contents(model))
        } else {
          await new Promise(resolve => setImmediate(resolve))
        }
      }
      await Promise.all(running)
      expect(await contents(inner)).to.deep.equal(await contents(model))
    }), { numRuns: 300 })
  })
})
