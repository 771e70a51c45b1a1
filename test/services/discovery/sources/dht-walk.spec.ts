/* oxlint-disable require-yield -- sources that only wait or throw are generators, too */
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { expect } from 'chai'
import { discovery } from '../../../../src/services/discovery/index.ts'
import { dhtWalk } from '../../../../src/services/discovery/sources/dht-walk.ts'
import { eventually } from '../../../support/eventually.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { createNode, stopNodes } from '../nodes.ts'
import { newPeerId, sourceContext, StubBook, stubComponents, StubPool } from '../stubs.ts'
import type { PeerInfo } from '@libp2p/interface'
import type { Discovery } from '../../../../src/services/discovery/index.ts'
import type { StubComponents } from '../stubs.ts'

describe('DHT walk', () => {
  describe('with real nodes', () => {
    afterEach(stopNodes)

    const dht = (clientMode = false) => kadDHT({ protocol: '/peerkeep/test/lan/kad/1.0.0', peerInfoMapper: passthroughMapper, clientMode, initialQuerySelfInterval: 10 })
    const walker = async (clientMode = false) => createNode<{ discovery: Discovery, addressBook: StubBook }>({
      services: {
        ping: ping(),
        dht: dht(clientMode),
        pool: () => new StubPool(),
        addressBook: () => new StubBook(),
        discovery: discovery({ sources: [dhtWalk()] })
      }
    })

    it('finds the peers of a peer', async () => {
      const others = await Promise.all([1, 2, 3].map(async () => createNode({ services: { ping: ping(), dht: dht() } })))
      for (const [i, node] of others.entries()) if (i > 0) await node.dial(others[i - 1]!.getMultiaddrs())
      const node = await walker()
      await node.dial(others[0]!.getMultiaddrs())
      const { learned } = node.services.addressBook
      await eventually('everybody', () => others.every(other => learned.some(({ peerId }) => peerId.equals(other.peerId))))
      expect(learned.find(({ peerId }) => peerId.equals(others[2]!.peerId))!.multiaddrs.map(String)).to.satisfy((found: string[]) => found.some(address => others[2]!.getMultiaddrs().some(own => own.toString().startsWith(address))))
      expect(learned.every(({ source, peerId }) => source === 'dht' && !peerId.equals(node.peerId))).to.equal(true)
    })

    it('waits in peace when its peers know no DHT', async () => {
      const other = await createNode({ services: { ping: ping() } })
      const node = await walker(true)
      await node.dial(other.getMultiaddrs())
      const before = process.cpuUsage()
      const startedMs = performance.now()
      await eventually('a second', () => performance.now() - startedMs > 1_000)
      const { user, system } = process.cpuUsage(before)
      expect((user + system) / 1_000).to.be.below(500)
      expect(node.services.discovery.snapshot().sources[0]).to.deep.include({ state: 'running', sightings: 0, failures: 0 })
    })

    it('ends on a node without a DHT', async () => {
      const other = await createNode()
      const node = await createNode<{ discovery: Discovery }>({
        services: { pool: () => new StubPool(), addressBook: () => new StubBook(), discovery: discovery({ sources: [dhtWalk()] }) }
      })
      await node.dial(other.getMultiaddrs())
      await eventually('the end', () => node.services.discovery.snapshot().sources[0]!.state === 'ended')
      expect(node.services.discovery.snapshot().sources[0]!.failures).to.equal(0)
    })
  })

  describe('paced', () => {
    let clock: ManualClock
    let components: StubComponents
    let connections: object[]
    let walks: number[]
    let answer: (signal: AbortSignal) => AsyncGenerator<PeerInfo>

    beforeEach(async () => {
      clock = new ManualClock()
      connections = [{}]
      walks = []
      answer = async function * () {}
      components = await stubComponents({
        connectionManager: { getConnections: () => connections },
        peerRouting: {
          getClosestPeers (key: Uint8Array, { signal }: { signal: AbortSignal }) {
            expect(key).to.have.length(32)
            walks.push(clock.monotonic())
            return answer(signal)
          }
        }
      })
    })

    async function run (ms: number, act?: () => Promise<void>): Promise<unknown> {
      const { context, stop } = sourceContext(clock)
      context.rng.float = () => 0
      const ended = (async () => {
        for await (const { peerId, multiaddrs } of dhtWalk()(components).find(context)) {
          if (!peerId!.equals(components.peerId)) components.addressBook.add({ peerId: peerId!, multiaddrs, source: 'dht' })
        }
        return undefined
      })().catch((err: unknown) => err)
      await clock.advanceAsync(ms, 500)
      await act?.()
      stop()
      const error = await ended
      expect(clock.pending).to.equal(0)
      return error
    }

    it('backs off to a minute while nothing new comes', async () => {
      const known = await newPeerId()
      components.addressBook.add({ peerId: known, multiaddrs: [], source: 'pex' })
      answer = async function * () {
        yield { id: known, multiaddrs: [] }
        yield { id: components.peerId, multiaddrs: [] }
      }
      await run(190_000)
      expect(walks).to.deep.equal([0, 1_000, 3_000, 7_000, 15_000, 31_000, 63_000, 123_000, 183_000])
    })

    it('walks every second while it finds strangers', async () => {
      answer = async function * () { yield { id: await newPeerId(), multiaddrs: [] } }
      await run(4_500)
      expect(walks).to.deep.equal([0, 1_000, 2_000, 3_000, 4_000])
    })

    it('waits for a connection', async () => {
      connections = []
      await run(10_000, async () => {
        expect(walks).to.deep.equal([])
        connections = [{}]
        components.events.dispatchEvent(new CustomEvent('connection:open'))
        await clock.advanceAsync(1)
        expect(walks).to.have.length(1)
      })
    })

    it('takes 64 peers and 30 s a walk, and keeps what it found', async () => {
      answer = async function * (signal) {
        if (walks.length === 1) for (;;) yield { id: await newPeerId(), multiaddrs: [] }
        yield { id: await newPeerId(), multiaddrs: [] }
        await new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { reject(signal.reason as Error) }) })
      }
      await run(40_000)
      expect(components.addressBook.learned).to.have.length(66)
      expect(walks).to.deep.equal([0, 1_000, 32_000])
    })

    it('fails with the error of the router', async () => {
      answer = async function * () { throw new Error('broken') }
      expect(await run(1)).to.have.property('message', 'broken')
    })
  })
})
