import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { DEFAULT_LIMITS } from '../../../src/services/pool/constants.ts'
import { Gate, isSmaller } from '../../../src/services/pool/gate.ts'
import { PeerTable } from '../../../src/services/pool/peers.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import type { Connection, ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { GateInit } from '../../../src/services/pool/gate.ts'

async function randomPeer (): Promise<PeerId> {
  return peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
}

/** As much of a raw connection as the gate looks at. */
class RawConnection extends EventTarget {
  readonly remoteAddr: Multiaddr
  aborted = false

  constructor (address: string) {
    super()
    this.remoteAddr = multiaddr(address)
  }

  abort (): void {
    this.aborted = true
    this.dispatchEvent(new Event('close'))
  }
}

function raw (address: string): RawConnection & MultiaddrConnection {
  return new RawConnection(address) as unknown as RawConnection & MultiaddrConnection
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
  let gate: Gate

  before(async () => { self = await randomPeer() })
  beforeEach(() => { clock = new ManualClock() })

  function install (init: Partial<GateInit> = {}): void {
    const netgroups = init.netgroups ?? {}
    peers = new PeerTable(netgroups)
    gater = {}
    gate = new Gate({ clock, netgroups, self, peers, limits: () => DEFAULT_LIMITS, isTurnedAway: () => false, isIsolated: () => false, isDialing: () => false, ...init })
    gate.install(gater)
  }

  const begins = async (connection: MultiaddrConnection): Promise<boolean> => await gater.denyInboundConnection?.(connection) === false
  /** Whose handshake is done at once. */
  const denies = async (address: string): Promise<boolean> => {
    const connection = raw(address)
    const begun = await begins(connection)
    await gater.denyInboundUpgradedConnection?.(self, connection)
    return !begun
  }
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

  it('accepts 32 connections at once through one relay, then two a second', async () => {
    install()
    const [relay, other] = [await randomPeer(), await randomPeer()]
    const through = async (relay: PeerId, host = '9.9.9.9'): Promise<boolean> => await denies(`/ip4/${host}/tcp/1/p2p/${relay.toString()}/p2p-circuit/p2p/${(await randomPeer()).toString()}`)
    for (let n = 0; n < 32; n++) expect(await through(relay)).to.equal(false)
    expect(await through(relay)).to.equal(true)
    expect(await through(relay, '8.8.8.8'), 'wherever it is').to.equal(true)
    expect(await through(other)).to.equal(false)
    expect(gate.gauges.relayRates).to.equal(2)
    clock.advance(1_000)
    expect([await through(relay), await through(relay), await through(relay)]).to.deep.equal([false, false, true])
    for (let n = 0; n < 50; n++) expect(await through(relay, '10.0.0.1'), 'a relay on a local network').to.equal(false)
  })

  it('leaves local networks alone, unless told otherwise', async () => {
    install()
    for (let n = 0; n < 50; n++) expect(await denies(`/ip4/127.0.0.1/tcp/${n + 1}`)).to.equal(false)
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

  it('does not let in whom scoring has turned against', async () => {
    const bad = await randomPeer()
    install({ isTurnedAway: peerId => peerId.equals(bad) })
    expect(await gater.denyInboundEncryptedConnection?.(bad, raw('/ip4/127.0.0.1/tcp/1'))).to.equal(true)
    expect(await gater.denyInboundEncryptedConnection?.(self, raw('/ip4/127.0.0.1/tcp/1'))).to.equal(false)
  })

  it('does not let any module dial whom scoring has turned against, unless this node has nobody else', async () => {
    const bad = await randomPeer()
    let isolated = false
    const asked: string[] = []
    install({
      isTurnedAway: (peerId, multiaddr) => {
        asked.push(String(multiaddr))
        return peerId.equals(bad)
      },
      isIsolated: () => isolated
    })
    const dials = async (peerId: PeerId): Promise<unknown[]> => [await gater.denyDialPeer?.(peerId), await gater.denyOutboundEncryptedConnection?.(peerId, raw('/ip4/9.9.9.9/tcp/1'))]
    expect(await dials(bad)).to.deep.equal([true, true])
    expect(asked, 'its address may be on the allow list').to.deep.equal(['undefined', '/ip4/9.9.9.9/tcp/1'])
    expect(await dials(self)).to.deep.equal([false, false])
    isolated = true
    expect(await dials(bad)).to.deep.equal([false, false])
    expect(await gater.denyInboundEncryptedConnection?.(bad, raw('/ip4/9.9.9.9/tcp/1')), 'it may not come by itself').to.equal(true)
  })

  it('accepts four times as many from a subnet as from a host, and not fewer for what one host tried in vain', async () => {
    install()
    for (let n = 0; n < 100; n++) await denies('/ip4/9.9.9.1/tcp/1')
    let accepted = 8
    for (let n = 2; n < 200; n++) if (!await denies(`/ip4/9.9.9.${n}/tcp/1`)) accepted++
    expect(accepted).to.equal(32)
    expect(await denies('/ip4/9.9.8.1/tcp/1')).to.equal(false)
    expect(gate.gauges).to.include({ acceptRates: 200, subnetRates: 2 })
  })

  it('takes an IPv6 /64 for one host', async () => {
    install({ limits: () => ({ ...DEFAULT_LIMITS, acceptRate: { perSecond: 0.2, burst: 4 } }) })
    for (let n = 1; n <= 4; n++) expect(await denies(`/ip6/2001:4860:1:1::${n}/tcp/1`)).to.equal(false)
    expect(await denies('/ip6/2001:4860:1:1:ffff::9/tcp/1')).to.equal(true)
    expect(await denies('/ip6/2001:4860:1:2::9/tcp/1')).to.equal(false)
    for (let n = 1; n <= 4; n++) open(await randomPeer(), `/ip6/2001:4860:2:1:${n}::1/tcp/1`)
    expect(await denies('/ip6/2001:4860:2:1::9/tcp/1'), 'peers of one /64').to.equal(true)
  })

  describe('handshakes under way', () => {
    it('end when libp2p says so, or when the connection closes', async () => {
      install()
      const [one, two] = [raw('/ip4/9.9.9.1/tcp/1'), raw('/ip4/9.9.9.2/tcp/1')]
      expect([await begins(one), await begins(two)]).to.deep.equal([true, true])
      expect(gate.gauges.handshakes).to.equal(2)
      expect(await gater.denyInboundUpgradedConnection?.(self, one)).to.equal(false)
      two.abort()
      expect(gate.gauges.handshakes).to.equal(0)
    })

    it('are three a host and ten in all; one that has had its time gives way', async () => {
      install()
      const own = [1, 2, 3].map(port => raw(`/ip4/9.9.9.9/tcp/${port}`))
      for (const connection of own) expect(await begins(connection)).to.equal(true)
      expect(await begins(raw('/ip4/9.9.9.9/tcp/4'))).to.equal(false)
      clock.advance(250)
      expect(await begins(raw('/ip4/9.9.9.9/tcp/5'))).to.equal(true)
      expect(own.map(({ aborted }) => aborted)).to.deep.equal([true, false, false])
      expect(gate.gauges.handshakes).to.equal(3)
      for (let n = 0; n < 20; n++) await begins(raw(`/ip4/9.${n}.9.9/tcp/1`))
      expect(gate.gauges.handshakes).to.equal(10)
    })

    it('count for the peers of a host and of a subnet: of those that begin together not all would fit', async () => {
      install()
      for (let n = 0; n < 2; n++) open(await randomPeer(), `/ip4/9.9.9.1/tcp/${n}`)
      const both = [raw('/ip4/9.9.9.1/tcp/8'), raw('/ip4/9.9.9.1/tcp/9')]
      for (const connection of both) expect(await begins(connection)).to.equal(true)
      expect(await begins(raw('/ip4/9.9.9.1/tcp/10'))).to.equal(false)
      both[0]!.abort()
      expect(await begins(raw('/ip4/9.9.9.1/tcp/11'))).to.equal(true)
      for (let n = 0; n < 5; n++) open(await randomPeer(), `/ip4/9.9.9.${20 + n}/tcp/1`)
      expect(await begins(raw('/ip4/9.9.9.30/tcp/1'))).to.equal(true)
      expect(await begins(raw('/ip4/9.9.9.31/tcp/1'))).to.equal(false)
    })

    it('leaves the gater as it was', async () => {
      install()
      await begins(raw('/ip4/9.9.9.9/tcp/1'))
      gate.uninstall()
      expect(Object.values(gater)).to.deep.equal([undefined, undefined, undefined, undefined, undefined])
      expect(gate.gauges.handshakes).to.equal(0)
    })
  })
})
