import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { MemoryDatastore } from 'datastore-core'
import { createLibp2p } from 'libp2p'
import { cachePeers } from '../../src/app-node/peer-store-cache.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { PeerData, PeerId, PeerStore } from '@libp2p/interface'
import type { Key } from 'interface-datastore'

class CountingDatastore extends MemoryDatastore {
  reads = 0
  writes = 0

  override get (key: Key): Uint8Array {
    this.reads++
    return super.get(key) as Uint8Array
  }

  override put (key: Key, value: Uint8Array): Key {
    this.writes++
    return super.put(key, value) as Key
  }

  /** What is asked of it meanwhile. */
  async during (act: () => Promise<unknown>): Promise<{ reads: number, writes: number }> {
    const { reads, writes } = this
    await act()
    return { reads: this.reads - reads, writes: this.writes - writes }
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

interface Setup {
  store: PeerStore
  datastore: CountingDatastore
  clock: ManualClock
  peer: PeerId
  self: PeerId
  updates: string[][]
}

async function setUp ({ cached = true } = {}): Promise<Setup> {
  const [datastore, clock] = [new CountingDatastore(), new ManualClock()]
  const node = await createLibp2p({ datastore, start: false })
  if (cached) cachePeers(node.peerStore, node.peerId, clock)
  const updates: string[][] = []
  node.addEventListener('peer:update', ({ detail }) => { updates.push(detail.peer.protocols) })
  return { store: node.peerStore, self: node.peerId, datastore, clock, updates, peer: peerIdFromPrivateKey(await generateKeyPair('Ed25519')) }
}

describe('app-node/peer-store-cache', () => {
  it('asks the datastore once for what it is asked often', async () => {
    const { store, datastore, peer, updates } = await setUp()
    await store.patch(peer, { protocols: ['/a', '/b'], metadata: { name: bytes('x') }, multiaddrs: [multiaddr('/ip4/192.0.2.1/tcp/1')] })
    const asked = await datastore.during(async () => {
      for (let i = 0; i < 5; i++) {
        expect((await store.get(peer)).protocols).to.deep.equal(['/a', '/b'])
        expect((await store.merge(peer, { protocols: ['/b'], metadata: { name: bytes('x'), gone: undefined } })).addresses).to.have.length(1)
      }
    })
    expect(asked).to.deep.equal({ reads: 0, writes: 0 })
    expect(updates).to.have.length(1)
  })

  it('writes what is new, whatever it is, and tells of it as the store alone does', async () => {
    const [{ store, datastore, peer, updates }, plain] = await Promise.all([setUp(), setUp({ cached: false })])
    const both = async (act: (store: PeerStore) => Promise<unknown>): Promise<void> => {
      const { writes } = await datastore.during(async () => act(store))
      expect(writes).to.equal(1)
      await act(plain.store)
      const [ours, theirs] = await Promise.all([store.get(peer), plain.store.get(peer)])
      expect({ ...ours, updated: 0, addresses: ours.addresses.map(String) }).to.deep.equal({ ...theirs, updated: 0, addresses: theirs.addresses.map(String) })
      expect(updates).to.deep.equal(plain.updates)
    }
    await both(async to => to.merge(peer, { protocols: ['/a'] }))
    for (const data of [{ protocols: ['/a', '/b'] }, { metadata: { name: bytes('x') } }, { metadata: new Map([['name', bytes('y')]]) }, { tags: { t: { value: 1 } } }, { multiaddrs: [multiaddr('/ip4/192.0.2.1/tcp/1')] }, { metadata: { name: undefined } }]) {
      await both(async to => to.merge(peer, data))
    }
    await both(async to => to.patch(peer, { protocols: ['/c'] }))
    await both(async to => to.merge(peer, { protocols: ['/a'] }))
    await both(async to => to.save(peer, { protocols: ['/d'] }))
    await store.delete(peer)
    expect(await store.get(peer).then(() => 'found', (err: Error) => err.name)).to.equal('NotFoundError')
    expect((await store.merge(peer, { protocols: ['/a'] })).protocols).to.deep.equal(['/a'])
  })

  it('shows what was asked to be written before, also when that takes its time', async () => {
    const { store, peer } = await setUp()
    await store.merge(peer, { protocols: ['/a'] })
    const writes = ['/b', '/c', '/d'].map(async protocol => store.merge(peer, { protocols: [protocol] }))
    expect((await store.get(peer)).protocols).to.include.members(['/a', '/b', '/c', '/d'])
    await Promise.all(writes)
    expect((await store.get(peer)).protocols).to.deep.equal(['/a', '/b', '/c', '/d'])
    const removed = store.patch(peer, { protocols: [] })
    await store.merge(peer, { protocols: ['/a'] })
    await removed
    expect((await store.get(peer)).protocols).to.deep.equal(['/a'])
  })

  it('cannot be changed through what it gives', async () => {
    const { store, peer } = await setUp()
    await store.merge(peer, { protocols: ['/a'], metadata: { name: bytes('x') }, multiaddrs: [multiaddr('/ip4/192.0.2.1/tcp/1')] })
    for (const given of [await store.get(peer), await store.merge(peer, { protocols: ['/a'] })]) {
      given.protocols.push('/z')
      given.metadata.clear()
      given.tags.set('t', { value: 1 })
      given.addresses[0]!.isCertified = true
    }
    const { protocols, metadata, tags, addresses } = await store.get(peer)
    expect({ protocols, facts: metadata.size, tags: tags.size, certified: addresses[0]?.isCertified }).to.deep.equal({ protocols: ['/a'], facts: 1, tags: 0, certified: false })
  })

  it('looks again after a minute, and writes that the peer is still there', async () => {
    const { store, datastore, clock, peer } = await setUp()
    await store.merge(peer, { protocols: ['/a'] })
    clock.advance(60_001)
    expect((await datastore.during(async () => store.merge(peer, { protocols: ['/a'] }))).writes).to.equal(1)
    clock.advance(60_001)
    expect((await datastore.during(async () => store.get(peer))).reads).to.equal(1)
    expect((await datastore.during(async () => store.get(peer))).reads).to.equal(0)
    // to have looked does not say that it was seen
    expect((await datastore.during(async () => store.merge(peer, { protocols: ['/a'] }))).writes).to.equal(1)
    expect((await datastore.during(async () => store.merge(peer, { protocols: ['/a'] }))).writes).to.equal(0)
  })

  it('knows as many as a large node has connected, each of which is pinged in turn', async () => {
    const { store, datastore } = await setUp()
    const peers = await Promise.all(Array.from({ length: 1_000 }, async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))))
    const ping = async (): Promise<void> => { for (const peer of peers) await store.merge(peer, { protocols: ['/ping'] }) }
    await ping()
    expect(await datastore.during(ping)).to.deep.equal({ reads: 0, writes: 0 })
  })

  it('does not write what identify tells again of who comes back', async () => {
    const [{ store, datastore, peer, updates, clock }, { peer: other }] = await Promise.all([setUp(), setUp()])
    const told = { addresses: [{ multiaddr: multiaddr('/ip4/192.0.2.1/tcp/1'), isCertified: true }], protocols: ['/b', '/a'], publicKey: peer.publicKey, peerRecordEnvelope: bytes('signed') }
    await store.patch(peer, told)
    await store.merge(peer, { metadata: { name: bytes('x') } })
    const [before, updatesBefore] = [await store.get(peer), updates.length]
    const writesOf = async (data: PeerData): Promise<number> => (await datastore.during(async () => store.patch(peer, data))).writes
    expect(await writesOf({ ...told, protocols: ['/a', '/b'], metadata: before.metadata })).to.equal(0)
    expect(updates).to.have.length(updatesBefore)
    expect(await store.get(peer)).to.deep.equal(before)
    for (const news of [
      { addresses: [{ ...told.addresses[0]!, isCertified: false }] }, { multiaddrs: [multiaddr('/ip4/192.0.2.1/tcp/2')] }, { addresses: [] }, { protocols: ['/a'] }, { protocols: ['/a', '/b', '/c'] },
      { metadata: {} }, { metadata: { name: bytes('y') } }, { metadata: { name: bytes('x'), more: bytes('z') } }, { peerRecordEnvelope: bytes('newer') }, { tags: { t: { value: 1 } } }
    ]) {
      await store.patch(peer, { ...told, metadata: { name: bytes('x') }, tags: {} })
      expect(await writesOf(news), Object.keys(news).join()).to.equal(1)
    }
    expect(await store.patch(peer, { publicKey: other.publicKey }).then(() => 'written', (err: Error) => err.name)).to.equal('InvalidParametersError')
    await store.patch(peer, told)
    clock.advance(60_001)
    expect(await writesOf(told)).to.equal(1)
  })

  it('has of its own node what a read said, never what a write did', async () => {
    const { store, datastore, self } = await setUp()
    for (const protocols of [['/a'], ['/a', '/b']]) {
      await store.patch(self, { protocols })
      const { reads } = await datastore.during(async () => {
        expect((await store.get(self)).protocols).to.deep.equal(protocols)
        expect((await store.get(self)).protocols).to.deep.equal(protocols)
      })
      expect(reads).to.equal(1)
    }
    expect((await datastore.during(async () => store.merge(self, { protocols: ['/a'] }))).writes).to.equal(1)
  })
})
