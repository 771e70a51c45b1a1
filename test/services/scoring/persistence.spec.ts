import { defaultLogger } from '@libp2p/logger'
import { expect } from 'chai'
import { MemoryDatastore } from 'datastore-core'
import * as fc from 'fast-check'
import { Key } from 'interface-datastore'
import { seededRng } from '../../../src/util/rng.ts'
import { eventually } from '../../support/eventually.ts'
import { openScoring } from '../../support/open-scoring.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { rejection } from '../../support/rejection.ts'
import type { ComponentLogger, PeerId } from '@libp2p/interface'
import type { Batch, Datastore } from 'interface-datastore'
import type { PeerScore, PeerScoring } from '../../../src/services/scoring/index.ts'

const PREFIX = '/peerkeep/scoring/peer/'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const rng = seededRng(29)

/** What a user can see of a peer, without what belongs to the moment. */
function seen (scoring: PeerScoring, peer: PeerId): Omit<PeerScore, 'peerId' | 'connected' | 'factors'> | undefined {
  const score = scoring.get(peer)
  if (score == null) return undefined
  const { peerId: _peerId, connected: _connected, factors: _factors, ...rest } = score
  return rest
}

async function keys (datastore: Datastore): Promise<string[]> {
  const names: string[] = []
  for await (const { key } of datastore.query({ prefix: PREFIX })) names.push(key.toString().slice(PREFIX.length))
  return names
}

function listening (): { logger: ComponentLogger, errors: string[] } {
  const errors: string[] = []
  const logger = defaultLogger()
  return {
    errors,
    logger: {
      forComponent (name) {
        const log = logger.forComponent(name)
        return Object.assign((...args: [any, ...any[]]) => { log(...args) }, log, {
          error: (format: string, ...args: unknown[]) => {
            let i = 0
            errors.push(format.replaceAll('%s', () => String(args[i++])))
          }
        }) as any
      }
    }
  }
}

class WatchedDatastore extends MemoryDatastore {
  broken = false
  batches = 0

  override batch (): Batch {
    const batch = super.batch()
    return {
      put: (key, value) => { batch.put(key, value) },
      delete: key => { batch.delete(key) },
      commit: async options => {
        await Promise.resolve()
        if (this.broken) throw new Error('no space left on device')
        this.batches++
        await batch.commit(options)
      }
    }
  }
}

/** `bans` is what the service of that name would remember. */
type Act = (scoring: PeerScoring, peer: PeerId, bans: Map<PeerId, number>) => void

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constantFrom('minor' as const, 'moderate' as const, 'severe' as const, 'fatal' as const).map((offence): Act => (scoring, peer) => { scoring.report(peer, offence, 'test:any') }),
  fc.constantFrom('delivery' as const, 'dial-failed' as const, 'ping-timeout' as const, 'request-timeout' as const).map((what): Act => (scoring, peer) => { scoring.observe(peer, { what }) }),
  fc.nat(10_000).map((tookMs): Act => (scoring, peer) => { scoring.observe(peer, { what: 'answer', tookMs, bytes: tookMs * 100 }) }),
  fc.integer({ min: 1, max: 5 }).map((strikes): Act => (scoring, peer, bans) => { bans.set(peer, strikes); scoring.banned(peer, strikes) }),
  fc.constantFrom('expired' as const, 'lifted' as const).map((how): Act => (scoring, peer, bans) => { bans.delete(peer); scoring.released(peer, how) })
)

