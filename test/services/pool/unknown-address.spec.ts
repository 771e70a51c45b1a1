import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { bytes, defineProtocol } from '../../../src/index.ts'
import { AppNodes } from '../../support/app-nodes.ts'
import { rejection } from '../../support/rejection.ts'
import type { PeerId, PeerInfo } from '@libp2p/interface'
import type { AppNode } from '../../../src/index.ts'

const anything = defineProtocol({ id: '/test/anything/1.0.0', shape: 'stream', request: bytes, response: bytes })

/** More than a dial on this machine takes; less than any search gives up in. */
const SOON_MS = 4_000

describe('a peer that nobody knows an address of', () => {
  for (const [who, look] of Object.entries({
    'a dial by its id': async (node, peerId) => { await node.services.pool.dial(peerId) },
    'a call by its id': async (node, peerId) => { for await (const item of node.services.protocols.stream(peerId, anything, new Uint8Array())) expect(item) },
    'a message to it': async (node, peerId) => { await node.services.messaging.send(peerId, 'hello', 'there') }
  } satisfies Record<string, (node: AppNode, peerId: PeerId) => Promise<void>>)) {
    it(`${who} keeps nobody from dialling it at an address`, async () => {
      await using nodes = new AppNodes()
      const [seeker, sought] = [await nodes.create(), await nodes.create()]
      const looking = look(seeker, sought.peerId).catch((err: unknown) => { expect(err).to.be.an.instanceOf(Error) })
      // the search has begun by now, and would take long
      await Promise.resolve()
      await seeker.dial(sought.getMultiaddrs(), { signal: AbortSignal.timeout(SOON_MS) })
      await seeker.stop()
      await looking
    })
  }

  it('that has moved is found by routing', async () => {
    await using nodes = new AppNodes()
    const sought = await nodes.create()
    const findPeer = async (id: PeerId): Promise<PeerInfo> => ({ id, multiaddrs: sought.getMultiaddrs() })
    const seeker = await nodes.create({ dht: { mode: 'off' }, peerRouters: [() => ({ findPeer, async * getClosestPeers () {} })] })
    await seeker.peerStore.merge(sought.peerId, { multiaddrs: [multiaddr('/ip4/127.0.0.1/tcp/1')] })
    const connection = await seeker.services.pool.dial(sought.peerId)
    expect(connection.remotePeer.equals(sought.peerId)).to.equal(true)
  })

  it('is an error with a code when it is not found in time', async () => {
    await using nodes = new AppNodes()
    const [seeker, sought] = [await nodes.create({ dht: { mode: 'off' } }), await nodes.create()]
    expect(await rejection(seeker.services.pool.dial(sought.peerId))).to.have.property('code', 'POOL_ADDRESS_UNKNOWN')
  })
})
