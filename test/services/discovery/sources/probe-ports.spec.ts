import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { ownPorts, parsePortRange, portSightings, PortRangeError, probePorts } from '../../../../src/services/discovery/sources/probe-ports.ts'
import { discovery } from '../../../../src/services/discovery/index.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { eventually } from '../../../support/eventually.ts'
import { createNode, stopNodes } from '../nodes.ts'
import { stubComponents } from '../stubs.ts'
import type { DiscoveryService } from '../../../../src/services/discovery/service.ts'

describe('probing local ports', () => {
  const ranges: Array<{ text: string, is: object | RegExp }> = [
    { text: '5000-5011', is: { from: 5000, to: 5011 } },
    { text: ' 5000 - 5011 ', is: { from: 5000, to: 5011 } },
    { text: '5000', is: { from: 5000, to: 5000 } },
    { text: '1-1024', is: { from: 1, to: 1024 } },
    { text: '64512-65535', is: { from: 64512, to: 65535 } },
    { text: '1-1025', is: /1025 ports/ },
    { text: '5011-5000', is: /backwards/ },
    { text: '0-10', is: /does not exist/ },
    { text: '65535-65536', is: /does not exist/ },
    { text: '', is: /no range/ },
    { text: '-5', is: /no range/ },
    { text: '5000-', is: /no range/ },
    { text: '1-2-3', is: /no range/ },
    { text: '5e3', is: /no range/ }
  ]
  for (const { text, is } of ranges) {
    it(`range ${JSON.stringify(text)} is ${is instanceof RegExp ? 'refused' : JSON.stringify(is)}`, () => {
      if (is instanceof RegExp) expect(() => parsePortRange(text)).to.throw(PortRangeError, is).with.property('code', 'DISCOVERY_PORT_RANGE_INVALID')
      else expect(parsePortRange(text)).to.deep.equal(is)
    })
  }

  it('refuses a bad range at once, also as numbers', () => {
    expect(() => probePorts({ from: 2, to: 1 })).to.throw(PortRangeError)
    expect(() => probePorts({ from: 1.5, to: 2 })).to.throw(PortRangeError)
  })

  it('knows the ports of this node', () => {
    const addresses = ['/ip4/127.0.0.1/tcp/5001', '/ip4/10.0.0.1/tcp/5002/ws', '/ip4/1.2.3.4/tcp/5003/p2p/12D3KooWQAr9dCBVdJ5zHnAmFoMHkVeBZNFfbZrJtZ9mFMqdJYxZ/p2p-circuit', '/memory/x']
    expect([...ownPorts(addresses.map(multiaddr))]).to.deep.equal([5001, 5002])
  })

  it('knocks at every other port once, in random order, as TCP and as WebSocket', () => {
    const sightings = portSightings({ from: 5000, to: 5011 }, new Set([5003]), seededRng(1))
    const ports = sightings.map(({ multiaddrs }) => Number(multiaddrs[0]!.getComponents()[1]!.value))
    expect(ports).to.have.members([5000, 5001, 5002, 5004, 5005, 5006, 5007, 5008, 5009, 5010, 5011])
    expect(ports).not.to.deep.equal(ports.toSorted((a, b) => a - b))
    expect(sightings[0]!.multiaddrs.map(String)).to.deep.equal([`/ip4/127.0.0.1/tcp/${ports[0]}`, `/ip4/127.0.0.1/tcp/${ports[0]}/ws`])
  })

  it('finds the nodes of this machine', async () => {
    const [a, b, c] = await Promise.all([createNode(), createNode({ transport: 'ws' }), createNode()])
    const ports = [a, b, c].map(node => Number(node.getMultiaddrs()[0]!.getComponents()[1]!.value))
    const components = await stubComponents({
      peerId: a.peerId,
      addressManager: { getAddresses: () => a.getMultiaddrs(), getListenAddrs: () => [] },
      connectionManager: { getConnections: () => a.getConnections() }
    })
    components.pool.onDial = async (multiaddrs, signal) => a.dial(multiaddrs, { signal })
    // around the ports of the two others, with many that are closed
    const ranges = ports.map(port => ({ from: Math.max(1, port - 20), to: Math.min(65_535, port + 20) }))
    const service = discovery({ sources: ranges.map(range => probePorts(range)) })(components) as DiscoveryService
    try {
      service.start()
      service.afterStart()
      await eventually('both', () => a.getPeers().length === 2)
      expect(a.getPeers().map(String)).to.have.members([b.peerId, c.peerId].map(String))
      expect(components.pool.dialled.flat()).not.to.include(`/ip4/127.0.0.1/tcp/${ports[0]}`)
    } finally {
      await service.stop()
      await stopNodes()
    }
  })
})
