import { multiaddr } from '@multiformats/multiaddr'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { expect } from 'chai'
import { PeerRecord as RawPeerRecord } from '../../../src/wire/pb/record.ts'
import { neutralScoring } from '../../../src/components.ts'
import { Intake } from '../../../src/services/pex/intake.ts'
import { entriesOf, keyOf, peerIdOf, recordOf } from '../../support/signed-records.ts'
import { openBook } from '../../support/open-book.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { OpenBook } from '../../support/open-book.ts'
import type { Bans } from '../../../src/components.ts'
import type { NetgroupOptions } from '../../../src/util/netgroup.ts'

const TELLER = 1_000

interface Report {
  peer: string
  offence: string
  cause: string
}

describe('pex: intake of records', () => {
  let open: OpenBook
  let reports: Report[]

  beforeEach(async () => {
    open = await openBook()
    reports = []
  })
  afterEach(async () => { await open.stop() })

  function intake (options: { bans?: Bans, discouraged?: PeerId[], netgroup?: NetgroupOptions } = {}): Intake {
    const scoring = {
      ...neutralScoring,
      isDiscouraged: (peerId: PeerId | string) => options.discouraged?.some(peer => peer.equals(peerId)) === true,
      report: (peerId: PeerId, offence: string, cause: string) => { reports.push({ peer: peerId.toString(), offence, cause }) }
    }
    return new Intake({ peerId: open.self, addressBook: open.book, scoring, bans: options.bans ?? { isDenied: () => false } }, open.clock, options.netgroup ?? {})
  }

  async function from (address: string, rest: Partial<Connection> = {}): Promise<Connection> {
    return { remotePeer: await peerIdOf(TELLER), remoteAddr: multiaddr(address), direction: 'inbound', status: 'open', ...rest } as Connection
  }

  it('takes good records, once, with the roles as a hint and the teller on the label', async () => {
    const take = intake()
    const connection = await from('/memory/teller')
    const { bytes, peerId } = await recordOf(1, ['/memory/one'], 5n)
    const [learned] = await take.take([{ record: bytes, roles: ['relay'] }], connection, 'answer')
    expect(learned).to.deep.include({ roles: ['relay'], isNew: true })
    expect(open.book.get(peerId)).to.deep.include({ record: bytes, seq: 5n, roles: ['relay'], source: 'pex' })
    expect(await take.take([{ record: bytes, roles: [] }], connection, 'answer')).to.deep.equal([])
    expect(take.accepted).to.equal(1)
  })

  it('takes a newer record and ignores an older or equal one', async () => {
    const take = intake()
    const connection = await from('/memory/teller')
    const tell = async (seq: bigint, address: string): Promise<number> => (await take.take([{ record: (await recordOf(1, [address], seq)).bytes, roles: [] }], connection, 'push')).length
    expect([await tell(5n, '/memory/a'), await tell(4n, '/memory/b'), await tell(5n, '/memory/c'), await tell(6n, '/memory/d'), await tell(7n, '/memory/d')])
      .to.deep.equal([1, 0, 0, 1, 0])
    expect(take.refused).to.deep.equal({ stale: 2 })
    expect(reports).to.deep.equal([])
    expect(open.book.get(await peerIdOf(1))?.seq).to.equal(7n)
  })

  it('charges the teller for another one\'s signature and for junk, and reads no further', async () => {
    const good = (await recordOf(2, ['/memory/two'])).bytes
    const foreign = (await RecordEnvelope.seal(new PeerRecord({ peerId: await peerIdOf(3), multiaddrs: [multiaddr('/memory/three')], seqNumber: 1n }), await keyOf(4))).marshal()
    for (const bad of [foreign, new Uint8Array(0), new Uint8Array(100).fill(7), good.slice(0, 60)]) {
      reports = []
      const learned = await intake().take([{ record: bad, roles: [] }, { record: good, roles: [] }], await from('/memory/teller'), 'answer')
      expect(learned).to.deep.equal([])
      expect(reports).to.deep.equal([{ peer: (await peerIdOf(TELLER)).toString(), offence: 'severe', cause: 'pex:bad-record' }])
    }
    expect(open.book.size).to.equal(0)
  })

  it('does not charge the teller for a signature that does not fit on the record of another: it may fit for the teller', async () => {
    const good = (await recordOf(2, ['/memory/two'])).bytes
    const otherDomain = (await RecordEnvelope.seal(new OtherRecord(await peerIdOf(2)), await keyOf(2))).marshal()
    for (const [i, bad] of [forgeryOf(good), otherDomain].entries()) {
      const take = intake()
      const learned = await take.take([{ record: bad, roles: [] }, { record: (await recordOf(3 + i, ['/memory/next'])).bytes, roles: [] }], await from('/memory/teller'), 'push')
      expect(learned.map(({ record }) => record.peerId.toString())).to.deep.equal([(await peerIdOf(3 + i)).toString()])
      expect(take.refused).to.deep.equal({ unproven: 1 })
      expect(open.book.get(await peerIdOf(2))).to.equal(undefined)
    }
    expect(reports).to.deep.equal([])
  })

  it('examines no more signatures for a teller when they do not fit than when they do', async () => {
    const take = intake()
    const bad = forgeryOf((await recordOf(2, ['/memory/two'])).bytes)
    await take.take(Array.from({ length: 110 }, () => ({ record: bad, roles: [] })), await from('/memory/teller'), 'answer')
    expect(take.refused).to.deep.equal({ unproven: 100, rate: 10 })
  })

  it('overlooks kinds of addresses that it does not know, and addresses of others', async () => {
    const key = await keyOf(5)
    const peerId = await peerIdOf(5)
    const other = await peerIdOf(6)
    const payload = RawPeerRecord.encode({
      peerId: peerId.toMultihash().bytes,
      seq: 1n,
      addresses: [Uint8Array.of(0xff, 0xff, 0x03, 1), multiaddr(`/memory/x/p2p/${other.toString()}`).bytes, multiaddr(`/memory/own/p2p/${peerId.toString()}`).bytes].map(bytes => ({ multiaddr: bytes }))
    })
    const envelope = await RecordEnvelope.seal({ domain: PeerRecord.DOMAIN, codec: PeerRecord.CODEC, marshal: () => payload, equals: () => false }, key)
    const [learned] = await intake().take([{ record: envelope.marshal(), roles: [] }], await from('/memory/teller'), 'answer')
    expect(learned?.record.multiaddrs.map(String)).to.deep.equal(['/memory/own'])
    expect(reports).to.deep.equal([])
  })

  const rules: Array<[string, string, string[], string[]]> = [
    ['an internet peer', '/ip4/9.9.9.9/tcp/1', ['/ip4/8.8.8.8/tcp/1', '/ip4/10.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/1', '/memory/m'], ['/ip4/8.8.8.8/tcp/1']],
    ['an internet peer, of private addresses only', '/ip4/9.9.9.9/tcp/1', ['/ip4/10.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/1'], []],
    ['a peer on the local network', '/ip4/10.0.0.9/tcp/1', ['/ip4/8.8.8.8/tcp/1', '/ip4/10.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/1'], ['/ip4/8.8.8.8/tcp/1', '/ip4/10.0.0.1/tcp/1']],
    ['a peer on this machine', '/ip4/127.0.0.1/tcp/9', ['/ip4/10.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/1'], ['/ip4/10.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/1']],
    ['a peer behind a relay on this machine', '/ip4/127.0.0.1/tcp/9/p2p-circuit', ['/ip4/127.0.0.1/tcp/1'], []],
    ['anybody, of no address at all', '/memory/teller', [], []]
  ]
  for (const [who, address, told, kept] of rules) {
    it(`keeps from ${who}: ${kept.length === 0 ? 'nothing' : kept.join(', ')}`, async () => {
      const take = intake()
      await take.take([{ record: (await recordOf(1, told)).bytes, roles: [] }], await from(address), 'answer')
      expect(open.book.get(await peerIdOf(1))?.multiaddrs.map(String).sort() ?? []).to.deep.equal([...kept].sort())
      expect(take.refused).to.deep.equal(kept.length === 0 ? { unusable: 1 } : {})
      expect(reports).to.deep.equal([])
    })
  }

  describe('DNS names', () => {
    const ip = '/ip4/8.8.8.8/tcp/1'
    const name = '/dns4/router.lan/tcp/80'
    const told = async (seed: number): Promise<string[] | undefined> => open.book.get(await peerIdOf(seed))?.multiaddrs.map(String).sort()

    it('of others are not believed, and a record with nothing else is of no use', async () => {
      const take = intake()
      const entries = [{ record: (await recordOf(1, [ip, name])).bytes, roles: [] }, { record: (await recordOf(2, [name, '/dnsaddr/intranet'])).bytes, roles: [] }]
      await take.take(entries, await from('/ip4/127.0.0.1/tcp/1'), 'answer')
      expect(await told(1)).to.deep.equal([ip])
      expect(await told(2)).to.equal(undefined)
      expect(take.refused).to.deep.equal({ unusable: 1 })
      expect(reports).to.deep.equal([])
    })

    it('are believed of the peer itself, in an introduction and in a push', async () => {
      const connection = await from('/ip4/9.9.9.9/tcp/1')
      await intake().introduce((await recordOf(TELLER, [name])).bytes, [], connection)
      expect(await told(TELLER)).to.deep.equal([name])
      await intake().take([{ record: (await recordOf(TELLER, [name, '/dnsaddr/a.b'], 2n)).bytes, roles: [] }], connection, 'push')
      expect(await told(TELLER)).to.deep.equal([name, '/dnsaddr/a.b'])
    })

    for (const [how, itself] of [
      ['introduces itself', async (take: Intake, record: Uint8Array, connection: Connection) => take.introduce(record, [], connection)],
      ['pushes its record', async (take: Intake, record: Uint8Array, connection: Connection) => take.take([{ record, roles: [] }], connection, 'push')]
    ] as const) {
      it(`are believed when the peer ${how} after others had told the same record`, async () => {
        const { bytes } = await recordOf(TELLER, [ip, name])
        await intake().take([{ record: bytes, roles: [] }], await from('/ip4/9.9.9.9/tcp/1', { remotePeer: await peerIdOf(3) }), 'answer')
        expect(await told(TELLER)).to.deep.equal([ip])
        await itself(intake(), bytes, await from('/ip4/9.9.9.9/tcp/1'))
        expect(await told(TELLER)).to.deep.equal([name, ip])
        expect(open.book.get(await peerIdOf(TELLER))).to.deep.include({ record: bytes, seq: 1n })
      })
    }

    it('stay when others tell a newer record that still has them', async () => {
      await intake().introduce((await recordOf(TELLER, [ip, name, '/dnsaddr/old'])).bytes, [], await from('/ip4/9.9.9.9/tcp/1'))
      const { bytes } = await recordOf(TELLER, ['/ip4/8.8.4.4/tcp/1', name, '/dnsaddr/new'], 2n)
      await intake().take([{ record: bytes, roles: [] }], await from('/ip4/9.9.9.9/tcp/1', { remotePeer: await peerIdOf(3) }), 'answer')
      expect(await told(TELLER)).to.deep.equal([name, '/ip4/8.8.4.4/tcp/1'])
    })
  })

  it('keeps no bytes that the peer has not signed', async () => {
    const { bytes, peerId } = await recordOf(1, ['/memory/one'])
    const padded = Uint8Array.of(...bytes, 0xfa, 1, 2, 3, 4)
    await intake().take([{ record: padded, roles: [] }], await from('/memory/teller'), 'answer')
    expect(open.book.get(peerId)?.record).to.deep.equal(bytes)
  })

  it('does not take denied or discouraged peers, nor itself, nor a denied address', async () => {
    const [denied, discouraged] = [await peerIdOf(1), await peerIdOf(2)]
    const bans: Bans = { isDenied: ({ peerId, multiaddr }) => peerId?.equals(denied) === true || multiaddr?.toString() === '/memory/bad' }
    const take = intake({ bans, discouraged: [discouraged] })
    const entries = [...await entriesOf(1, 2), { record: (await recordOf(3, ['/memory/bad', '/memory/good'])).bytes, roles: [] as [] }]
    await take.take(entries, await from('/memory/teller'), 'answer')
    expect([...open.book.entries()].map(({ multiaddrs }) => multiaddrs.map(String))).to.deep.equal([['/memory/good']])
    expect(take.refused).to.deep.equal({ denied: 2 })
  })

  it('takes 100 new records at once from a teller, then one every 10 s; known ones are free', async function () {
    this.timeout(30_000)
    const take = intake()
    const connection = await from('/memory/teller')
    const entries = await entriesOf(1, 110)
    await take.take(entries, connection, 'answer')
    expect(take.accepted).to.equal(100)
    expect(take.refused).to.deep.equal({ rate: 10 })
    await take.take(entries.slice(0, 100), connection, 'answer')
    expect(take.refused).to.deep.equal({ rate: 10 })
    open.clock.advance(10_001)
    await take.take(entries.slice(100), connection, 'push')
    expect(take.accepted).to.equal(101)
    expect(reports).to.deep.equal([])
    expect(take.gauges).to.include({ ratedTellers: 1 })
  })

  it('reports a flood of pushes, once a minute', async function () {
    this.timeout(30_000)
    const take = intake()
    const connection = await from('/memory/teller')
    const entries = await entriesOf(1, 132)
    const batch = entries.slice(100)
    await take.take(entries.slice(0, 100), connection, 'push')
    for (let i = 0; i < 45; i++) await take.take(batch, connection, 'push')
    const teller = (await peerIdOf(TELLER)).toString()
    expect(take.accepted).to.equal(100)
    expect(reports).to.deep.equal([{ peer: teller, offence: 'moderate', cause: 'pex:flood' }])
  })

  describe('introductions', () => {
    const evidence: Array<[string, string, string[], Partial<Connection>, boolean]> = [
      ['from an IP that its record names, whatever the port', '/ip4/127.0.0.1/tcp/50000', ['/ip4/127.0.0.1/tcp/1'], {}, true],
      ['from another IP', '/ip4/10.0.0.9/tcp/1', ['/ip4/10.0.0.8/tcp/1'], {}, false],
      ['without IPs on both sides', '/memory/a', ['/memory/b'], {}, true],
      ['through a relay', '/ip4/8.8.8.8/tcp/1/p2p-circuit', ['/ip4/8.8.8.8/tcp/1'], {}, false],
      ['over a limited connection', '/ip4/8.8.8.8/tcp/1', ['/ip4/8.8.8.8/tcp/1'], { limits: { bytes: 1n } }, false]
    ]
    for (const [what, address, told, rest, observed] of evidence) {
      it(`${observed ? 'vouches' : 'does not vouch'} for a peer ${what}`, async () => {
        const record = await recordOf(TELLER, told)
        const learned = await intake().introduce(record.bytes, ['full'], await from(address, rest))
        expect(learned?.isNew).to.equal(true)
        const entry = open.book.get(record.peerId)
        expect(entry?.source).to.equal('inbound')
        expect(entry?.lastObservedMs).to.equal(observed ? open.clock.now() : 0)
      })
    }

    it('has news also when the peer was in the book without a record, which nobody could be told', async () => {
      const record = await recordOf(TELLER, ['/memory/b'])
      open.book.add({ peerId: record.peerId, multiaddrs: record.multiaddrs, source: 'inbound' })
      expect(await intake().introduce(record.bytes, [], await from('/memory/a'))).to.include({ isNew: false })
    })

    it('vouches again when a known peer comes back', async () => {
      const take = intake()
      const { bytes, peerId } = await recordOf(TELLER, ['/memory/b'])
      await take.introduce(bytes, [], await from('/memory/a'))
      open.clock.advance(60_000)
      expect(await take.introduce(bytes, [], await from('/memory/a'))).to.equal(undefined)
      expect(open.book.get(peerId)?.lastObservedMs).to.equal(open.clock.now())
    })

    for (const [where, address, observed] of [['where the newer one says', '/ip4/127.0.0.1/tcp/50000', true], ['elsewhere', '/ip4/10.0.0.9/tcp/1', false]] as const) {
      it(`${observed ? 'vouches' : 'does not vouch'} for a peer whose newer record came another way, when it connects from ${where}`, async () => {
        const { bytes, peerId, seq, multiaddrs } = await recordOf(TELLER, ['/ip4/127.0.0.1/tcp/2'], 2n)
        open.book.add({ peerId, multiaddrs, record: bytes, seq, source: 'presence', toldBy: multiaddr('/memory/other') })
        const take = intake()
        expect(await take.introduce((await recordOf(TELLER, ['/ip4/10.0.0.9/tcp/1'], 1n)).bytes, [], await from(address))).to.equal(undefined)
        expect(take.refused).to.deep.equal({ stale: 1 })
        expect(open.book.get(peerId)).to.deep.include({ record: bytes, seq: 2n, lastObservedMs: observed ? open.clock.now() : 0 })
      })
    }

    const bookedBy: Array<[string, string, string[], Partial<Connection>, string | undefined]> = [
      ['where it is', '/ip4/9.9.9.9/tcp/5', ['/ip4/9.9.9.9/tcp/1'], {}, undefined],
      ['where it is, whatever else it names', '/ip4/9.9.9.9/tcp/5', ['/ip4/8.8.8.8/tcp/1', '/ip4/9.9.9.9/tcp/1'], {}, undefined],
      ['where it is not', '/ip4/9.9.9.9/tcp/5', ['/ip4/8.8.8.8/tcp/1'], {}, '/ip4/9.9.9.9/tcp/5'],
      ['through a relay', '/ip4/9.9.9.9/tcp/5/p2p-circuit', ['/ip4/9.9.9.9/tcp/1'], {}, '/ip4/9.9.9.9/tcp/5/p2p-circuit'],
      ['where it is not, though this node dialled it', '/ip4/9.9.9.9/tcp/5', ['/ip4/8.8.8.8/tcp/1'], { direction: 'outbound' }, undefined]
    ]
    for (const [where, address, told, rest, toldBy] of bookedBy) {
      it(`a stranger who says that it is ${where} fills ${toldBy == null ? 'its own place' : 'what the netgroup it comes from may fill'}`, async () => {
        const labels: Array<string | undefined> = []
        const add = open.book.add.bind(open.book)
        open.book.add = learned => {
          labels.push(learned.toldBy?.toString())
          return add(learned)
        }
        await intake().introduce((await recordOf(TELLER, told)).bytes, [], await from(address, rest))
        expect(labels).to.deep.equal([toldBy])
      })
    }

    it('takes a known peer at its own word, wherever it comes from', async () => {
      const take = intake()
      await take.introduce((await recordOf(TELLER, ['/ip4/9.9.9.9/tcp/1'])).bytes, [], await from('/ip4/9.9.9.9/tcp/5'))
      await take.introduce((await recordOf(TELLER, ['/dns4/a.example/tcp/1'], 2n)).bytes, [], await from('/ip4/7.7.7.7/tcp/5'))
      expect(open.book.get(await peerIdOf(TELLER))?.multiaddrs.map(String)).to.deep.equal(['/dns4/a.example/tcp/1'])
    })

    describe('that no honest peer makes', () => {
      const fatal = async (cause: string): Promise<void> => { expect(reports).to.deep.equal([{ peer: (await peerIdOf(TELLER)).toString(), offence: 'fatal', cause }]) }
      const forgedBy = async (seed: number): Promise<Uint8Array> => forgeryOf((await recordOf(seed, ['/memory/b'])).bytes)

      it('are fatal with the record of somebody else', async () => {
        const take = intake()
        expect(await take.introduce((await recordOf(1, ['/memory/b'])).bytes, [], await from('/memory/a'))).to.equal(undefined)
        await fatal('pex:forged-record')
        expect(open.book.size).to.equal(0)
        expect(take.refused).to.deep.equal({ 'forged-record': 1 })
      })

      it('are fatal with a signature of somebody else, or a bad one', async () => {
        const foreign = (await RecordEnvelope.seal(new PeerRecord({ peerId: await peerIdOf(TELLER), multiaddrs: [multiaddr('/memory/b')], seqNumber: 1n }), await keyOf(4))).marshal()
        for (const record of [foreign, await forgedBy(TELLER)]) {
          reports = []
          await intake().introduce(record, [], await from('/memory/a'))
          await fatal('pex:forged-record')
        }
        reports = []
        await intake().take([{ record: await forgedBy(TELLER), roles: [] }], await from('/memory/a'), 'push')
        await fatal('pex:forged-record')
      })

      it('are severe when they are junk: that may be a bug', async () => {
        await intake().introduce(new Uint8Array(100).fill(7), [], await from('/memory/a'))
        expect(reports.map(({ offence, cause }) => [offence, cause])).to.deep.equal([['severe', 'pex:bad-record']])
      })

      it('are fatal with two different records of one number over one connection', async () => {
        const connection = await from('/memory/a')
        const take = intake()
        const [one, two] = [await recordOf(TELLER, ['/memory/a'], 7n), await recordOf(TELLER, ['/memory/b'], 7n)]
        await take.introduce(one.bytes, [], connection)
        await take.introduce(one.bytes, [], connection)
        expect(reports).to.deep.equal([])
        await take.take([{ record: two.bytes, roles: [] }], connection, 'push')
        await fatal('pex:equivocation')
        expect(open.book.get(one.peerId)?.multiaddrs.map(String)).to.deep.equal(['/memory/a'])
      })

      it('but not when it may have restarted between, with its clock set back, or when others told one of them', async () => {
        const take = intake()
        await take.introduce((await recordOf(TELLER, ['/memory/a'], 7n)).bytes, [], await from('/memory/a'))
        await take.introduce((await recordOf(TELLER, ['/memory/b'], 7n)).bytes, [], await from('/memory/a'))
        const connection = await from('/memory/a')
        const entries = await Promise.all(['/memory/c', '/memory/d'].map(async address => ({ record: (await recordOf(1, [address], 7n)).bytes, roles: [] })))
        await take.take(entries, connection, 'push')
        expect(reports).to.deep.equal([])
        expect(take.refused).to.deep.equal({ stale: 2 })
      })
    })
  })
})

/** With one bit of its signature wrong. */
function forgeryOf (record: Uint8Array): Uint8Array {
  const last = record.length - 1
  return Uint8Array.of(...record.subarray(0, last), (record[last] as number) ^ 1)
}

/** Signed by the right peer, but not as a peer record. */
class OtherRecord extends PeerRecord {
  constructor (peerId: PeerId) {
    super({ peerId, multiaddrs: [multiaddr('/memory/two')], seqNumber: 9n })
    this.domain = 'other-domain'
  }
}
