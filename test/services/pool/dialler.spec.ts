import { multiaddr } from '@multiformats/multiaddr'
import { defaultLogger } from '@libp2p/logger'
import { expect } from 'chai'
import { neutralScoring, openBans } from '../../../src/components.ts'
import { Dialler } from '../../../src/services/pool/dialler.ts'
import { Keepers } from '../../../src/services/pool/keepers.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { openBook } from '../../support/open-book.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Outcome, Scoring } from '../../../src/components.ts'
import type { PoolComponents } from '../../../src/services/pool/index.ts'
import type { DiallerInit } from '../../../src/services/pool/dialler.ts'
import type { Reach } from '../../../src/util/reach.ts'
import type { OpenBook } from '../../support/open-book.ts'

const PUBLIC = '/ip4/8.8.8.8/tcp/1'
const BACKOFF = { minMs: 1_000, maxMs: 600_000 }

describe('pool: dialler', () => {
  let open: OpenBook
  let dialler: Dialler
  let dialled: string[]
  let outcomes: Outcome['what'][]
  let checked: string[]
  let reaches: Reach[]
  let isolated: boolean
  let outage: boolean
  let discouraged: Set<string>
  /** What becomes of a dial. */
  let dial: (targets: Multiaddr[]) => Connection
  const rng = seededRng(8)

  beforeEach(async () => {
    open = await openBook()
    dialled = []
    outcomes = []
    checked = []
    reaches = [2]
    isolated = outage = false
    discouraged = new Set()
    dial = () => { throw new Error('nobody there') }
  })
  afterEach(async () => {
    await dialler.stop()
    await open.stop()
  })

  function start (init: Partial<DiallerInit> = {}): void {
    const scoring: Scoring = {
      ...neutralScoring,
      isOutage: () => outage,
      isDiscouraged: peer => discouraged.has(peer.toString()),
      observe: (_, { what }) => { outcomes.push(what) }
    }
    const connectionManager = {
      openConnection: async (targets: Multiaddr[]) => {
        dialled.push(String(targets))
        return dial(targets)
      }
    }
    dialler = new Dialler({ addressBook: open.book, connectionManager } as unknown as PoolComponents, {
      clock: open.clock,
      rng,
      log: defaultLogger().forComponent('test'),
      netgroups: {},
      keepers: new Keepers(BACKOFF, rng),
      dialTimeoutMs: 10_000,
      maxDialing: 16,
      backoff: BACKOFF,
      preferredRoles: [],
      isConnected: () => false,
      isIsolated: () => isolated,
      isTurnedAway: () => false,
      scoring: () => scoring,
      bans: () => openBans,
      connectedReaches: () => reaches,
      relays: () => [],
      onKept: () => {},
      onKeeperFailed: () => {},
      onChecked: (_, verdict) => { checked.push(verdict) },
      onSettled: () => {},
      ...init
    })
    dialler.start()
  }

  function learn (...addresses: string[]): PeerId {
    const peerId = randomPeerId(rng)
    open.book.add({ peerId, multiaddrs: addresses.map(address => multiaddr(address)), source: 'bootstrap' })
    return peerId
  }

  /** Ever longer, so that every backoff has passed. */
  async function rounds (count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      dialler.fill(1, 1, new Set())
      await open.clock.advanceAsync(600_000, 300_000)
    }
  }

  it('forgets a peer that is gone, and tells scoring of every failure', async () => {
    start()
    const peerId = learn(PUBLIC)
    await rounds(7)
    expect(open.book.get(peerId)?.failures).to.equal(7)
    await rounds(1)
    expect(open.book.get(peerId)).to.equal(undefined)
    expect(checked).to.deep.equal(['gone'])
    expect(outcomes).to.deep.equal(Array.from({ length: 8 }, () => 'dial-failed'))
  })

  for (const [what, set] of [
    ['while its own link is down as a whole', () => { outage = true }],
    ['while it is alone', () => { isolated = true }],
    ['of the internet while it has only neighbours', () => { reaches = [0, 1] }],
    ['that its own gater does not let it dial', () => { dial = () => { throw Object.assign(new Error('denied'), { name: 'DialDeniedError' }) } }]
  ] as const) {
    it(`blames nobody ${what}, and goes on trying once a minute`, async () => {
      start()
      set()
      const peerId = learn(PUBLIC)
      for (let i = 0; i < 20; i++) {
        dialler.fill(1, 1, new Set())
        await open.clock.advanceAsync(60_000, 30_000)
      }
      expect(dialled).to.have.length(20)
      expect(open.book.get(peerId)?.failures).to.equal(0)
      expect([outcomes, checked]).to.deep.equal([[], []])
    })
  }

  it('blames a neighbour while it has another', async () => {
    start()
    reaches = [1]
    learn('/ip4/10.0.0.1/tcp/1')
    await rounds(8)
    expect(checked).to.deep.equal(['gone'])
  })

  it('keeps a peer when its own link goes down while it checks', async () => {
    start()
    const peerId = learn(PUBLIC)
    await rounds(7)
    dial = () => {
      // the last dial and the check after it
      if (dialled.length > 8) reaches = [0]
      throw new Error('nobody there')
    }
    await rounds(1)
    expect(dialled).to.have.length(9)
    expect(checked).to.deep.equal([])
    expect(open.book.get(peerId)).to.not.equal(undefined)
  })

  it('takes a dial to the internet that gets through for a working link', async () => {
    start()
    reaches = []
    learn(PUBLIC)
    const other = multiaddr('/ip4/9.9.9.9/tcp/1')
    for (let i = 0; i < 4; i++) {
      await rounds(1)
      const nobody = dial
      dial = () => ({ remoteAddr: other }) as Connection
      await dialler.dial(other)
      dial = nobody
    }
    expect(outcomes, 'all but the first, when nothing had got through yet').to.have.length(3)
  })

  it('does not dial the discouraged, but when it is alone, and never the banned', async () => {
    const [bad, banned, elsewhere] = [learn('/memory/bad'), learn('/memory/banned'), learn('/memory/refused')]
    discouraged.add(bad.toString())
    const asked = new Set<string | undefined>()
    start({
      bans: () => ({
        isDenied: ({ peerId, multiaddr }, where) => {
          asked.add(where)
          return peerId?.equals(banned) === true || multiaddr?.toString() === '/memory/refused'
        }
      })
    })
    await rounds(3)
    expect(dialled).to.deep.equal([])
    isolated = true
    await rounds(1)
    expect(dialled).to.deep.equal([`/memory/bad/p2p/${bad.toString()}`])
    open.book.add({ peerId: elsewhere, multiaddrs: [multiaddr('/memory/good')], source: 'bootstrap' })
    await rounds(5)
    expect(dialled.join()).to.contain(elsewhere.toString()).and.not.contain(banned.toString())
    expect([...asked]).to.deep.equal(['dial'])
  })

  it('leaves configured peers alone while their standing is bad, unless it is alone', async () => {
    const keepers = new Keepers(BACKOFF, rng)
    const [explicit, bootstrap] = [randomPeerId(rng).toString(), randomPeerId(rng).toString()]
    keepers.add(multiaddr(`/memory/explicit/p2p/${explicit}`), 'explicit')
    keepers.add(multiaddr(`/memory/bootstrap/p2p/${bootstrap}`), 'bootstrap')
    const turnedAway = new Set<string>()
    start({ keepers, isTurnedAway: id => turnedAway.has(id) })
    discouraged.add(explicit)
    discouraged.add(bootstrap)
    await rounds(1)
    expect(dialled, 'an explicit peer is dialled as long as it is not refused').to.deep.equal([`/memory/explicit/p2p/${explicit}`])
    turnedAway.add(explicit)
    dialled.length = 0
    await rounds(2)
    expect(dialled).to.deep.equal([])
    isolated = true
    await rounds(1)
    expect(dialled).to.have.length(2)
  })

  it('dials an IPv6 /64 on hearsay once in ten minutes', async () => {
    start()
    for (let n = 1; n <= 5; n++) {
      const peerId = randomPeerId(rng)
      open.book.add({ peerId, multiaddrs: [multiaddr(`/ip6/2001:4860:1:1::${n}/tcp/1`)], source: 'pex', toldBy: multiaddr(`/ip4/${n}.1.1.1/tcp/1`) })
    }
    for (let i = 0; i < 3; i++) {
      dialler.fill(1, 1, new Set())
      await open.clock.advanceAsync(60_000, 30_000)
    }
    expect(dialled).to.have.length(1)
    await open.clock.advanceAsync(500_000, 100_000)
    dialler.fill(1, 1, new Set())
    await open.clock.advanceAsync(0)
    expect(dialled).to.have.length(2)
  })

  it('dials a host on hearsay once, of all that are drawn at a time', async () => {
    start()
    for (let n = 1; n <= 5; n++) {
      open.book.add({ peerId: randomPeerId(rng), multiaddrs: [multiaddr(`/ip4/9.9.9.9/tcp/${n}`)], source: 'pex', toldBy: multiaddr(`/ip4/${n}.1.1.1/tcp/1`) })
    }
    dialler.fill(5, 5, new Set())
    await open.clock.advanceAsync(0)
    expect(dialled).to.have.length(1)
  })
})
