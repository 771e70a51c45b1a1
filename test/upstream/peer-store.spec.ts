import { createLibp2p } from 'libp2p'
import { multiaddr } from '@multiformats/multiaddr'
import { seededRng } from '../../src/util/rng.ts'
import { eventually } from '../support/eventually.ts'
import { randomPeerId } from '../support/random-peer.ts'
import { stillAtFault } from '../support/upstream.ts'
import type { Libp2p } from '@libp2p/interface'

const ADDRESSES = 1_000
const MAX_AGE_MS = 50

describe('upstream: peer store', () => {
  let node: Libp2p
  const peerId = randomPeerId(seededRng(1))
  const addressesOf = async (): Promise<number> => (await node.peerStore.get(peerId)).addresses.length

  afterEach(async () => { await node.stop() })

  it('E2: an address that is told again stays as old as it was', async () => {
    node = await createLibp2p({ start: false, peerStore: { maxAddressAge: MAX_AGE_MS } })
    const word = { multiaddrs: [multiaddr('/ip4/192.0.2.1/tcp/1')] }
    await node.peerStore.merge(peerId, word)
    await eventually('the address is too old', async () => await addressesOf() === 0)
    for (let i = 0; i < 3; i++) await node.peerStore.merge(peerId, word)
    const left = await addressesOf()
    stillAtFault(left === 0, 'src/services/address-book/service.ts', `${left} addresses after 3 merges`)
  })

  it('E2b: one peer may have any number of addresses', async () => {
    node = await createLibp2p({ start: false })
    await node.peerStore.merge(peerId, { multiaddrs: Array.from({ length: ADDRESSES }, (_, i) => multiaddr(`/ip4/192.0.2.1/tcp/${i + 1}`)) })
    // each later merge, of a tag or a protocol, reads, sorts and writes all of them
    await node.peerStore.merge(peerId, { protocols: ['/x'] })
    const kept = await addressesOf()
    stillAtFault(kept === ADDRESSES, 'src/services/address-book/addresses.ts', `${kept} of ${ADDRESSES} addresses kept`)
  })
})
