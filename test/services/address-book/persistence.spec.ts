import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { seededRng } from '../../../src/util/rng.ts'
import { eventually } from '../../support/eventually.ts'
import { openBook } from '../../support/open-book.ts'
import { randomPeerId, randomPublicAddress } from '../../support/random-peer.ts'
import { rejection } from '../../support/rejection.ts'
import type { ComponentLogger } from '@libp2p/interface'
import type { Batch } from 'interface-datastore'
import type { AddressBook, LearnedPeer } from '../../../src/services/address-book/index.ts'

const PREFIX = '/peerkeep/address-book/'
const MINUTE = 60_000
const rng = seededRng(3)

function stranger (): LearnedPeer {
  return { peerId: randomPeerId(rng), multiaddrs: [randomPublicAddress(rng), randomPublicAddress(rng)], source: 'pex', record: rng.bytes(200), seq: BigInt(rng.int(1000)), roles: ['full'] }
}

/** What a user can see of a book. */
function contents (book: AddressBook): unknown {
  return [...book.entries()].map(({ peerId, multiaddrs, record, seq, roles, source, tried, firstSeenMs, lastSeenMs, lastAttemptMs, lastSuccessMs, lastObservedMs, failures }) => ({
    peerId: peerId.toString(), multiaddrs: multiaddrs.map(String), record, seq, roles, source, tried, firstSeenMs, lastSeenMs, lastAttemptMs, lastSuccessMs, lastObservedMs, failures
  })).sort((a, b) => a.peerId < b.peerId ? -1 : 1)
}

/** Collects the errors logged. */
function listeningLogger (): { logger: ComponentLogger, errors: string[] } {
  const errors: string[] = []
  const logger = defaultLogger()
  return {
    errors,
    logger: {
      forComponent (name) {
        const log = logger.forComponent(name)
        return Object.assign((...args: [any, ...any[]]) => { log(...args) }, log, {
          error: (format: string, ...args: unknown[]) => {
            let i = 0
            errors.push(format.replaceAll('%s', () => String(args[i++])))
          }
        }) as any
      }
    }
  }
}

/** Counts what is written, and fails on demand. */
class WatchedDatastore extends MemoryDatastore {
  broken = false
  batches = 0
  puts: string[] = []

  override batch (): Batch {
    const batch = super.batch()
    const puts: string[] = []
    return {
      put: (key, value) => { puts.push(key.toString()); batch.put(key, value) },
      delete: key => { batch.delete(key) },
      commit: async options => {
        if (this.broken) throw new Error('no space left on device')
        this.batches++
        this.puts.push(...puts)
        await batch.commit(options)
      }
    }
  }
}

