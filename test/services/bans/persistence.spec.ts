import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { MemoryDatastore } from 'datastore-core'
import * as fc from 'fast-check'
import { Key } from 'interface-datastore'
import { decodeStored, encodeAllowance, encodeEvidence, encodeHistory } from '../../../src/services/bans/stored-ban.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { START_MS } from '../../support/open-book.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { openBans, settled } from './open-bans.ts'
import type { Datastore } from 'interface-datastore'
import type { OpenBans } from './open-bans.ts'

const HOUR_MS = 3_600_000
const peer = randomPeerId(seededRng(5))
const PEER_NAME = `key/${peer.toString()}`

async function names (datastore: Datastore, prefix: string): Promise<string[]> {
  const found: string[] = []
  for await (const key of datastore.queryKeys({ prefix })) found.push(key.toString().slice(prefix.length))
  return found.sort()
}

describe('bans: persistence', () => {
  const opened: OpenBans[] = []
  afterEach(async () => { for (const one of opened.splice(0)) await one.stop() })

  it('bans, their history, evidence and strikes outlive a restart', async () => {
    const one = await openBans()
    for (const key of [peer, '9.9.9.9', '2606:4700::/56'] as const) await one.bans.ban(key, { reason: 'bad' })
    await one.bans.ban('9.9.9.9', { durationMs: 'forever', reason: 'worse' })
    one.scoring.condemn(peer, { cause: 'test:deed' })
    const before = { list: one.bans.list(), history: one.bans.history('9.9.9.9'), evidence: one.bans.evidence(peer) }
    const again = await one.reopen()
    expect(again.bans.list()).to.have.deep.members(before.list)
    expect(again.bans.history('9.9.9.9')).to.deep.equal(before.history)
    expect(again.bans.evidence(peer)).to.deep.equal(before.evidence)
    expect(again.bans.isDenied({ peerId: peer })).to.equal(true)
    expect(again.bans.isDenied({ multiaddr: multiaddr('/ip6/2606:4700:0:1::1/tcp/1') })).to.equal(true)
    await again.stop()
  })

  it('is written when ban() and unban() resolve, without a stop', async () => {
    const one = await openBans()
    await one.bans.ban(peer)
    await one.bans.ban('9.9.9.9')
    const found = async (): Promise<OpenBans['bans']> => {
      const other = await openBans({ datastore: one.datastore, clock: one.clock })
      opened.push(other)
      return other.bans
    }
    expect((await found()).list().map(({ key }) => key)).to.have.members([peer.toString(), '9.9.9.9'])
    await one.bans.unban('9.9.9.9')
    const afterUnban = await found()
    expect(afterUnban.list().map(({ key }) => key)).to.deep.equal([peer.toString()])
    expect(afterUnban.history('9.9.9.9')[0]).to.include({ end: 'lifted' })
    await one.bans.allow('9.9.9.8')
    expect((await found()).allowed()).to.deep.equal(['9.9.9.8'])
    await one.bans.disallow('9.9.9.8')
    expect((await found()).allowed()).to.deep.equal([])
    await one.stop()
  })

  it('a ban that ended while the node was off has ended, is announced, and puts the peer on probation', async () => {
    const one = await openBans()
    await one.bans.ban(peer)
    await one.stop()
    one.clock.advance(HOUR_MS)
    one.scoring.told.length = 0
    const again = await openBans({ datastore: one.datastore, clock: one.clock, scoring: one.scoring })
    expect(again.events).to.deep.equal([`expired ${peer.toString()}`])
    expect(one.scoring.told).to.deep.equal([`released ${peer.toString()} expired`])
    expect(again.bans.list()).to.deep.equal([])
    expect(again.bans.history(peer)[0]).to.include({ end: 'expired', endedMs: START_MS + HOUR_MS })
    expect(await again.bans.ban(peer)).to.include({ strikes: 2 })
    await again.stop()
  })

  it('a node that is stopped and started again goes on where it was', async () => {
    const one = await openBans()
    await one.bans.ban(peer)
    const { bans: service, gater } = one
    await one.stop()
    expect(gater.denyDialPeer).to.equal(undefined)
    one.clock.advance(HOUR_MS)
    const startable = service as unknown as { beforeStart (): Promise<void>, start (): void }
    await startable.beforeStart()
    startable.start()
    expect(one.events).to.deep.equal([`added ${peer.toString()}`])
    one.clock.advance(1)
    expect(one.events.at(-1)).to.equal(`expired ${peer.toString()}`)
    await one.stop()
  })

  it('damaged records are put aside and told of; the rest is in force', async () => {
    const one = await openBans()
    for (const key of [peer, '9.9.9.7', '9.9.9.8', '9.9.9.9'] as const) await one.bans.ban(key)
    await one.stop()
    const { datastore } = one
    const at = (name: string): Key => new Key(`/peerkeep/bans/${name}`, false)
    const good = await datastore.get(at('key/9.9.9.7'))
    await datastore.put(at('key/9.9.9.7'), good.subarray(0, good.byteLength - 3))
    await datastore.put(at('key/9.9.9.8'), good)
    await datastore.put(at('key/9.9.9.9'), good.map((byte, i) => i === 9 ? byte ^ 1 : byte))
    await datastore.put(at('key/nobody at all'), good)
    await datastore.put(at('something'), new Uint8Array())
    const again = await openBans({ datastore, clock: one.clock })
    expect(again.bans.list().map(({ key }) => key)).to.deep.equal([peer.toString()])
    expect(again.bans.snapshot().gauges.damaged).to.equal(5)
    expect(await names(datastore, '/peerkeep/bans-damaged/')).to.deep.equal(['key/9.9.9.7', 'key/9.9.9.8', 'key/9.9.9.9', 'key/nobody at all', 'something'])
    expect(await names(datastore, '/peerkeep/bans/')).to.deep.equal([PEER_NAME])
    const clean = await again.reopen()
    expect(clean.bans.snapshot().gauges.damaged).to.equal(0)
    await clean.stop()
  })

  it('puts at most 64 damaged records aside', async () => {
    const datastore = new MemoryDatastore()
    for (let i = 0; i < 100; i++) await datastore.put(new Key(`/peerkeep/bans/key/9.9.9.${i}`, false), new Uint8Array(10))
    const one = await openBans({ datastore })
    expect(one.bans.snapshot().gauges.damaged).to.equal(100)
    expect(await names(datastore, '/peerkeep/bans-damaged/')).to.have.length(64)
    expect(await names(datastore, '/peerkeep/bans/')).to.have.length(0)
    await one.stop()
  })

  it('leaves no key behind that is not kept', async () => {
    const one = await openBans()
    for (let i = 0; i < 3; i++) one.scoring.condemn(randomPeerId(seededRng(100 + i)))
    await one.bans.allow('9.9.9.9')
    await one.bans.disallow('9.9.9.9')
    await settled()
    await one.stop()
    expect((await names(one.datastore, '/peerkeep/bans/')).map(name => name.split('/')[0])).to.deep.equal(['evidence', 'evidence', 'evidence', 'key', 'key', 'key'])
  })

  describe('the format', () => {
    const time = fc.nat({ max: Number.MAX_SAFE_INTEGER })
    const record = fc.record({
      kind: fc.constant('ip' as const), key: fc.constant('9.9.9.9'), by: fc.constantFrom('hand' as const, 'score' as const, 'spread' as const), reason: fc.string({ unit: 'grapheme' }),
      sinceMs: time, untilMs: time, strikes: fc.nat(), severity: fc.double({ noNaN: true }), host: fc.string(), endedMs: time,
      end: fc.constantFrom('expired' as const, 'lifted' as const, 'replaced' as const, 'displaced' as const)
    }, { requiredKeys: ['kind', 'key', 'by', 'reason', 'sinceMs', 'strikes', 'severity'] })
    const evidence = fc.record({
      timeMs: time, offence: fc.constantFrom('minor' as const, 'moderate' as const, 'severe' as const, 'fatal' as const), cause: fc.string(), sample: fc.uint8Array({ maxLength: 512 }), hash: fc.uint8Array({ minLength: 32, maxLength: 32 })
    }, { requiredKeys: ['timeMs', 'offence', 'cause'] })

    it('gives back what was put in', () => {
      fc.assert(fc.property(fc.array(record, { minLength: 1, maxLength: 16 }), fc.array(evidence, { minLength: 1, maxLength: 16 }), (records, evidence) => {
        const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
        const history = decodeStored('key/9.9.9.9', encodeHistory('9.9.9.9', records))
        expect(plain(history)).to.deep.equal(plain({ kind: 'key', key: '9.9.9.9', records }))
        const found = decodeStored('evidence/x', encodeEvidence('x', evidence))
        expect(plain(found)).to.deep.equal(plain({ kind: 'evidence', key: 'x', evidence }))
      }))
      expect(decodeStored('allow/9.9.9.9', encodeAllowance('9.9.9.9', 7))).to.deep.equal({ kind: 'allow', key: '9.9.9.9', sinceMs: 7 })
    })

    it('refuses what was changed, cut, or belongs to another key', () => {
      fc.assert(fc.property(record, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), (record, at, flip, cut) => {
        const bytes = encodeHistory('9.9.9.9', [record])
        const index = at % bytes.byteLength
        const changed = cut ? bytes.subarray(0, index) : bytes.map((byte, i) => i === index ? byte ^ flip : byte)
        expect(() => decodeStored('key/9.9.9.9', changed)).to.throw().with.property('code', 'BANS_RECORD_DAMAGED')
        expect(() => decodeStored('key/9.9.9.8', bytes)).to.throw().with.property('code', 'BANS_RECORD_DAMAGED')
      }))
    })
  })
})
