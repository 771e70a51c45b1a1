import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { addressFacts } from '../../src/util/netgroup.ts'
import { seededRng } from '../../src/util/rng.ts'
import { CrowdLimiter } from '../../src/wire/crowd-limiter.ts'
import { request } from '../../src/wire/request.ts'
import { serve } from '../../src/wire/serve.ts'
import { barePair } from '../support/bare-pair.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { randomPeerId } from '../support/random-peer.ts'
import type { Connection, PeerId, StreamHandler } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { MessageProtocol, WireFault } from '../../src/wire/protocol.ts'
import type { Server, ServeOptions } from '../../src/wire/serve.ts'
import type { BarePair } from '../support/bare-pair.ts'

const RELAYED = '/ip4/9.9.9.9/tcp/1/p2p/12D3KooWAqNJVSqb9TcXA8Ekkt38CgbE7rvqAcihfBDLj2jHZ1pm/p2p-circuit'

describe('wire: what the peers of one host share', () => {
  const facts = (address: string, localAsPublic = false): ReturnType<typeof addressFacts> => addressFacts(multiaddr(address), { localAsPublic })

  it('is one budget a host, and four of them a subnet', () => {
    const clock = new ManualClock()
    const limiter = new CrowdLimiter({ perSecond: 1, burst: 2, clock })
    const taken = (address: string, times = 10): number => Array.from({ length: times }, () => limiter.take(facts(address))).filter(Boolean).length
    expect(taken('/ip4/9.9.9.1/tcp/1')).to.equal(2)
    expect(taken('/ip4/9.9.9.1/udp/7/quic-v1')).to.equal(0)
    expect([2, 3, 4, 5].map(n => taken(`/ip4/9.9.9.${n}/tcp/1`)), 'the subnet').to.deep.equal([2, 2, 2, 0])
    expect(taken('/ip6/2001:4860:1:1::1/tcp/1')).to.equal(2)
    expect(taken('/ip6/2001:4860:1:1:ffff::1/tcp/1'), 'the same /64').to.equal(0)
    clock.advance(1_000)
    expect(taken('/ip4/9.9.9.1/tcp/1')).to.equal(1)
    expect([limiter.hosts, limiter.subnets]).to.deep.equal([6, 2])
  })

  it('is nothing on a local network or behind a relay, unless told otherwise', () => {
    const limiter = new CrowdLimiter({ perSecond: 1, burst: 1, clock: new ManualClock() })
    for (const address of ['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/1', '/memory/x', RELAYED]) {
      expect([1, 2, 3].map(() => limiter.take(facts(address)))).to.deep.equal([true, true, true])
    }
    expect([1, 2].map(() => limiter.take(facts('/ip4/127.0.0.1/tcp/1', true)))).to.deep.equal([true, false])
  })

  describe('a server', () => {
    const text = { encode: (value: string) => new TextEncoder().encode(value), decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes) }
    const echo: MessageProtocol<string, string> = {
      id: '/test/crowd/1.0.0',
      request: text,
      response: text,
      maxRequestBytes: 100,
      maxResponseBytes: 100,
      timeoutMs: 5_000,
      maxInboundStreams: 100,
      maxOutboundStreams: 100,
      rate: { perSecond: 1, burst: 2 },
      offences: { 'rate-limited': 'moderate' }
    }
    let pair: BarePair
    let server: Server
    let faults: WireFault[]
    /** Who the server believes it talks to. */
    let pretended: { remotePeer: PeerId, remoteAddr: ReturnType<typeof multiaddr> }
    const rng = seededRng(5)

    before(async () => { pair = await barePair() })
    after(async () => { await pair.stop() })
    afterEach(async () => { await server.stop() })

    async function serving (options: Partial<ServeOptions> = {}): Promise<void> {
      const { registrar, logger } = pair.server.components
      const masked = {
        handle: async (id: string, handler: StreamHandler, init: object) =>
          registrar.handle(id, (stream, connection) => handler(stream, Object.assign(Object.create(connection) as Connection, pretended)), init),
        unhandle: async (id: string) => registrar.unhandle(id)
      } as unknown as Registrar
      faults = []
      server = serve({ registrar: masked, logger }, echo, message => message, { clock: new ManualClock(), onFault: (_, fault) => { faults.push(fault) }, ...options })
      await server.start()
    }

    /** How many of `times` requests are answered, each of another peer. */
    async function answered (address: string, times: number, remotePeer?: PeerId): Promise<number> {
      let count = 0
      for (let i = 0; i < times; i++) {
        pretended = { remotePeer: remotePeer ?? randomPeerId(rng), remoteAddr: multiaddr(address) }
        await request(pair.connection, echo, 'x').then(() => { count++ }, (err: unknown) => { expect(err).to.have.property('code', 'WIRE_RESET') })
      }
      return count
    }

    it('answers four times as many of a host as of a peer, and blames nobody for the rest', async () => {
      await serving()
      expect(await answered('/ip4/9.9.9.9/tcp/1', 12)).to.equal(8)
      expect(await answered('/ip4/9.9.9.10/tcp/1', 3)).to.equal(3)
      expect(faults).to.deep.equal([])
      expect(server.snapshot()).to.deep.include({ served: 11, crowded: 4, ratedPeers: 15, ratedHosts: 2, ratedSubnets: 1 })
    })

    it('blames a peer for its own excess only', async () => {
      await serving()
      expect(await answered('/ip4/9.9.9.9/tcp/1', 5, randomPeerId(rng))).to.equal(2)
      expect(faults).to.deep.equal(['rate-limited', 'rate-limited', 'rate-limited'])
      expect(server.snapshot().crowded).to.equal(0)
    })

    it('counts local addresses when told to', async () => {
      await serving()
      expect(await answered('/ip4/127.0.0.1/tcp/1', 10)).to.equal(10)
      await server.stop()
      await serving({ netgroups: { localAsPublic: true } })
      expect(await answered('/ip4/127.0.0.1/tcp/1', 10)).to.equal(8)
    })
  })
})
