import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { ping } from '@libp2p/ping'
import { identify } from '@libp2p/identify'
import { generateKey, preSharedKey } from '@libp2p/pnet'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import { clearProtector } from '../../src/wire/private-network.ts'
import { stopAll } from '../support/stop-all.ts'
import type { Libp2p } from '@libp2p/interface'
import type { Ping } from '@libp2p/ping'

type Node = Libp2p<{ ping: Ping }>

function swarmKey (): Uint8Array {
  const key = new Uint8Array(95)
  generateKey(key)
  return key
}

describe('private networks', () => {
  const [key, otherKey] = [swarmKey(), swarmKey()]
  let nodes: Node[]

  beforeEach(() => { nodes = [] })
  afterEach(async () => { await stopAll(nodes) })

  async function start (psk: Uint8Array | undefined, { stock = false, listen = ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'] }: { stock?: boolean, listen?: string[] } = {}): Promise<Node> {
    const node: Node = await createLibp2p({
      addresses: { listen },
      transports: [tcp(), webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionMonitor: { enabled: false },
      connectionManager: { inboundConnectionThreshold: Infinity },
      ...psk == null ? {} : { connectionProtector: stock ? preSharedKey({ psk }) : () => clearProtector(preSharedKey({ psk })()) },
      services: { ping: ping(), identify: identify() }
    })
    nodes.push(node)
    return node
  }

  /** What comes of dialling each of the listener's addresses, and after how long. */
  async function outcomes (dialler: Node, listener: Node): Promise<Array<{ message: string, tookMs: number }>> {
    const results = []
    // one after the other: libp2p makes one of several dials of one peer
    for (const address of listener.getMultiaddrs()) {
      const startMs = performance.now()
      const message = await dialler.dial(address, { force: true }).then(() => 'connected', (err: unknown) => (err as Error).message)
      results.push({ message, tookMs: performance.now() - startMs })
    }
    return results
  }

  for (const [name, stock] of [['our', {}], ['libp2p\'s', { stock: true }]] as const) {
    it(`let those in who have the same key, with ${name} protector, either way and on any transport`, async () => {
      const [a, b] = [await start(key), await start(key, stock)]
      for (const [from, to] of [[a, b], [b, a]] as const) {
        for (const address of to.getMultiaddrs()) {
          const { remoteAddr } = await from.dial(address, { force: true })
          expect(remoteAddr.equals(address)).to.equal(true)
          expect(await from.services.ping.ping(to.peerId)).to.be.at.least(0)
        }
      }
    })
  }

  it('tell whoever has another key at once, on both sides', async () => {
    const [a, b] = [await start(key), await start(otherKey)]
    for (const [from, to] of [[a, b], [b, a]] as const) {
      const results = await outcomes(from, to)
      expect(results).to.have.length(2)
      for (const { message, tookMs } of results) {
        expect(message).to.contain('is not in this private network').and.contain('the same pre-shared key')
        expect(tookMs).to.be.below(2_000)
      }
      expect([a.getConnections(), b.getConnections()]).to.deep.equal([[], []])
    }
  })

  it('tell whoever has none at once, and do not let it in', async () => {
    const [a, b] = [await start(key), await start(undefined)]
    for (const { message, tookMs } of await outcomes(b, a)) {
      expect(message).to.not.equal('connected')
      expect(tookMs).to.be.below(2_000)
    }
    expect(a.getConnections()).to.deep.equal([])
  })

  it('find out in time that whom they dial has none', async () => {
    const [a, b] = [await start(key), await start(undefined, { listen: ['/ip4/127.0.0.1/tcp/0'] })]
    for (const { message, tookMs } of await outcomes(a, b)) {
      expect(message).to.contain('did not begin as the nodes of a private network do')
      expect(tookMs).to.be.below(5_900)
    }
    expect(b.getConnections()).to.deep.equal([])
  })
})
