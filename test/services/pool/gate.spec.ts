import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { openBans } from '../../../src/components.ts'
import { DEFAULT_LIMITS } from '../../../src/services/pool/constants.ts'
import { Gate, isSmaller } from '../../../src/services/pool/gate.ts'
import { PeerTable } from '../../../src/services/pool/peers.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import type { Connection, ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import type { GateInit } from '../../../src/services/pool/gate.ts'

async function randomPeer (): Promise<PeerId> {
  return peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
}

/** As much of a connection as the table and the gate look at. */
function connection (remotePeer: PeerId, address: string, direction: 'inbound' | 'outbound' = 'inbound'): Connection {
  return { id: `${remotePeer.toString()}-${address}`, remotePeer, remoteAddr: multiaddr(address), direction } as unknown as Connection
}

describe('pool: gate', () => {
  let self: PeerId
  let clock: ManualClock
  let peers: PeerTable
  let gater: ConnectionGater

  before(async () => { self = await randomPeer() })
  beforeEach(() => { clock = new ManualClock() })

  function install (init: Partial<GateInit> = {}): void {
    const netgroups = init.netgroups ?? {}
    peers = new PeerTable(netgroups)
    gater = {}
    new Gate({ clock, netgroups, self, peers, limits: () => DEFAULT_LIMITS, bans: () => openBans, isDialing: () => false, ...init }).install(gater)
  }

  const denies = async (address: string): Promise<boolean> => gater.denyInboundConnection?.({ remoteAddr: multiaddr(address) } as MultiaddrConnection) as Promise<boolean>
  const open = (peerId: PeerId, address: string, direction?: 'inbound' | 'outbound'): void => {
    peers.opened(connection(peerId, address, direction), { nowMs: clock.monotonic(), wallMs: clock.now(), explicit: false, feeler: false, roles: [] })
  }

  it('accepts 8 connections at once from one IP, then one every 5 s', async () => {
    install()
    for (let port = 1; port <= 8; port++) expect(await denies(`/ip4/9.9.9.9/tcp/${port}`)).to.equal(false)
    expect(await denies('/ip4/9.9.9.9/tcp/9')).to.equal(true)
    expect(await denies('/ip4/9.9.9.10/tcp/9')).to.equal(false)
    clock.advance(5_000)
    expect(await denies('/ip4/9.9.9.9/tcp/10')).to.equal(false)
    expect(await denies('/ip4/9.9.9.9/tcp/11')).to.equal(true)
  })

  it('holds 4 peers per IP and 10 per /24', async () => {
    install({ limits: () => ({ ...DEFAULT_LIMITS, acceptRate: { perSecond: 1_000, burst: 1_000 } }) })
    for (let n = 0; n < 4; n++) open(await randomPeer(), `/ip4/9.9.9.1/tcp/${n}`)
    expect(await denies('/ip4/9.9.9.1/tcp/99')).to.equal(true)
    expect(await denies('/ip4/9.9.9.2/tcp/99')).to.equal(false)
    for (let n = 0; n < 6; n++) open(await randomPeer(), `/ip4/9.9.9.${10 + n}/tcp/1`)
    expect(await denies('/ip4/9.9.9.200/tcp/1')).to.equal(true)
    expect(await denies('/ip4/9.9.8.200/tcp/1')).to.equal(false)
  })

  it('IPv6 counts by /48', async () => {
    install({ limits: () => ({ ...DEFAULT_LIMITS, maxPerSubnet: 2 }) })
    for (let n = 1; n <= 2; n++) open(await randomPeer(), `/ip6/2001:4860:1:${n}::1/tcp/1`)
    expect(await denies('/ip6/2001:4860:1:ffff::9/tcp/1')).to.equal(true)
    expect(await denies('/ip6/2001:4860:2::9/tcp/1')).to.equal(false)
  })

  it('leaves local networks and relays alone, unless told otherwise', async () => {
    install()
    for (let n = 0; n < 50; n++) {
      expect(await denies(`/ip4/127.0.0.1/tcp/${n + 1}`)).to.equal(false)
      expect(await denies('/ip4/9.9.9.9/tcp/1/p2p/12D3KooWAqNJVSqb9TcXA8Ekkt38CgbE7rvqAcihfBDLj2jHZ1pm/p2p-circuit')).to.equal(false)
    }
    install({ netgroups: { localAsPublic: true } })
    for (let n = 0; n < 8; n++) await denies(`/ip4/127.0.0.1/tcp/${n + 1}`)
    expect(await denies('/ip4/127.0.0.1/tcp/9')).to.equal(true)
  })

  it('refuses before cryptography when it is full and 8 newcomers are being sent away', async () => {
    install()
    for (let n = 0; n < 40; n++) open(await randomPeer(), `/ip4/127.0.0.1/tcp/${n + 1}`)
    expect(await denies('/ip4/127.0.0.1/tcp/99')).to.equal(false)
    for (let n = 0; n < 8; n++) {
      const guest = await randomPeer()
      open(guest, `/ip4/127.0.0.1/tcp/${100 + n}`)
      peers.get(guest)!.surplus = true
    }
    expect(await denies('/ip4/127.0.0.1/tcp/99')).to.equal(true)
  })

  it('of two nodes dialling each other, the one with the smaller id refuses, the other accepts', async () => {
    const remote = await randomPeer()
    const maConn = { remoteAddr: multiaddr('/ip4/127.0.0.1/tcp/1') } as MultiaddrConnection
    const [small, large] = isSmaller(self, remote) ? [self, remote] : [remote, self]
    for (const [own, other, refuses] of [[small, large, true], [large, small, false]] as const) {
      install({ self: own, isDialing: id => id === other.toString() })
      expect(await gater.denyInboundEncryptedConnection?.(other, maConn)).to.equal(refuses)
      install({ self: own })
      expect(await gater.denyInboundEncryptedConnection?.(other, maConn)).to.equal(false)
      open(other, '/ip4/127.0.0.1/tcp/1', 'outbound')
      expect(await gater.denyInboundEncryptedConnection?.(other, maConn), 'young connection').to.equal(refuses)
      clock.advance(5_000)
      expect(await gater.denyInboundEncryptedConnection?.(other, maConn), 'old, perhaps dead').to.equal(false)
    }
  })

  it('asks the bans at every door', async () => {
    const banned = await randomPeer()
    install({ bans: () => ({ isDenied: ({ peerId, multiaddr }) => peerId?.equals(banned) === true || multiaddr?.toString().includes('6.6.6.6') === true }) })
    const maConn = { remoteAddr: multiaddr('/ip4/127.0.0.1/tcp/1') } as MultiaddrConnection
    expect(await gater.denyDialPeer?.(banned)).to.equal(true)
    expect(await gater.denyDialPeer?.(self)).to.equal(false)
    expect(await gater.denyDialMultiaddr?.(multiaddr('/ip4/6.6.6.6/tcp/1'))).to.equal(true)
    expect(await denies('/ip4/6.6.6.6/tcp/1')).to.equal(true)
    expect(await gater.denyInboundEncryptedConnection?.(banned, maConn)).to.equal(true)
  })
})
