import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { expect } from 'chai'
import { AppError } from '../../src/errors.ts'
import { WriteBehind } from '../../src/util/write-behind.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { rejection } from '../support/rejection.ts'
import type { WriteBehindInit } from '../../src/util/write-behind.ts'

const PREFIX = '/peerkeep/test/'

class StoreError extends AppError {
  constructor (code: string, message: string, cause: unknown) {
    super(code, message, { cause })
  }
}

/** A disk that can be broken, and counts. */
class Disk extends MemoryDatastore {
  broken = false
  batches: number[] = []

  override batch (): ReturnType<MemoryDatastore['batch']> {
    const batch = super.batch()
    let size = 0
    return {
      put: (key, value) => {
        size++
        batch.put(key, value)
      },
      delete: key => {
        size++
        batch.delete(key)
      },
      commit: async options => {
        if (this.broken) throw new Error('no space left')
        this.batches.push(size)
        await batch.commit(options)
      }
    }
  }

  override query (...args: Parameters<MemoryDatastore['query']>): ReturnType<MemoryDatastore['query']> {
    if (this.broken) throw new Error('cannot read')
    return super.query(...args)
  }
}

describe('write-behind', () => {
  let clock: ManualClock
  let disk: Disk
  let state: Map<string, string>
  let failures: string[]
  let store: WriteBehind

  beforeEach(() => {
    clock = new ManualClock()
    disk = new Disk()
    state = new Map()
    failures = []
    store = open()
  })
  afterEach(async () => {
    await store.stop()
    expect(clock.pending).to.equal(0)
  })

  function open (init: Partial<WriteBehindInit> = {}): WriteBehind {
    return new WriteBehind({
      datastore: disk,
      clock,
      flushIntervalMs: 1_000,
      prefix: PREFIX,
      what: 'test',
      error: (kind, message, cause) => new StoreError(`TEST_${kind}`, message, cause),
      onFailed: error => { failures.push((error as StoreError).code) },
      encode: name => {
        const text = state.get(name)
        return text == null ? undefined : new TextEncoder().encode(text)
      },
      ...init
    })
  }

  function set (name: string, text?: string): void {
    if (text == null) state.delete(name)
    else state.set(name, text)
    store.mark(name)
  }

  async function stored (): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for await (const { name, value } of open().load()) found[name] = new TextDecoder().decode(value)
    return found
  }

  it('writes once an interval what changed in it, the latest of each, in one batch', async () => {
    store.start()
    set('a', '1')
    set('a', '2')
    set('b/c', '3')
    await clock.advanceAsync(999)
    expect(await stored()).to.deep.equal({})
    await clock.advanceAsync(1)
    expect(await stored()).to.deep.equal({ a: '2', 'b/c': '3' })
    expect(disk.batches).to.deep.equal([2])
    set('a')
    await clock.advanceAsync(1_000)
    expect(await stored()).to.deep.equal({ 'b/c': '3' })
    await clock.advanceAsync(60_000, 10_000)
    expect(disk.batches).to.have.length(2)
  })

  it('does not write before it is started, but when it is asked to, and when it stops', async () => {
    set('a', '1')
    await clock.advanceAsync(5_000)
    expect(store.dirty).to.equal(1)
    await store.flush()
    expect([await stored(), store.dirty]).to.deep.equal([{ a: '1' }, 0])
    set('a', '2')
    await store.stop()
    expect(await stored()).to.deep.equal({ a: '2' })
  })

  it('reads only its own', async () => {
    await disk.put(new Key('/peerkeep/other/x'), Uint8Array.of(1))
    await disk.put(new Key('/peerkeep/test/y'), Uint8Array.of(0x32))
    expect(await stored()).to.deep.equal({ y: '2' })
  })

  it('leaves the event loop free between batches of 512', async () => {
    for (let i = 0; i < 1_100; i++) set(`${i}`, 'x')
    await store.flush()
    expect(disk.batches).to.deep.equal([512, 512, 76])
  })

  it('tells of a failed write, and tries it again, ever later, with the latest', async () => {
    store.start()
    disk.broken = true
    set('a', '1')
    await clock.advanceAsync(1_000)
    expect(failures).to.deep.equal(['TEST_WRITE_FAILED'])
    expect(store.dirty).to.equal(1)
    await clock.advanceAsync(2_000)
    expect(failures).to.have.length(2)
    expect((await rejection(store.flush())).code).to.equal('TEST_WRITE_FAILED')
    state.set('a', '2')
    disk.broken = false
    await clock.advanceAsync(60_000, 1_000)
    expect(await stored()).to.deep.equal({ a: '2' })
    expect(store.dirty).to.equal(0)
  })

  describe('while the disk fails', () => {
    beforeEach(async () => {
      store = open({ maxDirty: 10 })
      for (const name of ['old', 'kept']) set(name, '1')
      await store.flush()
      disk.broken = true
      set('kept', '2')
      await rejection(store.flush())
    })

    it('gives up deletions when too many wait, and no value', async () => {
      set('old')
      for (let i = 0; i < 1_000; i++) {
        set(`${i}`, 'x')
        set(`${i}`)
        expect(store.dirty).to.be.at.most(10)
      }
      disk.broken = false
      await store.flush()
      expect(await stored()).to.deep.equal({ old: '1', kept: '2' })
    })

    it('keeps every value, however many, and as many deletions', async () => {
      for (let i = 0; i < 100; i++) set(`${i}`, 'x')
      for (let i = 0; i < 1_000; i++) set(`gone ${i}`)
      expect(store.dirty).to.be.within(101, 202)
      disk.broken = false
      await store.flush()
      expect(Object.keys(await stored())).to.have.length(102)
    })

    it('asks whether there is a value without making it, when it is told how; and keeps deletions that matter', async () => {
      const asked = new Set<string>()
      store = open({ maxDirty: 10, holds: name => name === 'old', encode: name => void asked.add(name) })
      await rejection(store.flush().then(async () => { store.mark('old'); await store.flush() }))
      for (let i = 0; i < 100; i++) store.mark(`${i}`)
      expect([...asked]).to.deep.equal(['old'])
      expect(store.dirty).to.be.at.most(10)
      disk.broken = false
      await store.flush()
      expect(asked).to.include('old')
    })

    it('gives up nothing that somebody waits for', async () => {
      set('old')
      const flushed = store.flush()
      for (let i = 0; i < 100; i++) set(`${i}`)
      disk.broken = false
      await flushed
      expect(await stored()).to.deep.equal({ kept: '2' })
    })
  })

  it('gives up no deletion while the disk is well, however many wait', async () => {
    store = open({ maxDirty: 10 })
    for (let i = 0; i < 50; i++) set(`${i}`, 'x')
    await store.flush()
    for (let i = 0; i < 50; i++) set(`${i}`)
    await store.flush()
    expect(await stored()).to.deep.equal({})
  })

  it('says that it could not read', async () => {
    disk.broken = true
    const error = await rejection(stored())
    expect(error.code).to.equal('TEST_LOAD_FAILED')
    expect(error.message).to.contain('test')
  })
})
