import { expect } from 'chai'
import { createResolver } from '../../../../src/platform/dns.ts'
import { DnsSeedInvalidError, DnsSeedsError, dnsSeeds } from '../../../../src/services/discovery/sources/dns-seeds.ts'
import { DnsServer } from '../../../support/dns-server.ts'
import { eventually } from '../../../support/eventually.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { newPeer, sourceContext, stubComponents, text } from '../stubs.ts'
import type { DnsEntry } from '../../../support/dns-server.ts'
import type { DnsResolver } from '../../../../src/services/discovery/sources/dns-seeds.ts'
import type { Timer } from '../../../../src/util/clock.ts'
import type { StubComponents } from '../stubs.ts'

/** Notes the waits between rounds; the timeouts of questions are shorter. */
class RoundClock extends ManualClock {
  readonly waits: number[] = []

  override after (ms: number, fn: () => void): Timer {
    if (ms >= 10_000) this.waits.push(ms)
    return super.after(ms, fn)
  }
}

describe('DNS seeds', () => {
  let server: DnsServer
  let components: StubComponents
  let clock: RoundClock
  let found: string[]
  let outcome: Promise<unknown>
  let stop: () => void

  before(async () => { server = await DnsServer.start({}) })
  after(async () => { await server.stop() })

  beforeEach(async () => {
    components = await stubComponents()
    clock = new RoundClock()
    found = []
    server.asked.length = 0
  })
  afterEach(async () => {
    stop()
    await outcome
    expect(clock.pending, 'timers left behind').to.equal(0)
  })

  /** The node's own, asking the test's server and nobody else; its own limit is beyond that of a question. */
  const resolver = (): DnsResolver => createResolver({ servers: [`127.0.0.1:${server.port}`], timeoutMs: 15_000 })

  /** Runs the source until it throws or is stopped; `outcome` is what it threw. */
  function find (seeds: string[], zone: Record<string, DnsEntry>): void {
    for (const name of Object.keys(server.zone)) delete server.zone[name]
    Object.assign(server.zone, zone)
    const source = dnsSeeds({ seeds, resolver: resolver() })(components)
    const { context, ...control } = sourceContext(clock)
    stop = control.stop
    outcome = (async () => {
      try {
        for await (const sighting of source.find(context)) {
          found.push(text(sighting))
          if (sighting.peerId != null) components.addressBook.add({ peerId: sighting.peerId, multiaddrs: sighting.multiaddrs, source: 'dns-seed' })
        }
        return undefined
      } catch (err) {
        return err
      }
    })()
  }

  const rounds = async (count: number): Promise<unknown> => eventually(`${count} rounds`, () => clock.waits.length === count)

  it('finds peers in TXT, A and AAAA records', async () => {
    const [a, b] = [await newPeer(), await newPeer()]
    find(['seed.test:5000'], {
      'seed.test': { TXT: ['v=spf1 -all', `dnsaddr=/ip4/127.0.0.1/tcp/1/p2p/${a}`], A: ['127.0.0.2'], AAAA: ['::1'] },
      '_dnsaddr.seed.test': { TXT: [`dnsaddr=/ip4/127.0.0.1/tcp/2/p2p/${b}`, 'dnsaddr=/ip4/127.0.0.1/tcp/3'] }
    })
    await eventually('all', () => found.length === 5)
    expect(found).to.have.members([
      `${a} @ /ip4/127.0.0.1/tcp/1/p2p/${a}`,
      `${b} @ /ip4/127.0.0.1/tcp/2/p2p/${b}`,
      '? @ /ip4/127.0.0.1/tcp/3',
      '? @ /ip4/127.0.0.2/tcp/5000',
      '? @ /ip6/::1/tcp/5000'
    ])
  })

  it('takes port 4701 when none is given', async () => {
    find(['seed.test'], { 'seed.test': { A: ['127.0.0.2'] } })
    await eventually('it', () => found.length === 1)
    expect(found).to.deep.equal(['? @ /ip4/127.0.0.2/tcp/4701'])
  })

  it('follows a /dnsaddr, and keeps only the peer it names', async () => {
    const [a, b] = [await newPeer(), await newPeer()]
    find(['seed.test'], {
      'seed.test': {},
      '_dnsaddr.seed.test': { TXT: [`dnsaddr=/dnsaddr/deeper.test/p2p/${a}`, 'dnsaddr=/dnsaddr/nowhere.test'] },
      '_dnsaddr.deeper.test': { TXT: [`dnsaddr=/ip4/127.0.0.1/tcp/1/p2p/${a}`, `dnsaddr=/ip4/127.0.0.1/tcp/2/p2p/${b}`] }
    })
    await eventually('it', () => found.length > 0)
    await rounds(1)
    expect(found).to.deep.equal([`${a} @ /ip4/127.0.0.1/tcp/1/p2p/${a}`])
  })

  it('stops following /dnsaddr that lead in circles or fan out', async () => {
    const fan = Array.from({ length: 60 }, (_, i) => `dnsaddr=/dnsaddr/fan${i}.test`)
    const zone: Record<string, DnsEntry> = { 'seed.test': { TXT: ['dnsaddr=/dnsaddr/loop.test', ...fan] }, '_dnsaddr.loop.test': { TXT: ['dnsaddr=/dnsaddr/loop.test'] } }
    for (let i = 0; i < 60; i++) zone[`_dnsaddr.fan${i}.test`] = { TXT: fan }
    find(['seed.test'], zone)
    await rounds(1)
    expect(found).to.deep.equal([])
    // what does not fit UDP is asked again over TCP
    expect(new Set(server.asked).size).to.be.within(10, 4 + 16)
  })

  it('follows a /dnsaddr three times', async () => {
    const zone: Record<string, DnsEntry> = { 'seed.test': { TXT: ['dnsaddr=/dnsaddr/1.deep.test'] } }
    for (let i = 1; i <= 6; i++) zone[`_dnsaddr.${i}.deep.test`] = { TXT: [`dnsaddr=/ip4/127.0.0.1/tcp/${i}`, `dnsaddr=/dnsaddr/${i + 1}.deep.test`] }
    find(['seed.test'], zone)
    await rounds(1)
    expect(found).to.have.members([1, 2, 3].map(i => `? @ /ip4/127.0.0.1/tcp/${i}`))
  })

  it('does not mind seeds that do not exist, answer junk or nothing', async () => {
    find(['gone.test', 'junk.test', 'empty.test', 'silent.test', 'good.test'], {
      'junk.test': { instead: 'junk' },
      '_dnsaddr.junk.test': { instead: 'junk' },
      'empty.test': {},
      'silent.test': { instead: 'silence' },
      '_dnsaddr.silent.test': { instead: 'silence' },
      'good.test': { A: ['127.0.0.2'] }
    })
    // before the silent one has timed out
    await eventually('the good one', () => found.length === 1)
    expect(clock.monotonic()).to.equal(0)
    await clock.advanceAsync(5_000, 1_000)
    await rounds(1)
    expect(found).to.deep.equal(['? @ /ip4/127.0.0.2/tcp/4701'])
  })

  it('throws when every seed fails, naming each and why', async () => {
    find(['gone.test', 'silent.test:1'], { 'silent.test': { instead: 'silence' }, '_dnsaddr.silent.test': { instead: 'silence' } })
    await eventually('questions', () => server.asked.length >= 8)
    await clock.advanceAsync(5_000, 1_000)
    const error = await outcome
    expect(error).to.be.an.instanceOf(DnsSeedsError).with.property('code', 'DISCOVERY_DNS_SEEDS_FAILED')
    const { details, message } = error as DnsSeedsError
    expect(details.seeds).to.have.keys(['gone.test:4701', 'silent.test:1'])
    expect(message).to.match(/gone\.test:4701: .*ENOTFOUND.*silent\.test:1: .*timed out after 5000 ms/)
  })

  it('takes 64 records of a huge answer', async () => {
    const A = Array.from({ length: 100 }, (_, i) => `127.0.0.${i + 1}`)
    find(['huge.test'], { 'huge.test': { A, TXT: Array.from({ length: 300 }, (_, i) => `dnsaddr=/dns4/${'x'.repeat(60)}.${'y'.repeat(60)}.test/tcp/${i + 1}`) } })
    await eventually('64', () => found.length >= 64)
    await rounds(1)
    expect(found).to.have.length(64)
  })

  it('asks again after 10 s, ever more seldom up to 10 minutes', async () => {
    find(['seed.test'], { 'seed.test': { A: ['127.0.0.2'] } })
    for (let round = 1; round <= 8; round++) {
      await rounds(round)
      clock.advance(clock.waits.at(-1)!)
    }
    for (const [i, wait] of clock.waits.entries()) {
      const least = Math.min(10_000 * 2 ** i, 600_000)
      expect(wait).to.be.within(least, least * 1.1)
    }
  })

  it('has nothing to do without seeds, and refuses what is no seed at once', async () => {
    find([], {})
    expect(await outcome).to.equal(undefined)
    expect(() => dnsSeeds({ seeds: ['10.0.0.1'], resolver: resolver() })).to.throw(DnsSeedInvalidError)
  })
})