describe('scoring: persistence', () => {
  it('gives the same scores after a crash, whatever has happened', async () => {
    const peers = Array.from({ length: 5 }, () => randomPeerId(rng))
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(act, fc.nat(4), fc.nat(HOUR)), { maxLength: 40 }), async acts => {
      const { scoring, clock, crash } = await openScoring()
      const bans = new Map<PeerId, number>()
      for (const [act, number, afterMs] of acts) {
        act(scoring, peers[number]!, bans)
        clock.advance(afterMs)
      }
      await scoring.flush()
      const { scoring: again } = await crash()
      // as bans does
      for (const [peer, strikes] of bans) again.banned(peer, strikes)
      for (const peer of peers) {
        const [before, after] = [seen(scoring, peer), seen(again, peer)]
        for (const name of ['score', 'misbehaviour', 'credit', 'unreliability', 'quality'] as const) {
          // what was too little to be written
          const near = after == null ? 0.035 : 1e-6
          if (name !== 'quality' || after != null) expect(after?.[name] ?? 0, name).to.be.closeTo(before?.[name] ?? 0, near)
        }
        expect(after?.standing ?? 'good').to.equal(before?.standing ?? 'good')
        if (after != null) expect([after.strikes, after.history]).to.deep.equal([before?.strikes, before?.history])
      }
    }), { numRuns: 60 })
  })

  it('forgives while the node is off as much as while it is on', async () => {
    const open = await openScoring()
    const peer = randomPeerId(rng)
    open.scoring.report(peer, 'moderate', 'test:flood')
    open.scoring.observe(peer, { what: 'delivery' })
    await open.stop()
    open.clock.advance(30 * MINUTE)
    const { scoring } = await open.crash()
    expect(scoring.get(peer)?.misbehaviour).to.be.closeTo(2, 1e-6)
    expect(scoring.get(peer)?.credit).to.be.closeTo(0.05 * 2 ** (-0.5 / 24), 1e-9)
  })

  it('forgives nothing when the wall clock was set back meanwhile', async () => {
    const open = await openScoring()
    const peer = randomPeerId(rng)
    open.scoring.report(peer, 'moderate', 'test:flood')
    await open.stop()
    for (const jump of [-30 * DAY, -60 * 365 * DAY]) {
      open.clock.jump(jump)
      const again = await open.crash()
      expect(again.scoring.score(peer)).to.equal(-8)
      again.clock.advance(1_000)
      expect(again.scoring.score(peer), 'and then as always').to.be.within(-7.999, -7)
      again.scoring.forget(peer)
      again.scoring.report(peer, 'moderate', 'test:flood')
      await again.stop()
    }
  })

  it('goes on with a cool-down and does not begin another', async () => {
    const open = await openScoring()
    const peer = randomPeerId(rng)
    for (let i = 0; i < 7; i++) open.scoring.report(peer, 'moderate', 'test:flood')
    open.clock.advance(6 * MINUTE)
    const { scoring, clock } = await open.reopen()
    clock.advance(4 * MINUTE - 1)
    expect(scoring.standing(peer)).to.equal('refused')
    clock.advance(1)
    expect(scoring.standing(peer)).to.equal('discouraged')
  })

  it('keeps misbehaviour as it is over a restart while bans says so', async () => {
    const open = await openScoring()
    const peer = randomPeerId(rng)
    open.scoring.report(peer, 'fatal', 'test:forged')
    open.scoring.banned(peer, 2)
    await open.stop()
    open.clock.advance(HOUR)
    // before it has loaded: services start together
    const early = await open.crash({ prepare: scoring => { scoring.banned(peer, 2) } })
    early.clock.advance(HOUR)
    expect(early.scoring.get(peer)).to.include({ misbehaviour: 100, standing: 'banned', strikes: 2 })
    await early.stop()
    const late = await early.crash({ prepare: undefined })
    expect(late.scoring.get(peer)).to.include({ misbehaviour: 100, standing: 'banned' })
    late.scoring.banned(peer, 2)
    late.clock.advance(HOUR)
    expect(late.scoring.get(peer)).to.include({ misbehaviour: 100, standing: 'banned', strikes: 2 })
    const untold = await late.reopen({ prepare: undefined })
    untold.clock.advance(HOUR)
    expect(untold.scoring.get(peer)?.misbehaviour, 'a ban that nobody knows of').to.be.closeTo(50, 1e-6)
  })

  it('does not take a peer for banned that bans has released', async () => {
    const open = await openScoring()
    const peer = randomPeerId(rng)
    open.scoring.banned(peer, 1)
    const { scoring } = await open.reopen()
    expect(scoring.get(peer)).to.include({ standing: 'good', strikes: 1 })
  })

  it('keeps what was reported before it has loaded', async () => {
    const open = await openScoring()
    const peer = randomPeerId(rng)
    open.scoring.report(peer, 'moderate', 'test:flood')
    const { scoring } = await open.reopen({ prepare: scoring => { scoring.report(peer, 'minor', 'test:early') } })
    expect(scoring.get(peer)?.misbehaviour).to.be.closeTo(10, 1e-6)
  })

  it('tells of those in bad standing when everybody listens', async () => {
    const open = await openScoring()
    const [bad, good] = [randomPeerId(rng), randomPeerId(rng)]
    open.scoring.report(bad, 'fatal', 'test:forged')
    open.scoring.observe(good, { what: 'delivery' })
    const heard: unknown[] = []
    await open.reopen({
      prepare: scoring => { scoring.addEventListener('standing:change', ({ detail: { peerId, standing, before } }) => heard.push([peerId.toString(), before, standing])) }
    })
    expect(heard).to.deep.equal([[bad.toString(), 'good', 'banned']])
  })

  it('remembers on which IP it was', async () => {
    const open = await openScoring()
    const bad = randomPeerId(rng)
    open.connect(bad)
    open.scoring.report(bad, 'severe', 'test:forged')
    const { scoring, connect } = await open.reopen()
    const newcomer = randomPeerId(rng)
    connect(newcomer)
    expect(scoring.score(newcomer)).to.be.closeTo(-7.5, 1e-6)
  })

  it('writes what is severe or fatal at once, a burst of it in a few batches', async () => {
    const datastore = new WatchedDatastore()
    const open = await openScoring({ datastore })
    const peers = Array.from({ length: 500 }, () => randomPeerId(rng))
    for (const peer of peers) open.scoring.report(peer, 'severe', 'test:forged')
    await eventually('all is written', async () => (await keys(datastore)).length === peers.length)
    expect(datastore.batches).to.be.at.most(2)
    const { scoring } = await open.crash()
    for (const peer of peers) expect(scoring.score(peer)).to.equal(-25)
  })

  it('writes lesser misbehaviour every five seconds, and what happens all the time every half minute', async () => {
    const datastore = new WatchedDatastore()
    const { scoring, clock } = await openScoring({ datastore })
    for (let i = 0; i < 100; i++) scoring.report(randomPeerId(rng), 'minor', 'test:junk')
    await clock.advanceAsync(4_900)
    expect(await keys(datastore)).to.have.length(0)
    await clock.advanceAsync(100)
    expect(await keys(datastore)).to.have.length(100)
    const good = randomPeerId(rng)
    for (let i = 0; i < 600; i++) {
      scoring.observe(good, { what: 'delivery' })
      await clock.advanceAsync(100)
    }
    expect(datastore.batches).to.be.within(2, 4)
    expect(await keys(datastore)).to.include(good.toString())
  })

  it('writes nothing of who did nothing, and deletes those whose past has faded', async () => {
    const { scoring, datastore, clock, connect } = await openScoring()
    const peer = randomPeerId(rng)
    connect(randomPeerId(rng)).closeThere()
    connect(randomPeerId(rng), { direction: 'outbound' })
    scoring.report(peer, 'minor', 'test:junk')
    await scoring.flush()
    clock.advance(HOUR)
    expect(scoring.get(peer)).to.not.equal(undefined)
    expect(await keys(datastore)).to.include(peer.toString())
    clock.advance(HOUR)
    expect(scoring.get(peer)).to.equal(undefined)
    await scoring.flush()
    expect(await keys(datastore)).to.not.include(peer.toString())
  })

  it('deletes who is forgotten by hand, connected or not', async () => {
    const { scoring, datastore, connect } = await openScoring()
    const peers = [randomPeerId(rng), randomPeerId(rng)]
    connect(peers[0]!)
    for (const peer of peers) scoring.report(peer, 'severe', 'test:forged')
    await scoring.flush()
    expect(await keys(datastore)).to.have.length(2)
    for (const peer of peers) scoring.forget(peer)
    await scoring.flush()
    expect(await keys(datastore)).to.have.length(0)
  })

  it('writes what is left when the node stops', async () => {
    const open = await openScoring()
    const peer = randomPeerId(rng)
    open.scoring.observe(peer, { what: 'delivery' })
    const { scoring } = await open.reopen()
    expect(scoring.get(peer)?.credit).to.be.closeTo(0.05, 1e-9)
  })

  it('drops what is damaged, says so, counts it, and loads the rest', async () => {
    const open = await openScoring()
    const peers = Array.from({ length: 10 }, () => randomPeerId(rng))
    for (const peer of peers) open.scoring.report(peer, 'severe', 'test:forged')
    await open.stop()
    const { datastore } = open
    const key = (name: string): Key => new Key(PREFIX + name, false)
    const whole = await datastore.get(key(peers[0]!.toString()))
    await datastore.put(key(peers[0]!.toString()), whole.subarray(0, whole.length - 3))
    await datastore.put(key(peers[1]!.toString()), Uint8Array.of(0x11, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f))
    await datastore.put(key(peers[2]!.toString()), rng.bytes(100))
    await datastore.put(key('nobody'), whole)
    await datastore.put(key('else'), whole)
    const { logger, errors } = listening()
    const again = await open.crash({ logger })
    expect(again.scoring.snapshot().damaged).to.equal(5)
    expect(errors).to.have.length(5)
    expect(errors.join('\n')).to.include('its misbehaviour is NaN').and.to.include('nobody').and.to.include('else')
    for (const peer of peers.slice(3)) expect(again.scoring.score(peer)).to.be.closeTo(-25, 1e-6)
    await again.stop()
    expect(await keys(datastore)).to.have.members(peers.slice(3).map(peer => peer.toString()))
  })

  it('survives any bytes', async () => {
    const peer = randomPeerId(rng)
    const { stop, datastore, crash } = await openScoring()
    await stop()
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
      await datastore.put(new Key(PREFIX + peer.toString(), false), bytes)
      const again = await crash({ logger: listening().logger })
      expect(again.scoring.score(peer)).to.be.within(-100, 20)
      await again.stop()
    }))
  })

  it('tries a failed write again, and says which', async () => {
    const datastore = new WatchedDatastore()
    const { logger, errors } = listening()
    const { scoring, clock } = await openScoring({ datastore, logger })
    const peer = randomPeerId(rng)
    datastore.broken = true
    scoring.report(peer, 'fatal', 'test:forged')
    const error = await rejection(scoring.flush())
    expect(error.code).to.equal('SCORING_WRITE_FAILED')
    expect(errors[0]).to.include('1 changes of the scores could not be written').and.to.include('no space left')
    datastore.broken = false
    await clock.advanceAsync(60_000, 1_000)
    expect(await keys(datastore)).to.deep.equal([peer.toString()])
  })

  it('keeps a bound on what waits for a disk that fails', async () => {
    const datastore = new WatchedDatastore()
    datastore.broken = true
    const { scoring, clock } = await openScoring({ datastore, maxPeers: 100, logger: listening().logger })
    // so far apart that each finds room
    for (let i = 0; i < 1_000; i++) {
      scoring.report(randomPeerId(rng), 'minor', 'test:junk')
      clock.advance(30_000)
    }
    const { unwritten, changed, peers } = scoring.snapshot().gauges
    expect(peers).to.be.at.most(100)
    expect(unwritten, 'it is put to the test').to.be.at.least(200)
    expect(unwritten).to.be.at.most(200)
    expect(changed).to.be.at.most(100)
  })

  it('says so when the datastore cannot be read', async () => {
    const datastore = new MemoryDatastore()
    datastore.query = () => { throw new Error('no such device') }
    const error = await rejection(openScoring({ datastore }))
    expect(error.code).to.equal('SCORING_LOAD_FAILED')
  })

  it('is the same after stop and start, and keeps what was reported in between', async () => {
    const open = await openScoring()
    const [before, while_] = [randomPeerId(rng), randomPeerId(rng)]
    open.scoring.report(before, 'severe', 'test:forged')
    await open.stop()
    open.scoring.report(while_, 'severe', 'test:forged')
    const { scoring } = await open.reopen()
    for (const peer of [before, while_]) expect(scoring.score(peer)).to.be.closeTo(-25, 1e-6)
  })

  it('loads no more than it remembers', async () => {
    const open = await openScoring()
    const worst = randomPeerId(rng)
    for (let i = 0; i < 50; i++) open.scoring.report(randomPeerId(rng), 'minor', 'test:junk')
    open.scoring.report(worst, 'fatal', 'test:forged')
    const again = await open.reopen({ maxPeers: 10 })
    expect([...again.scoring.peers()]).to.have.length(10)
    expect(again.scoring.score(worst)).to.equal(-100)
    await again.stop()
    expect(await keys(open.datastore)).to.have.length(10)
  })
})