describe('address book: persistence', () => {
  it('is the same after a restart: tables, addresses, times, anchors', async () => {
    const opened = await openBook()
    const { book, clock } = opened
    const peers = Array.from({ length: 50 }, stranger)
    for (const [i, peer] of peers.entries()) {
      book.add(peer)
      book.attempted(peer.peerId)
      clock.advance(1000)
      if (i % 3 === 0) book.succeeded(peer.peerId, peer.multiaddrs[1]!)
      if (i % 3 === 1) book.failed(peer.peerId)
      if (i % 5 === 0) book.observed(peer.peerId)
      clock.advance(1000)
      book.seen(peer.peerId)
    }
    book.setAnchors([peers[0]!.peerId, peers[3]!.peerId, peers[6]!.peerId])
    await book.flush()
    book.remove(peers[7]!.peerId)
    const before = contents(book)
    const again = await opened.reopen()
    expect(contents(again.book)).to.deep.equal(before)
    expect(again.book.anchors().map(String)).to.deep.equal([peers[0]!.peerId.toString(), peers[3]!.peerId.toString()])
    expect(again.book.snapshot()).to.deep.equal({ ...book.snapshot(), refused: 0 })
    expect(again.book.snapshot().damaged).to.equal(0)
  })

  it('sorts peers into the same buckets after a restart', async () => {
    const opened = await openBook({ rng: seededRng(1) })
    const add = (book: AddressBook, count: number): number => Array.from({ length: count }, () => book.add({
      peerId: randomPeerId(rng), multiaddrs: [randomPublicAddress(rng, '20.1')], source: 'pex'
    })).filter(result => result === 'added').length
    expect(add(opened.book, 32)).to.equal(32)
    const again = await opened.reopen()
    expect(add(again.book, 32)).to.equal(0)
  })

  it('tells who was loaded to those who listen before the start', async () => {
    const heard: string[] = []
    const opened = await openBook({ prepare: book => { book.addEventListener('peer:discovered', ({ detail }) => heard.push(`${detail.entry.peerId.toString()} ${detail.loaded}`)) } })
    const peers = [stranger(), stranger()]
    for (const peer of peers) opened.book.add(peer)
    expect(heard.splice(0)).to.deep.equal(peers.map(({ peerId }) => `${peerId.toString()} false`))
    await opened.reopen()
    expect(heard.sort()).to.deep.equal(peers.map(({ peerId }) => `${peerId.toString()} true`).sort())
  })

  it('writes what changed in one batch, at most once an interval', async () => {
    const datastore = new WatchedDatastore()
    const { book, clock } = await openBook({ datastore, flushIntervalMs: 500 })
    clock.advance(500)
    await eventually('the secret is written', () => datastore.batches === 1)
    for (let i = 0; i < 100; i++) book.add(stranger())
    clock.advance(499)
    expect(datastore.batches).to.equal(1)
    clock.advance(1)
    await eventually('the entries are written', () => datastore.batches === 2 && book.snapshot().gauges.unwritten === 0)
    expect(datastore.puts).to.have.length(101)
    clock.advance(60_000)
    await book.flush()
    expect(datastore.batches).to.equal(2)
    expect(clock.pending).to.equal(0)
  })

  it('does not write for every sign of life', async () => {
    const datastore = new WatchedDatastore()
    const opened = await openBook({ datastore })
    const { book, clock } = opened
    const peer = { ...stranger(), toldBy: undefined }
    book.add(peer)
    await book.flush()
    datastore.puts = []
    for (let i = 0; i < 3600; i++) {
      clock.advance(1000)
      book.seen(peer.peerId)
      book.add(peer)
      if (i % 10 === 0) await book.flush()
    }
    expect(datastore.puts.length).to.be.within(5, 6)
    await book.flush()
    clock.advance(5000)
    book.seen(peer.peerId)
    await book.flush()
    const lastSeenMs = book.get(peer.peerId)?.lastSeenMs
    expect(lastSeenMs).to.equal(clock.now())
    const again = await opened.reopen()
    expect(again.book.get(peer.peerId)?.lastSeenMs).to.equal(lastSeenMs)
  })

  it('survives a failing disk: logs, rejects the flush, and writes everything later', async () => {
    const datastore = new WatchedDatastore()
    const { logger, errors } = listeningLogger()
    const opened = await openBook({ datastore, logger, flushIntervalMs: 1000 })
    const peers = Array.from({ length: 20 }, stranger)
    datastore.broken = true
    for (const peer of peers) opened.book.add(peer)
    const error = await rejection(opened.book.flush())
    expect(error.code).to.equal('ADDRESS_BOOK_WRITE_FAILED')
    opened.clock.advance(10_000)
    await eventually('it is tried again', () => errors.length >= 2)
    expect(errors[0]).to.match(/21 changes.*tried again.*no space left on device/)
    datastore.broken = false
    await eventually('it is written', () => {
      opened.clock.advance(60_000)
      return opened.book.snapshot().gauges.unwritten === 0
    })
    const before = contents(opened.book)
    const again = await openBook({ datastore, self: opened.self })
    expect(contents(again.book)).to.deep.equal(before)
  })

  it('stops in spite of a failing disk', async () => {
    const datastore = new WatchedDatastore()
    const { logger, errors } = listeningLogger()
    const { book, stop, clock } = await openBook({ datastore, logger })
    book.add(stranger())
    datastore.broken = true
    await stop()
    expect(errors).to.not.have.length(0)
    expect(clock.pending).to.equal(0)
  })

  it('drops what is damaged in the datastore, and starts', async () => {
    const opened = await openBook()
    const peers = Array.from({ length: 10 }, stranger)
    for (const peer of peers) opened.book.add(peer)
    await opened.stop()
    const { datastore } = opened
    const keyOf = (i: number): Key => new Key(`${PREFIX}peer/${peers[i]!.peerId.toString()}`)
    await datastore.put(keyOf(0), new Uint8Array())
    await datastore.put(keyOf(1), rng.bytes(100))
    await datastore.put(keyOf(2), (await datastore.get(keyOf(2))).subarray(0, 20))
    await datastore.put(new Key(`${PREFIX}peer/nobody`), await datastore.get(keyOf(3)))
    await datastore.put(new Key(`${PREFIX}junk`), rng.bytes(10))
    await datastore.put(new Key(`${PREFIX}secret`), rng.bytes(5))
    await datastore.put(new Key(`${PREFIX}anchors`), new TextEncoder().encode('nobody'))
    await datastore.put(new Key('/other/data'), rng.bytes(5))

    const { logger, errors } = listeningLogger()
    const again = await openBook({ datastore, self: opened.self, logger })
    expect(again.book.size).to.equal(7)
    expect(again.book.snapshot()).to.include({ damaged: 7 })
    expect(errors).to.have.length(7)
    expect(again.book.add(stranger())).to.equal('added')

    const third = await again.reopen()
    expect(third.book.size).to.equal(8)
    expect(third.book.snapshot()).to.include({ damaged: 0 })
    expect(await datastore.has(new Key(`${PREFIX}junk`))).to.equal(false)
    expect(await datastore.has(new Key('/other/data'))).to.equal(true)
  })

  it('tells why it cannot start when the datastore cannot be read', async () => {
    const datastore = new MemoryDatastore()
    datastore.query = () => { throw new Error('input/output error') }
    const error = await rejection(openBook({ datastore }))
    expect(error.code).to.equal('ADDRESS_BOOK_LOAD_FAILED')
  })

  it('fits what it has into tables of another size', async () => {
    const opened = await openBook()
    for (let i = 0; i < 300; i++) {
      const peer = stranger()
      opened.book.add(peer)
      if (i % 2 === 0) opened.book.succeeded(peer.peerId, peer.multiaddrs[0]!)
    }
    await opened.stop()
    const small = await openBook({ datastore: opened.datastore, self: opened.self, newBuckets: 2, triedBuckets: 2 })
    expect(small.book.snapshot()).to.include({ new: 64, tried: 64, damaged: 0 })
    await small.stop()
    const large = await openBook({ datastore: opened.datastore, self: opened.self })
    expect(large.book.size).to.equal(128)
  })

  it('writes what other services note while they stop', async () => {
    const opened = await openBook()
    const peer = stranger()
    opened.book.add(peer)
    const service = opened.book as AddressBook & { stop (): Promise<void>, afterStop (): Promise<void> }
    await service.stop()
    opened.book.setAnchors([peer.peerId])
    await service.afterStop()
    const again = await openBook({ datastore: opened.datastore, self: opened.self })
    expect(again.book.anchors().map(String)).to.deep.equal([peer.peerId.toString()])
  })

  it('names only anchors that it still knows', async () => {
    const { book } = await openBook()
    const peer = stranger()
    book.add(peer)
    book.setAnchors([randomPeerId(rng), peer.peerId])
    expect(book.anchors().map(String)).to.deep.equal([peer.peerId.toString()])
    book.remove(peer.peerId)
    expect(book.anchors()).to.deep.equal([])
  })

  it('forgets itself when the node takes over the identity of a peer in its book', async () => {
    const opened = await openBook()
    const peer = { ...stranger(), multiaddrs: [multiaddr('/ip4/20.1.1.1/tcp/1')] }
    opened.book.add(peer)
    await opened.stop()
    const again = await openBook({ datastore: opened.datastore, self: peer.peerId })
    expect(again.book.size).to.equal(0)
    expect(again.book.snapshot().damaged).to.equal(0)
  })

  it('keeps its times when the clock is set back', async () => {
    const opened = await openBook()
    const peer = stranger()
    opened.book.add(peer)
    opened.book.succeeded(peer.peerId, peer.multiaddrs[0]!)
    const before = contents(opened.book)
    opened.clock.jump(-400 * 24 * 60 * MINUTE)
    const again = await opened.reopen()
    expect(contents(again.book)).to.deep.equal(before)
  })
})
