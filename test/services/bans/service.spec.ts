import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { BaseDatastore } from 'datastore-core'
import { bans } from '../../../src/services/bans/index.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { START_MS } from '../../support/open-book.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { rejection } from '../../support/rejection.ts'
import { openedBans, SELF, settled, StubScoring } from './open-bans.ts'
import type { AppError } from '../../../src/errors.ts'
import type { BansComponents, BansInit } from '../../../src/services/bans/index.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

describe('bans: service', () => {
  const rng = seededRng(1)
  const [peer, other, relay] = [randomPeerId(rng), randomPeerId(rng), randomPeerId(rng)]
  const open = openedBans()

  describe('a ban by hand', () => {
    it('is in force, listed, announced, explained and told to scoring when it resolves', async () => {
      const { bans, events, scoring } = await open()
      const ban = await bans.ban(peer, { reason: 'spam' })
      expect(ban).to.deep.equal({
        kind: 'peer', key: peer.toString(), by: 'hand', reason: 'spam', sinceMs: START_MS, untilMs: START_MS + HOUR_MS, strikes: 1, severity: 100
      })
      expect(bans.get(peer)).to.deep.equal(ban)
      expect(bans.list()).to.deep.equal([ban])
      expect(bans.list({ kind: 'ip' })).to.deep.equal([])
      expect(bans.isDenied({ peerId: peer }, 'pex')).to.equal(true)
      expect(bans.isDenied({ peerId: other }, 'pex')).to.equal(false)
      expect(events).to.deep.equal([`added ${peer.toString()}`])
      expect(scoring.told).to.deep.equal([`banned ${peer.toString()} 1`])
      expect(bans.explain(peer)).to.deep.equal([
        { timeMs: START_MS, where: 'pex', decision: 'denied', rule: peer.toString() },
        { timeMs: START_MS, where: 'hand', decision: 'banned', rule: 'spam' }
      ])
      expect(bans.snapshot()).to.deep.include({ bans: [ban], denied: { pex: 1 }, throttled: 0 })
    })

    it('is in force while it is written', async () => {
      const { bans } = await open()
      const banning = bans.ban(peer)
      expect(bans.isDenied({ peerId: peer })).to.equal(true)
      await banning
    })

    it('lasts 1 h, 4 h, 24 h, 7 d and 7 d again in 30 days, then 1 h again', async () => {
      const { bans, clock, events } = await open()
      const lengths: number[] = []
      for (let strike = 1; strike <= 5; strike++) {
        const { sinceMs, untilMs, strikes } = await bans.ban('9.9.9.9')
        expect(strikes).to.equal(strike)
        lengths.push(untilMs! - sinceMs)
        clock.advance(untilMs! - sinceMs - 1)
        expect(bans.isDenied({ multiaddr: multiaddr('/ip4/9.9.9.9/tcp/1') })).to.equal(true)
        clock.advance(1)
        expect(bans.isDenied({ multiaddr: multiaddr('/ip4/9.9.9.9/tcp/1') })).to.equal(false)
      }
      expect(lengths).to.deep.equal([1, 4, 24, 7 * 24, 7 * 24].map(hours => hours * HOUR_MS))
      expect(events.filter(event => event === 'expired 9.9.9.9')).to.have.length(5)
      clock.advance(31 * DAY_MS)
      expect(await bans.ban('9.9.9.9')).to.include({ strikes: 1, untilMs: clock.now() + HOUR_MS })
    })

    it('is for good from the fifth strike on with `permanent`', async () => {
      const { bans, clock } = await open({ permanent: true })
      for (let strike = 1; strike <= 4; strike++) clock.advance((await bans.ban('9.9.9.9')).untilMs! - clock.now())
      expect(await bans.ban('9.9.9.9')).to.not.have.property('untilMs')
    })

    it('lasts as long as asked for, or for ever', async () => {
      const { bans } = await open()
      expect(await bans.ban('9.9.9.9', { durationMs: 5_000 })).to.include({ untilMs: START_MS + 5_000 })
      expect(await bans.ban('9.9.9.8', { durationMs: 'forever' })).to.not.have.property('untilMs')
      for (const durationMs of [0, -1, NaN, Infinity, 'long' as never]) {
        expect(await rejection(bans.ban('9.9.9.7', { durationMs }))).to.include({ code: 'BANS_DURATION_INVALID' })
      }
      expect(bans.get('9.9.9.7')).to.equal(undefined)
    })

    it('takes the place of the running one, which leaves no strike', async () => {
      const { bans, clock } = await open()
      await bans.ban(peer, { durationMs: 'forever' })
      clock.advance(1_000)
      expect(await bans.ban(peer)).to.include({ strikes: 1, untilMs: clock.now() + HOUR_MS })
      expect(bans.list()).to.have.length(1)
      expect(bans.history(peer).map(({ end }) => end)).to.deep.equal([undefined, 'replaced'])
    })

    it('is refused for nonsense, for this node and for whom is allowed', async () => {
      const { bans } = await open({ allow: ['198.51.100.0/24', other.toString()] })
      const cases: Array<[target: Parameters<typeof bans.ban>[0], code: string, says: string]> = [
        ['nobody', 'BANS_TARGET_INVALID', 'nobody'],
        ['198.51.100.7/24', 'BANS_TARGET_INVALID', '198.51.100.0/24'],
        [SELF, 'BANS_SELF', SELF.toString()],
        [SELF.toString(), 'BANS_SELF', SELF.toString()],
        [other, 'BANS_ALLOWED', other.toString()],
        ['198.51.100.7', 'BANS_ALLOWED', '198.51.100.7'],
        ['198.51.100.0/28', 'BANS_ALLOWED', '198.51.100.0/28']
      ]
      for (const [target, code, says] of cases) {
        const error = await rejection(bans.ban(target))
        expect(error.code).to.equal(code)
        expect(error.message).to.include(says)
      }
      expect((await rejection(bans.ban(peer, { reason: 'x'.repeat(1_000) }))).code).to.equal('BANS_REASON_INVALID')
      expect(bans.list()).to.deep.equal([])
    })

    it('ends early when it is lifted, is forgiven, and counts no more', async () => {
      const { bans, events, scoring } = await open()
      await bans.ban(peer)
      expect(await bans.unban(peer)).to.equal(true)
      expect(await bans.unban(peer)).to.equal(false)
      expect(bans.isDenied({ peerId: peer })).to.equal(false)
      expect(events).to.deep.equal([`added ${peer.toString()}`, `lifted ${peer.toString()}`])
      expect(scoring.told.at(-1)).to.equal(`released ${peer.toString()} lifted`)
      expect(bans.history(peer)[0]).to.include({ end: 'lifted', endedMs: START_MS })
      expect(await bans.ban(peer)).to.include({ strikes: 1 })
    })

    it('ends when its time has come, on probation', async () => {
      const { bans, clock, events, scoring } = await open()
      await bans.ban(peer, { durationMs: 2_000 })
      await bans.ban(other, { durationMs: 1_000 })
      await bans.ban('9.9.9.9', { durationMs: 'forever' })
      clock.advance(1_000)
      expect(events.slice(3)).to.deep.equal([`expired ${other.toString()}`])
      clock.advance(1_000)
      expect(events.slice(4)).to.deep.equal([`expired ${peer.toString()}`])
      expect(scoring.told.at(-1)).to.equal(`released ${peer.toString()} expired`)
      expect(bans.list().map(({ key }) => key)).to.deep.equal(['9.9.9.9'])
      expect(clock.pending, 'timers beside that for writing').to.be.at.most(1)
    })

    it('needs one timer for all bans, and notices that the clock was set', async () => {
      const { bans, clock, events } = await open()
      const before = clock.pending
      for (let i = 1; i <= 50; i++) await bans.ban(`9.9.9.${i}`, { durationMs: i * HOUR_MS })
      expect(clock.pending - before).to.be.at.most(2)
      clock.advance(HOUR_MS)
      expect(events.filter(event => event.startsWith('expired'))).to.deep.equal(['expired 9.9.9.1'])
      for (let i = 2; i <= 49; i++) await bans.unban(`9.9.9.${i}`)
      clock.jump(50 * HOUR_MS)
      clock.advance(HOUR_MS)
      expect(events.at(-1)).to.equal('expired 9.9.9.50')
    })

    it('keeps at most 16 records of a key', async () => {
      const { bans } = await open()
      for (let i = 0; i < 20; i++) await bans.ban(peer, { reason: String(i) })
      expect(bans.history(peer).map(({ reason }) => Number(reason))).to.deep.equal(Array.from({ length: 16 }, (_, i) => 19 - i))
    })
  })

  describe('who is denied', () => {
    const at = (address: string): { multiaddr: ReturnType<typeof multiaddr> } => ({ multiaddr: multiaddr(address) })
    const behind = `/ip4/9.9.9.9/tcp/1/p2p/${relay.toString()}/p2p-circuit/p2p/${peer.toString()}`

    it('the banned IP, with any port and transport, and as an IPv4-mapped IPv6 address', async () => {
      const { bans } = await open()
      await bans.ban('9.9.9.9')
      for (const address of ['/ip4/9.9.9.9/tcp/1', '/ip4/9.9.9.9/udp/2/quic-v1', '/ip6/::ffff:9.9.9.9/tcp/1', `/ip4/9.9.9.9/tcp/1/p2p/${peer.toString()}`]) expect(bans.isDenied(at(address)), address).to.equal(true)
      for (const address of ['/ip4/9.9.9.8/tcp/1', '/dns4/example.org/tcp/1', '/memory/9.9.9.9', '/ip6/909:909::/tcp/1']) expect(bans.isDenied(at(address)), address).to.equal(false)
    })

    it('everybody within a banned prefix, whatever its length', async () => {
      const { bans } = await open()
      await bans.ban('9.9.8.0/23')
      await bans.ban('2001:db8:0:8000::/49')
      await bans.ban('64.0.0.0/3')
      const denied = (ip: string): boolean => bans.isDenied(at(`/ip${ip.includes(':') ? 6 : 4}/${ip}/tcp/1`))
      expect(['9.9.8.0', '9.9.9.255', '2001:db8:0:8000::1', '2001:db8:0:ffff::', '64.0.0.1', '95.255.255.255'].map(denied)).to.not.include(false)
      expect(['9.9.7.255', '9.9.10.0', '2001:db8:0:7fff::', '2001:db8:1:8000::1', '63.255.255.255', '96.0.0.0'].map(denied)).to.not.include(true)
    })

    it('a relay\'s IP when it is dialled through, never a peer that comes through it', async () => {
      const { bans } = await open()
      await bans.ban('9.9.9.9')
      expect(bans.isDenied(at(behind), 'dial')).to.equal(true)
      expect(bans.isDenied({ ...at(behind), peerId: peer }, 'inbound')).to.equal(false)
    })

    it('a banned relay, and a banned peer behind a good one', async () => {
      const { bans } = await open()
      await bans.ban(relay)
      expect(bans.isDenied(at(behind), 'dial')).to.equal(true)
      await bans.unban(relay)
      expect(bans.isDenied(at(behind), 'dial')).to.equal(false)
      await bans.ban(peer)
      expect(bans.isDenied(at(behind), 'dial')).to.equal(true)
      expect(bans.isDenied(at(behind), 'inbound')).to.equal(true)
    })

    it('nobody on the allow list: the peer wherever it is, the IP whoever is there', async () => {
      const { bans } = await open({ allow: [peer.toString(), '9.9.9.7'] })
      await bans.ban('9.9.9.0/24')
      await bans.ban(other)
      expect(bans.isDenied({ peerId: peer, ...at('/ip4/9.9.9.9/tcp/1') })).to.equal(false)
      expect(bans.isDenied(at(`/ip4/9.9.9.9/tcp/1/p2p/${peer.toString()}`), 'dial')).to.equal(false)
      expect(bans.isDenied(at('/ip4/9.9.9.7/tcp/1'))).to.equal(false)
      expect(bans.isDenied(at('/ip4/9.9.9.9/tcp/1'))).to.equal(true)
      expect(bans.isDenied({ peerId: other, ...at('/ip4/9.9.9.7/tcp/1') }), 'a banned peer at an allowed IP').to.equal(true)
      expect(bans.explain(peer)[0]).to.include({ decision: 'allowed', rule: 'allow-list' })
    })
  })

  describe('the allow list', () => {
    it('lifts the bans of what comes onto it, outlives a restart, and loses what is taken off', async () => {
      let one = await open()
      await one.bans.ban('9.9.9.9')
      await one.bans.ban('9.9.9.64/26')
      await one.bans.ban('9.9.8.0/23')
      await one.bans.ban(peer)
      await one.bans.allow('9.9.9.0/24')
      await one.bans.allow(peer)
      expect(one.bans.list().map(({ key }) => key)).to.deep.equal(['9.9.8.0/23'])
      expect(one.events.slice(4)).to.have.members(['lifted 9.9.9.9', 'lifted 9.9.9.64/26', `lifted ${peer.toString()}`])
      one = await one.reopen()
      expect(one.bans.allowed()).to.have.members(['9.9.9.0/24', peer.toString()])
      expect(one.bans.isDenied({ multiaddr: multiaddr('/ip4/9.9.9.9/tcp/1') })).to.equal(false)
      expect(await one.bans.disallow('9.9.9.0/24')).to.equal(true)
      expect(await one.bans.disallow('9.9.9.0/24')).to.equal(false)
      expect(one.bans.isDenied({ multiaddr: multiaddr('/ip4/9.9.9.9/tcp/1') })).to.equal(true)
      one = await one.reopen()
      expect(one.bans.allowed()).to.deep.equal([peer.toString()])
    })
  })

  describe('the configuration', () => {
    it('is refused when it is wrong, before anything starts', () => {
      const cases: Array<[init: BansInit, code: string, says: string]> = [
        [{ ban: ['300.1.1.1'] }, 'BANS_TARGET_INVALID', '300.1.1.1'],
        [{ allow: ['9.9.9.9/8'] }, 'BANS_TARGET_INVALID', '9.0.0.0/8'],
        [{ ban: [SELF.toString()] }, 'BANS_SELF', SELF.toString()],
        [{ ban: ['9.9.9.9'], allow: ['9.9.9.0/24'] }, 'BANS_ALLOWED', '9.9.9.9'],
        [{ ban: [peer.toString()], allow: [peer.toString()] }, 'BANS_ALLOWED', peer.toString()],
        [{ budget: 2 }, 'BANS_OPTIONS_INVALID', '2']
      ]
      const components = { peerId: SELF, logger: { forComponent: () => () => {} } } as unknown as BansComponents
      for (const [init, code, says] of cases) {
        expect(() => bans(init)(components), code).to.throw().that.satisfies((err: AppError) => err.code === code && err.message.includes(says))
      }
    })

    it('bans for as long as it stands there, and lets an IP be allowed in a banned prefix', async () => {
      let one = await open({ ban: [peer.toString(), '9.9.9.0/24'], allow: ['9.9.9.9'] })
      expect(one.bans.isDenied({ peerId: peer })).to.equal(true)
      expect(one.bans.isDenied({ multiaddr: multiaddr('/ip4/9.9.9.8/tcp/1') })).to.equal(true)
      expect(one.bans.isDenied({ multiaddr: multiaddr('/ip4/9.9.9.9/tcp/1') })).to.equal(false)
      expect(one.bans.get(peer)).to.include({ by: 'hand', reason: 'configured' }).and.not.have.property('untilMs')
      expect(one.bans.allowed()).to.deep.equal(['9.9.9.9'])
      await one.bans.ban(peer, { durationMs: 1_000 })
      one.clock.advance(1_000)
      expect(one.bans.isDenied({ peerId: peer }), 'a shorter ban does not end it').to.equal(true)
      one = await one.reopen({ ban: [], allow: [] })
      expect(one.bans.list()).to.deep.equal([])
      expect(one.bans.allowed()).to.deep.equal([])
    })

    it('is overruled by hand until the next start', async () => {
      let one = await open({ ban: [peer.toString()] })
      expect(await one.bans.unban(peer)).to.equal(true)
      expect(one.bans.isDenied({ peerId: peer })).to.equal(false)
      one = await one.reopen()
      expect(one.bans.isDenied({ peerId: peer })).to.equal(true)
    })
  })

  describe('whoever is connected', () => {
    it('has 500 ms to hear a goodbye, then is cut off; others stay', async () => {
      const { bans, clock, connections } = await open()
      connections.open(peer, '/ip4/9.9.9.9/tcp/1')
      connections.open(peer, '/ip4/9.9.9.9/tcp/2', 'outbound')
      connections.open(other, '/ip4/9.9.9.9/tcp/3')
      await bans.ban(peer)
      clock.advance(499)
      expect(connections.peers).to.have.members([peer.toString(), other.toString()])
      clock.advance(1)
      expect(connections.peers).to.deep.equal([other.toString()])
    })

    it('at a banned address goes, too, but not one behind a relay there', async () => {
      const { bans, clock, connections } = await open({ allow: [relay.toString()] })
      connections.open(peer, '/ip4/9.9.9.9/tcp/1')
      connections.open(other, `/ip4/9.9.9.8/tcp/1/p2p/${relay.toString()}/p2p-circuit/p2p/${other.toString()}`)
      connections.open(relay, '/ip4/9.9.9.8/tcp/1')
      await bans.ban('9.9.9.0/24')
      clock.advance(500)
      expect(connections.peers).to.have.members([other.toString(), relay.toString()])
    })

    it('under a ban that only the allow list kept off goes when it is taken off', async () => {
      const { bans, clock, connections } = await open({ allow: [peer.toString()] })
      await bans.ban('9.9.9.0/24')
      connections.open(peer, '/ip4/9.9.9.9/tcp/1')
      clock.advance(1_000)
      await settled()
      expect(connections.peers).to.deep.equal([peer.toString()])
      await bans.disallow(peer)
      clock.advance(500)
      expect(connections.peers).to.deep.equal([])
    })

    it('stays when the ban was lifted meanwhile', async () => {
      const { bans, clock, connections } = await open()
      connections.open(peer, '/ip4/9.9.9.9/tcp/1')
      await bans.ban(peer)
      await bans.unban(peer)
      clock.advance(1_000)
      expect(connections.peers).to.deep.equal([peer.toString()])
    })

    it('goes when it is no longer on the allow list that kept it in', async () => {
      const { bans, clock, connections } = await open()
      await bans.allow(peer)
      await bans.ban('9.9.9.9')
      connections.open(peer, '/ip4/9.9.9.9/tcp/1')
      clock.advance(1_000)
      expect(connections.peers).to.deep.equal([peer.toString()])
      await bans.disallow(peer)
      clock.advance(500)
      expect(connections.peers).to.deep.equal([])
    })

    it('is cut off at once when it was already past the gater', async () => {
      const { bans, connections } = await open()
      await bans.ban(peer)
      connections.open(peer, '/ip4/9.9.9.9/tcp/1')
      await settled()
      expect(connections.peers).to.deep.equal([])
    })
  })

  describe('the datastore', () => {
    class SickDatastore extends BaseDatastore {
      isSick = true
      override batch (): any {
        return { put: () => {}, delete: () => {}, commit: async () => { if (this.isSick) throw new Error('the disk is full') } }
      }

      override async * query (): AsyncGenerator<any> { /* nothing is stored */ }
      override async * queryKeys (): AsyncGenerator<any> { /* nothing is stored */ }
    }

    it('that cannot be written makes ban() reject, with the ban in force and written later', async () => {
      const datastore = new SickDatastore()
      const { bans, clock, events } = await open({ datastore })
      const error = await rejection(bans.ban(peer))
      expect(error.code).to.equal('BANS_WRITE_FAILED')
      expect(bans.isDenied({ peerId: peer })).to.equal(true)
      expect(events).to.deep.equal([`added ${peer.toString()}`])
      expect(bans.snapshot().gauges.unwritten).to.equal(1)
      datastore.isSick = false
      await clock.advanceAsync(10_000, 1_000)
      expect(bans.snapshot().gauges.unwritten).to.equal(0)
      datastore.isSick = true
      const refused = await rejection(bans.import(['{"key":"9.9.9.9"}']))
      expect(refused.code).to.equal('BANS_WRITE_FAILED')
      expect(bans.get('9.9.9.9'), 'nothing of an import').to.equal(undefined)
    })

    it('has to be read before anything can be banned', async () => {
      const components = { peerId: SELF, logger: { forComponent: () => () => {} } } as unknown as BansComponents
      const service = bans()(components)
      for (const attempt of [service.ban(peer), service.unban(peer), service.allow(peer), service.disallow(peer), service.import([])]) expect((await rejection(attempt)).code).to.equal('BANS_NOT_STARTED')
      expect(service.isDenied({ peerId: peer })).to.equal(false)
    })
  })

  it('works without scoring', async () => {
    const { bans, connections, clock } = await open({ scoring: null })
    connections.open(peer, '/ip4/9.9.9.9/tcp/1')
    await bans.ban(peer)
    clock.advance(500)
    expect(connections.peers).to.deep.equal([])
    expect(await bans.unban(peer)).to.equal(true)
  })

  it('tells scoring at the start whom it may have forgotten, and bans whom scoring found banned meanwhile', async () => {
    const scoring = new StubScoring()
    let one = await open({ scoring })
    await one.bans.ban(peer)
    await one.stop()
    scoring.told.length = 0
    scoring.released(peer, 'expired')
    scoring.condemn(other, { misbehaviour: 77 })
    one = await open({ scoring, datastore: one.datastore, clock: one.clock })
    await settled()
    expect(scoring.told).to.include.members([`banned ${peer.toString()} 1`, `banned ${other.toString()} 1`])
    expect(one.bans.get(other)).to.include({ by: 'score', severity: 77 })
  })
})
