import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { MAX_ADDRESSES } from '../../src/app-node/peer-store-limit.ts'
import { AppNodes } from '../support/app-nodes.ts'
import type { Address } from '@libp2p/interface'

const PEER = peerIdFromString('12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV')
const address = (port: number): Address['multiaddr'] => multiaddr(`/ip4/192.0.2.1/tcp/${port}`)
const addresses = (from: number, count: number): Array<Address['multiaddr']> => Array.from({ length: count }, (_, i) => address(from + i))

describe('libp2p\'s peer store', () => {
  it('keeps no more addresses of one peer than the address book, however they come', async () => {
    await using nodes = new AppNodes()
    const { peerStore } = await nodes.create()
    const ports = async (): Promise<number[]> => (await peerStore.get(PEER)).addresses.map(({ multiaddr }) => Number(multiaddr.getComponents().at(-1)?.value)).sort((a, b) => a - b)

    await peerStore.save(PEER, { multiaddrs: addresses(1, 100) })
    expect(await ports()).to.have.length(MAX_ADDRESSES)
    await peerStore.patch(PEER, { addresses: addresses(200, 100).map(multiaddr => ({ multiaddr, isCertified: false })) })
    const known = await ports()
    expect(known).to.have.length(MAX_ADDRESSES).and.to.satisfy((all: number[]) => all.every(port => port >= 200))
    // others' word does not push out what is there
    const told = await peerStore.merge(PEER, { multiaddrs: addresses(400, 100) })
    expect(told.addresses).to.have.length(MAX_ADDRESSES)
    expect(await ports()).to.deep.equal(known)
    // but what is certified does
    await peerStore.merge(PEER, { addresses: [{ multiaddr: address(500), isCertified: true }] })
    expect(await ports()).to.have.length(MAX_ADDRESSES).and.to.include(500)
  })

  it('still takes what is no address', async () => {
    await using nodes = new AppNodes()
    const { peerStore } = await nodes.create()
    await peerStore.merge(PEER, { protocols: ['/a/1.0.0'], tags: { a: { value: 1 } } })
    await peerStore.merge(PEER, { multiaddrs: addresses(1, 1), protocols: ['/b/1.0.0'] })
    const { protocols, addresses: kept, tags } = await peerStore.get(PEER)
    expect({ protocols, kept: kept.length, tag: tags.get('a')?.value }).to.deep.equal({ protocols: ['/a/1.0.0', '/b/1.0.0'], kept: 1, tag: 1 })
  })
})
