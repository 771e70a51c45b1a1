import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { peerIdIn, placeOf } from '../../../src/services/discovery/place.ts'

const A = '12D3KooWQAr9dCBVdJ5zHnAmFoMHkVeBZNFfbZrJtZ9mFMqdJYxZ'
const B = '12D3KooWGjMmBK7DWGDdTUmLeWZtYSLDTKLwVsrH8o6KzTd4mPLs'

describe('place of an address', () => {
  const table: Array<{ address: string, place: string, peerId: string | undefined }> = [
    { address: '/ip4/127.0.0.1/tcp/1', place: '/ip4/127.0.0.1/tcp/1', peerId: undefined },
    { address: `/ip4/127.0.0.1/tcp/1/p2p/${A}`, place: '/ip4/127.0.0.1/tcp/1', peerId: A },
    { address: `/ip4/127.0.0.1/tcp/1/ws/p2p/${A}`, place: '/ip4/127.0.0.1/tcp/1/ws', peerId: A },
    { address: `/ip4/1.2.3.4/tcp/1/p2p/${A}/p2p-circuit`, place: `/ip4/1.2.3.4/tcp/1/p2p/${A}/p2p-circuit`, peerId: undefined },
    { address: `/ip4/1.2.3.4/tcp/1/p2p/${A}/p2p-circuit/p2p/${B}`, place: `/ip4/1.2.3.4/tcp/1/p2p/${A}/p2p-circuit`, peerId: B },
    { address: '/memory/x', place: '/memory/x', peerId: undefined }
  ]
  for (const { address, place, peerId } of table) {
    it(address, () => {
      expect(placeOf(multiaddr(address))).to.equal(place)
      expect(peerIdIn(multiaddr(address))?.toString()).to.equal(peerId)
    })
  }
})
