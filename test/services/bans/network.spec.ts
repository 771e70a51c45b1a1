import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { MemoryDatastore } from 'datastore-core'
import { createLibp2p } from 'libp2p'
import { bans } from '../../../src/services/bans/index.ts'
import { scoring } from '../../../src/services/scoring/index.ts'
import { openToVetoes } from '../../../src/util/veto.ts'
import { eventually } from '../../support/eventually.ts'
import { stopAll } from '../../support/stop-all.ts'
import type { ConnectionGater, Libp2p, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { BansInit, PeerBans } from '../../../src/services/bans/index.ts'
import type { PeerScoring } from '../../../src/services/scoring/index.ts'

type GuardedNode = Libp2p<{ bans: PeerBans, scoring: PeerScoring }>

const running: Libp2p[] = []

async function node<S extends Record<string, (components: any) => unknown>> (services: S, init: { privateKey?: PrivateKey, datastore?: Datastore, ip?: string, connectionGater?: ConnectionGater } = {}): Promise<Libp2p> {
  const { ip = '127.0.0.1', ...rest } = init
  const made = await createLibp2p({
    ...rest,
    addresses: { listen: [`/ip4/${ip}/tcp/0`] },
    transports: [tcp({ dialOpts: { localAddress: ip } as object })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: Infinity, reconnectRetries: 0 },
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ...services }
  })
  running.push(made)
  return made
}

async function guarded (init: BansInit = {}, options: Parameters<typeof node>[1] = {}): Promise<GuardedNode> {
  return await node({ scoring: scoring({ localAsPublic: true }), bans: bans({ localAsPublic: true, ...init }) }, options) as GuardedNode
}

const bare = async (ip?: string): Promise<Libp2p> => node({}, { ip })

/** Whether it gets in: libp2p's dial succeeds before the other side has refused. */
async function getsIn (from: Libp2p, to: Libp2p): Promise<boolean> {
  try {
    const connection = await from.dial(to.getMultiaddrs(), { signal: AbortSignal.timeout(5_000) })
    await eventually('it is let in or thrown out', () => connection.status !== 'open' || to.getConnections(from.peerId).length > 0)
    return to.getConnections(from.peerId).length > 0
  } catch {
    return false
  } finally {
    await from.hangUp(to.peerId)
    await eventually('nothing is left', () => to.getConnections(from.peerId).length === 0)
  }
}

