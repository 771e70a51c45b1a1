import { bootstrap } from '@libp2p/bootstrap'
import { peerDiscoverySymbol } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { TypedEventEmitter } from 'main-event'
import { fromPeerDiscovery } from '../../../../src/services/discovery/sources/peer-discovery.ts'
import { newPeer, newPeerId, sourceContext, stubComponents, text } from '../stubs.ts'
import type { PeerDiscovery, PeerDiscoveryEvents, PeerId } from '@libp2p/interface'

class StubModule extends TypedEventEmitter<PeerDiscoveryEvents> implements PeerDiscovery {
  readonly calls: string[] = []
  onStart = (): void => {}

  start (): void {
    this.calls.push('start')
    this.onStart()
  }

  async stop (): Promise<void> {
    await new Promise(resolve => setImmediate(resolve))
    this.calls.push('stop')
  }

  find (id: PeerId, port: number): void {
    this.safeDispatchEvent('peer', { detail: { id, multiaddrs: [multiaddr(`/ip4/127.0.0.1/tcp/${port}`)] } })
  }
}

describe('libp2p peer discovery modules as sources', () => {
  it('yields what @libp2p/bootstrap finds', async () => {
    const [a, b] = [await newPeer(), await newPeer()]
    const components = await stubComponents({
      peerStore: { merge: async () => {} },
      connectionManager: { getConnections: () => [], openConnection: async () => {} }
    })
    const list = [`/ip4/127.0.0.1/tcp/1/p2p/${a}`, `/ip4/127.0.0.1/tcp/2/p2p/${b}`]
    const source = fromPeerDiscovery('bootstrap', bootstrap({ list, timeout: 1 }))(components)
    const { context, stop } = sourceContext()
    const found: string[] = []
    for await (const sighting of source.find(context)) {
      found.push(text(sighting))
      if (found.length === 2) break
    }
    stop()
    expect(source.name).to.equal('bootstrap')
    expect(found).to.deep.equal([`${a} @ ${list[0]}`, `${b} @ ${list[1]}`])
  })

  it('makes and starts the module when it runs, stops it and lets go of it afterwards', async () => {
    const peerId = await newPeerId()
    const module = new StubModule()
    const components = await stubComponents()
    let made: unknown
    const source = fromPeerDiscovery('mdns', given => {
      made = given
      return { [peerDiscoverySymbol]: module }
    })(components)
    expect(made).to.equal(undefined)
    const { context, stop } = sourceContext()
    module.onStart = () => { module.find(peerId, 7) }
    const sightings = source.find(context)[Symbol.asyncIterator]()
    expect(text((await sightings.next()).value)).to.equal(`${peerId.toString()} @ /ip4/127.0.0.1/tcp/7`)
    expect(made).to.equal(components)
    const next = sightings.next().catch((err: unknown) => err)
    stop()
    expect(await next).to.have.property('name', 'AbortError')
    expect(module.calls).to.deep.equal(['start', 'stop'])
    expect(module.listenerCount('peer')).to.equal(0)
  })

  it('stops a module that fails to start, and fails with its error', async () => {
    const module = new StubModule()
    module.onStart = () => { throw new Error('no socket') }
    const source = fromPeerDiscovery('mdns', () => module)(await stubComponents())
    const sightings = source.find(sourceContext().context)[Symbol.asyncIterator]()
    expect(await sightings.next().catch((err: unknown) => err)).to.have.property('message', 'no socket')
    expect(module.calls).to.deep.equal(['start', 'stop'])
  })

  it('keeps the newest 256 that nobody took', async () => {
    const peerId = await newPeerId()
    const module = new StubModule()
    module.onStart = () => { for (let port = 1; port <= 300; port++) module.find(peerId, port) }
    const { context, stop } = sourceContext()
    const ports: number[] = []
    for await (const { multiaddrs } of fromPeerDiscovery('mdns', () => module)(await stubComponents()).find(context)) {
      ports.push(Number(multiaddrs[0]!.getComponents()[1]!.value))
      if (ports.length === 256) break
    }
    stop()
    expect([ports[0], ports.at(-1)]).to.deep.equal([45, 300])
  })
})
