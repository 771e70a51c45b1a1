import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { neutralScoring } from '../../../src/components.ts'
import { Connector } from '../../../src/services/protocols/connector.ts'
import { ProtocolError } from '../../../src/services/protocols/index.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { StubConnection } from '../../support/stub-connection.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { ConnectionManager } from '@libp2p/interface-internal'

const rng = seededRng(1)
const [own, peer, other] = [randomPeerId(rng), randomPeerId(rng), randomPeerId(rng)]

function connection ({ to = peer, limited = false, open = true } = {}): Connection {
  return Object.assign(new StubConnection(to), { direct: !limited, status: open ? 'open' : 'closed', [Symbol.for('@libp2p/connection')]: true }, limited ? { limits: {} } : {}) as unknown as Connection
}

function named (name: string): Error {
  return Object.assign(new Error(name), { name })
}

describe('protocols: the way to a peer', () => {
  let clock: ManualClock
  let banned: Set<string>
  let connections: Connection[]
  let dial: (target: unknown, signal: AbortSignal) => Promise<Connection>
  /** What the peer store has of the peer. */
  let stored: Multiaddr[]
  let connector: Connector

  beforeEach(() => {
    clock = new ManualClock()
    banned = new Set()
    connections = []
    stored = [multiaddr('/ip4/192.0.2.1/tcp/1')]
    dial = async () => { throw named('NoValidAddressesError') }
    const connectionManager = {
      getConnections: (peerId?: PeerId) => connections.filter(({ remotePeer }) => peerId == null || remotePeer.equals(peerId)),
      openConnection: async (target: unknown, { signal }: { signal: AbortSignal }) => dial(target, signal)
    } as unknown as ConnectionManager
    const peerStore = { get: async () => ({ addresses: stored.map(address => ({ multiaddr: address })) }) }
    connector = new Connector(Object.assign({ peerId: own, connectionManager }, { peerStore }), {
      clock, log: defaultLogger().forComponent('test'), netgroups: {}, scoring: neutralScoring, useful: () => {}, running: true,
      bans: { isDenied: ({ peerId }) => peerId != null && banned.has(peerId.toString()) }
    })
    connector.start()
  })

  const reach = async (options: { signal?: AbortSignal, runOnLimitedConnection?: boolean } = {}): Promise<Connection> =>
    connector.dial(connector.read(peer), { timeoutMs: 1_000, runOnLimitedConnection: false, ...options })
  const code = async (call: Promise<unknown>): Promise<string> => call.then(() => 'nothing', (err: unknown) => err instanceof ProtocolError ? err.code : String(err))
  const never = async (_: unknown, signal: AbortSignal): Promise<Connection> => new Promise((_, reject) => { signal.addEventListener('abort', () => { reject(signal.reason as Error) }) })

  it('is the open connection, but a limited one only where that will do', () => {
    const callee = connector.read(peer)
    expect(connector.existing(callee, false)).to.equal(undefined)
    connections = [connection({ limited: true }), connection({ open: false }), connection({ to: other })]
    expect(connector.existing(callee, false)).to.equal(undefined)
    expect(connector.existing(callee, true)).to.equal(connections[0])
  })

  it('is the connection that was given, if it will do', () => {
    const [open, closed, limited] = [connection(), connection({ open: false }), connection({ limited: true })]
    expect(connector.existing(connector.read(open), false)).to.equal(open)
    expect(connector.existing(connector.read(limited), true)).to.equal(limited)
    expect(() => connector.existing(connector.read(closed), false)).to.throw(ProtocolError).with.property('code', 'PROTOCOL_UNREACHABLE')
    expect(() => connector.existing(connector.read(limited), false)).to.throw(ProtocolError).with.property('code', 'PROTOCOL_RELAYED')
  })

  it('is dialled, by its addresses where they are told', async () => {
    const dialled: unknown[] = []
    const opened = connection()
    dial = async target => {
      dialled.push(target)
      return opened
    }
    expect(await reach()).to.equal(opened)
    const addresses = [multiaddr(`/ip4/192.0.2.1/tcp/1/p2p/${peer.toString()}`)]
    await connector.dial(connector.read(addresses), { timeoutMs: 1_000, runOnLimitedConnection: false })
    expect(dialled.map(String)).to.deep.equal([addresses, addresses].map(String))
    expect(clock.pending).to.equal(0)
  })

  it('is none when nobody is there, or somebody else', async () => {
    expect(await code(reach())).to.equal('PROTOCOL_UNREACHABLE')
    stored = []
    expect(await code(reach())).to.equal('PROTOCOL_UNREACHABLE')
    stored = [multiaddr('/ip4/192.0.2.1/tcp/1')]
    dial = async () => connection({ to: other })
    expect(await code(reach())).to.equal('PROTOCOL_UNREACHABLE')
    dial = never
    const call = code(reach())
    await clock.advanceAsync(1_000)
    expect(await call).to.equal('PROTOCOL_UNREACHABLE')
    expect(clock.pending).to.equal(0)
  })

  it('is none to whom this node refuses', async () => {
    dial = async () => { throw named('DialDeniedError') }
    expect(await code(reach())).to.equal('PROTOCOL_DENIED')
    dial = async () => { throw new AggregateError([named('DialDeniedError'), named('DialDeniedError')]) }
    expect(await code(reach())).to.equal('PROTOCOL_DENIED')
    dial = async () => { throw new AggregateError([named('DialDeniedError'), named('ECONNREFUSED')]) }
    expect(await code(reach())).to.equal('PROTOCOL_UNREACHABLE')
    banned.add(peer.toString())
    dial = async () => connection()
    expect(await code(reach())).to.equal('PROTOCOL_DENIED')
  })

  it('is none where there is only a relay, unless that will do', async () => {
    connections = [connection({ limited: true })]
    expect(await code(reach())).to.equal('PROTOCOL_RELAYED')
    dial = async () => connection({ limited: true })
    expect(await code(reach())).to.equal('PROTOCOL_RELAYED')
    expect(await code(reach({ runOnLimitedConnection: true }))).to.equal('nothing')
  })

  it('is given up with the signal, and when the node stops', async () => {
    dial = never
    const left = new AbortController()
    const aborted = code(reach({ signal: left.signal }))
    left.abort()
    expect(await aborted).to.equal('PROTOCOL_ABORTED')
    const stopped = code(reach())
    connector.stop(new ProtocolError('PROTOCOL_STOPPED', 'it stops'))
    expect(await stopped).to.equal('PROTOCOL_STOPPED')
    expect(clock.pending).to.equal(0)
  })
})
