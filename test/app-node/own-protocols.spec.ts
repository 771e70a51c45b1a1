import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'chai'
import { MemoryDatastore } from 'datastore-core'
import { createLibp2p } from 'libp2p'
import { createAppNode } from '../../src/app-node.ts'
import { gatherOwnProtocols } from '../../src/app-node/own-protocols.ts'
import type { PeerId, PeerStore } from '@libp2p/interface'
import type { Key } from 'interface-datastore'

class CountingDatastore extends MemoryDatastore {
  writes = 0
  isBroken = false

  override put (key: Key, value: Uint8Array): Key {
    if (this.isBroken) throw new Error('no space')
    this.writes++
    return super.put(key, value) as Key
  }
}

async function setUp (): Promise<{ store: PeerStore, datastore: CountingDatastore, self: PeerId }> {
  const datastore = new CountingDatastore()
  const { peerStore: store, peerId: self } = await createLibp2p({ datastore, start: false })
  await store.patch(self, { protocols: [] })
  datastore.writes = 0
  gatherOwnProtocols(store, self)
  return { store, datastore, self }
}

describe('app-node/own-protocols', () => {
  it('writes together what is told at one time, and resolves when it is written', async () => {
    const { store, datastore, self } = await setUp()
    const all = ['/a', '/b', '/c', '/d']
    const told = all.map(async protocol => (await store.merge(self, { protocols: [protocol] })).protocols)
    expect((await told[0])!).to.deep.equal(all)
    await Promise.all(told)
    expect(datastore.writes).to.equal(1)
    expect((await store.get(self)).protocols).to.deep.equal(all)
    await store.merge(self, { protocols: ['/e'] })
    expect((await store.get(self)).protocols).to.deep.equal([...all, '/e'])
  })

  it('keeps the order of all that is written of the node itself', async () => {
    const { store, self } = await setUp()
    const bytes = new Uint8Array([1])
    await Promise.all([
      store.merge(self, { protocols: ['/a'] }),
      store.patch(self, { protocols: ['/b'] }),
      store.merge(self, { protocols: ['/c'] }),
      store.merge(self, { metadata: { name: bytes } }),
      store.merge(self, { protocols: ['/d'] }),
      store.merge(self, { protocols: ['/e'] })
    ])
    const { protocols, metadata } = await store.get(self)
    expect(protocols).to.deep.equal(['/b', '/c', '/d', '/e'])
    expect(metadata.get('name')).to.deep.equal(bytes)
    await Promise.all([store.merge(self, { protocols: ['/f'] }), store.save(self, { protocols: ['/g'] })])
    expect((await store.get(self)).protocols).to.deep.equal(['/g'])
  })

  it('tells everybody when it could not be written, and goes on', async () => {
    const { store, datastore, self } = await setUp()
    datastore.isBroken = true
    const told = await Promise.allSettled(['/a', '/b'].map(async protocol => store.merge(self, { protocols: [protocol] })))
    expect(told.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected'])
    datastore.isBroken = false
    expect((await store.merge(self, { protocols: ['/c'] })).protocols).to.deep.equal(['/c'])
  })

  it('leaves other peers alone', async () => {
    const { store, datastore } = await setUp()
    const peer = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
    await Promise.all(['/a', '/b'].map(async protocol => store.merge(peer, { protocols: [protocol] })))
    expect(datastore.writes).to.equal(2)
    expect((await store.get(peer)).protocols).to.deep.equal(['/a', '/b'])
  })

  it('a node that starts has written all that it speaks, in few pieces', async () => {
    const datastore = new CountingDatastore()
    const node = await createAppNode({ datastore, listen: [], connectionMonitor: { enabled: false } })
    try {
      expect((await node.peerStore.get(node.peerId)).protocols).to.have.members(node.getProtocols())
      expect(datastore.writes).to.be.below(node.getProtocols().length)
    } finally {
      await node.stop()
    }
  })
})