describe('bans: real nodes', () => {
  afterEach(async () => { await stopAll(running.splice(0)) })

  it('a banned peer gets in in neither direction, however often it tries; others do', async () => {
    const [victim, offender, honest] = await Promise.all([guarded(), bare(), bare('127.0.0.2')])
    expect(await getsIn(offender, victim)).to.equal(true)
    await victim.services.bans.ban(offender.peerId)
    const score = victim.services.scoring.score(offender.peerId)
    for (let attempt = 0; attempt < 4; attempt++) {
      expect(await getsIn(offender, victim)).to.equal(false)
      expect(victim.services.scoring.score(offender.peerId)).to.be.closeTo(score, 0.01)
    }
    const refusal = await victim.dial(offender.getMultiaddrs()).then(() => undefined, (err: Error) => err.name)
    expect(refusal).to.equal('DialDeniedError')
    expect(await getsIn(honest, victim)).to.equal(true)
    const { denied, throttled } = victim.services.bans.snapshot()
    expect(denied).to.include({ inbound: 3, throttled: 1, dial: 1 })
    expect(throttled).to.equal(1)
  })

  it('one dialled without its peer id is refused once it is known', async () => {
    const [victim, offender] = await Promise.all([guarded(), bare()])
    await victim.services.bans.ban(offender.peerId)
    const anonymous = offender.getMultiaddrs().map(address => address.decapsulate('/p2p'))
    const refused = await victim.dial(anonymous).then(() => false, () => true)
    expect(refused).to.equal(true)
    expect(victim.getConnections()).to.deep.equal([])
  })

  it('a connected peer is cut off within 1 s', async () => {
    const [victim, offender, honest] = await Promise.all([guarded(), bare(), bare()])
    await Promise.all([offender, honest].map(async from => from.dial(victim.getMultiaddrs())))
    await eventually('both are connected', () => victim.getPeers().length === 2)
    const startMs = performance.now()
    await victim.services.bans.ban(offender.peerId)
    await eventually('it is cut off', () => victim.getConnections(offender.peerId).length === 0 && offender.getConnections(victim.peerId).length === 0)
    expect(performance.now() - startMs).to.be.within(450, 1_000)
    expect(victim.getPeers().map(String)).to.deep.equal([honest.peerId.toString()])
  })

  it('an IP is refused before any cryptography, its neighbour is not', async () => {
    const [victim, offender, neighbour] = await Promise.all([guarded(), bare('127.0.0.9'), bare('127.0.0.10')])
    await victim.services.bans.ban('127.0.0.9')
    const refused = await offender.dial(victim.getMultiaddrs()).then(() => false, () => true)
    expect(refused, 'its handshake cannot end').to.equal(true)
    expect(await getsIn(neighbour, victim)).to.equal(true)
    const outcome = await victim.dial(offender.getMultiaddrs()).then(() => undefined, (err: Error) => err.name)
    expect(outcome).to.equal('DialDeniedError')
    expect(victim.services.bans.explain('127.0.0.9').map(({ where, decision }) => `${where} ${decision}`)).to.deep.equal(['dial denied', 'inbound denied', 'hand banned'])
  })

  it('a ban is in force from the first moment after a restart, and one in the configuration too', async () => {
    const [privateKey, datastore] = [await generateKeyPair('Ed25519'), new MemoryDatastore()]
    const [first, offender, other, honest] = await Promise.all([guarded({}, { privateKey, datastore }), bare(), bare(), bare()])
    await first.services.bans.ban(offender.peerId)
    await first.stop()
    const second = await guarded({ ban: [other.peerId.toString()] }, { privateKey, datastore })
    expect(await getsIn(offender, second)).to.equal(false)
    expect(await getsIn(other, second)).to.equal(false)
    expect(await getsIn(honest, second)).to.equal(true)
  })

  it('an allowed peer cannot be banned, and stays', async () => {
    const friend = await bare()
    const victim = await guarded({ allow: [friend.peerId.toString()] })
    await friend.dial(victim.getMultiaddrs())
    for (let i = 0; i < 3; i++) victim.services.scoring.report(friend.peerId, 'fatal', 'test:junk')
    expect(victim.services.bans.get(friend.peerId)).to.equal(undefined)
    expect(victim.services.bans.explain(friend.peerId)[0]).to.include({ decision: 'spared', rule: 'allow-list' })
    expect(await getsIn(friend, victim)).to.equal(true)
  })

  it('what is denied stays out of the peer store, when that was prepared', async () => {
    const connectionGater: ConnectionGater = {}
    openToVetoes(connectionGater, 'filterMultiaddrForPeer', 'keeps')
    const [victim, offender] = await Promise.all([guarded({}, { connectionGater }), bare()])
    await victim.services.bans.ban('198.51.100.0/24')
    const [bad, good] = [multiaddr('/ip4/198.51.100.7/tcp/1'), multiaddr('/ip4/203.0.113.7/tcp/1')]
    await victim.peerStore.merge(offender.peerId, { multiaddrs: [bad, good] })
    const { addresses } = await victim.peerStore.get(offender.peerId)
    expect(addresses.map(({ multiaddr }) => multiaddr.toString())).to.deep.equal([good.toString()])
  })

  for (const [goodPeers, limit] of [[0, 3], [1, 5]] as const) {
    it(`T8: of ids one after another from one IP, each with junk, the ${limit}th has the IP banned${goodPeers === 0 ? '' : ' when somebody good is there'}`, async () => {
      const victim = await guarded()
      if (goodPeers > 0) {
        const good = await bare('127.0.0.5')
        await good.dial(victim.getMultiaddrs())
        await eventually('it is connected', () => victim.getPeers().length === 1)
        for (let i = 0; i < 100; i++) victim.services.scoring.observe(good.peerId, { what: 'delivery' })
      }
      let junk = 0
      victim.addEventListener('connection:open', ({ detail: { remotePeer, remoteAddr } }) => {
        if (remotePeer.toString() !== current) return
        expect(remoteAddr.toString()).to.include('/127.0.0.5/')
        for (; victim.services.scoring.standing(remotePeer) !== 'banned'; junk++) victim.services.scoring.report(remotePeer, 'severe', 'test:junk')
      })
      let ids = 0
      let current = ''
      while (!victim.services.bans.isDenied({ multiaddr: multiaddr('/ip4/127.0.0.5/tcp/1') }) && ids < 10) {
        const offender = await bare('127.0.0.5')
        current = offender.peerId.toString()
        ids++
        await offender.dial(victim.getMultiaddrs()).catch(() => {})
        await eventually('it is banned', () => victim.services.bans.get(offender.peerId))
      }
      expect(ids).to.equal(limit)
      expect(junk).to.be.at.most(15)
      expect(victim.services.bans.get('127.0.0.5')).to.include({ by: 'spread' })
      await eventually('all are cut off', () => victim.getConnections().length === 0)
    })
  }
})
