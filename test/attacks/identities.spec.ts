import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { BUCKET_SIZE, NEW_BUCKETS, TRIED_BUCKETS } from '../../src/services/address-book/constants.ts'
import { MAX_BANS, MAX_EVIDENCE, MAX_EXPLAINED, MAX_KEYS, MAX_SEEN, MAX_SPARED, MAX_SPREAD_GROUPS, MAX_THROTTLED } from '../../src/services/bans/constants.ts'
import { addressBook } from '../../src/services/address-book/index.ts'
import { pex } from '../../src/services/pex/index.ts'
import { pexProtocol } from '../../src/services/pex/messages.ts'
import { MAX_PENDING, MAX_PENDING_SHARED } from '../../src/services/pool/admission.ts'
import { MAX_REMEMBERED, MAX_SURPLUS } from '../../src/services/pool/constants.ts'
import { MAX_HOSTS, MAX_PEERS, MAX_RECENT } from '../../src/services/scoring/constants.ts'
import { seededRng } from '../../src/util/rng.ts'
import { eventually } from '../support/eventually.ts'
import { randomPeerId } from '../support/random-peer.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import { Crowd } from './support/crowd.ts'
import { figure } from './support/figures.ts'
import { obstacle, runWithin } from './support/ip6-namespace.ts'
import { sendJunk } from './support/junk.ts'
import { Trust } from './support/trust.ts'
import { Victim } from './support/victim.ts'
import type { Pool } from '../../src/services/pool/index.ts'
import type { BareNode } from './support/crowd.ts'
import type * as identityCommands from './support/identity-commands.ts'
import type { FloodReport } from './support/identity-commands.ts'
import type { Rotation } from './support/rotation.ts'
import type { VictimOptions } from './support/victim-contract.ts'

const SEED = 80_000
const IDS = 50
const IP = '127.200.0.1'
const JUNK_LIMIT = 15
/** Spoken by a stock node, too. */
const KAD = '/peerkeep/main/kad/1.0.0'
/** Leads back to this machine in a network of its own: real IPv6 sockets from any address. */
const PREFIX = '2a00:db8::/32'
const STRANGERS = 100_000
const WARM_UP = 1_000
const PORTION = 5_000
const SLOTS = 60
const MEMORY_LIMIT_BYTES = 64 * 1024 * 1024
const OPERATION_LIMIT_US = 5
const GATER_LIMIT_MS = 0.1
/** Strangers of the last 10 s, in which it is waited for them to say who they are: as many as get past the gater, here without a limit. */
const MAX_WAITED_FOR = STRANGERS
/** As documented where each is kept; one that is not here is to be 0. */
const CAPS: Record<string, number> = {
  'scoring.peers': MAX_PEERS + SLOTS, 'scoring.debtors': MAX_PEERS, 'scoring.connected': SLOTS, 'scoring.badStanding': MAX_PEERS + SLOTS, 'scoring.hosts': MAX_HOSTS,
  'scoring.recentFailures': MAX_RECENT, 'scoring.recentCharges': MAX_RECENT, 'scoring.changed': MAX_PEERS + SLOTS, 'scoring.unwritten': 2 * MAX_PEERS,
  'bans.peers': MAX_BANS.peer, 'bans.hosts': MAX_BANS.host, 'bans.networks': MAX_BANS.network, 'bans.history': MAX_KEYS, 'bans.evidence': MAX_EVIDENCE, 'bans.unwritten': 2 * MAX_KEYS,
  'bans.spared': MAX_SPARED, 'bans.spread': MAX_SPREAD_GROUPS, 'bans.seen': MAX_SEEN, 'bans.throttle': MAX_THROTTLED, 'bans.decisions': MAX_EXPLAINED,
  'pool.acceptRates': MAX_REMEMBERED, 'pool.subnetRates': MAX_REMEMBERED, 'pool.relayRates': MAX_REMEMBERED, 'pool.goodbyeRates': MAX_REMEMBERED, 'pool.handshakes': MAX_PENDING + MAX_PENDING_SHARED, 'pool.peers': SLOTS + MAX_SURPLUS, 'pool.surplus': MAX_SURPLUS,
  'pool.retries': MAX_REMEMBERED, 'pool.timers': MAX_WAITED_FOR, 'addressBook.unwritten': (NEW_BUCKETS + TRIED_BUCKETS) * BUCKET_SIZE, 'gossipGuard.relays': 256
}
const OFFENDERS = 20_000

interface Succession {
  /** Ids that sent anything. */
  admitted: number
  /** Messages that they could send; for Peerkeep those that were judged. */
  processed: number
  /** Ids it took until the IP was banned. */
  bannedAfter?: number
}

/** One id after the other from one IP, each sending junk until it is cut off; before that perhaps somebody good from there. */
async function succession (kind: VictimOptions['kind'], withGood: boolean): Promise<Succession> {
  await using crowd = new Crowd()
  const good = withGood ? await goodPeer(crowd) : undefined
  await using victim = await Victim.start({ kind, bootstrap: good?.getMultiaddrs().map(String) })
  if (good != null) {
    await eventually('the good peer has earned something', async () => (await victim.snapshot()).scoring?.peers.some(({ peerId, credit }) => peerId === good.peerId.toString() && credit >= 0.02))
  }
  let admitted = 0
  let processed = 0
  let bannedAfter: number | undefined
  for (let i = 0; i < IDS; i++) {
    const node = await crowd.add({ seed: SEED + i, from: IP, mute: true })
    const { connected, sent } = await sendJunk(node, victim.multiaddr, kind === 'stock' ? KAD : pexProtocol.id)
    await node.stop()
    if (connected) admitted++
    if (kind === 'stock') processed += sent
    else {
      const { bans } = await victim.snapshot()
      if (bans?.bans.some(({ key }) => key === IP)) bannedAfter ??= admitted
    }
  }
  const reports = (await victim.snapshot()).scoring?.reports
  if (reports != null) processed = reports.severe + reports.moderate + reports.minor + reports.fatal
  return { admitted, processed, bannedAfter }
}

/** One that answers when it is asked for peers. */
async function goodPeer (crowd: Crowd): Promise<BareNode> {
  const stub = { setRoles: () => {}, disconnect: async () => {} } as unknown as Pool
  return await crowd.add({
    seed: SEED - 1,
    from: IP,
    listens: true,
    services: { pool: () => stub, addressBook: addressBook({ localAsPublic: true }), pex: pex({ localAsPublic: true }) }
  })
}

describe('attacks with many identities', () => {
  for (const { withGood, limit } of [{ withGood: false, limit: 3 }, { withGood: true, limit: 5 }]) {
    it(`T8: ${IDS} ids one after another from one IP${withGood ? ', where a good peer is, too' : ''}, each sending junk`, async () => {
      const stock = withGood ? undefined : await succession('stock', false)
      const { admitted, processed, bannedAfter } = await succession('peerkeep', withGood)
      const what = withGood ? ' beside a good peer' : ''
      figure({ test: 'T8', what: `ids until their IP is banned${what}`, value: String(bannedAfter ?? 'never'), limit: String(limit), ...stock == null ? {} : { stock: `never, ${stock.admitted} of ${IDS} served` } })
      figure({ test: 'T8', what: `junk messages processed${what}`, value: String(processed), limit: String(JUNK_LIMIT), ...stock == null ? {} : { stock: String(stock.processed) } })
      expect(bannedAfter, 'ids until the IP is banned').to.be.within(1, limit)
      expect(admitted, 'ids that were heard').to.be.at.most(limit)
      expect(processed, 'junk processed').to.be.at.most(JUNK_LIMIT)
    })
  }

  it('T9: one id after the other, each from another /64 of one /56, each sending junk', async function () {
    const why = obstacle(PREFIX)
    if (why != null) {
      process.stdout.write(`      T9 skipped: ${why}\n`)
      this.skip()
    }
    const { bannedAfter, bansBefore, admitted, processed, letIn, keys } = await runWithin<Rotation>(PREFIX, fileURLToPath(new URL('support/rotation.ts', import.meta.url)))
    figure({ test: 'T9', what: `ids, each from another /64, until their /56 is refused (${processed} junk messages)`, value: String(bannedAfter ?? 'never'), limit: '4' })
    figure({ test: 'T9', what: 'strangers let in then: same /56, next /56, next /48', value: Object.values(letIn).map(is => is ? 'yes' : 'no').join(', '), limit: 'no, yes, yes' })
    expect(bannedAfter, `ids until the /56 is banned; banned are ${keys.join(' ')}`).to.be.within(1, 4)
    expect(bansBefore, 'bans before that').to.be.at.most(4)
    expect(admitted, 'ids that were heard').to.equal(bannedAfter)
    expect(letIn).to.deep.equal({ inside: false, beside: true, neighbour: true })
  })

  it(`T14: one fatal ban, then ${OFFENDERS} minor offenders until each is banned, too`, async () => {
    const rng = seededRng(SEED)
    const trust = await Trust.open()
    const { scoring, bans, clock } = trust
    const forger = randomPeerId(rng)
    await trust.connect(forger, '/ip4/8.8.8.8/tcp/4001')
    scoring.report(forger, 'fatal', 'test:forged', Uint8Array.of(1, 2, 3))
    await trust.settled()
    const ban = bans.get(forger)
    expect(ban, 'banned').to.not.equal(undefined)
    for (let i = 0; i < OFFENDERS; i++) {
      const offender = randomPeerId(rng)
      const connection = await trust.connect(offender, `/ip4/${20 + i % 80}.${(i / 80) % 256 | 0}.${(i / 20_480) % 256 | 0}.${1 + i % 250}/tcp/4001`)
      for (let n = 0; n < 30; n++) scoring.report(offender, 'minor', 'test:stale')
      if (i % 20 === 0) clock.advance(1_000)
      connection?.closeThere()
    }
    await trust.settled()
    const { peers, evidence } = bans.snapshot().gauges
    const still = bans.get(forger)
    const reopened = await trust.reopen()
    const after = reopened.bans.get(forger)
    await reopened.stop()
    figure({ test: 'T14', what: `the fatal ban after ${OFFENDERS} more bans (${peers} of ${MAX_BANS.peer} kept, ${evidence} pieces of evidence), and after a restart`, value: [still, after].map(found => found == null ? 'gone' : 'there').join(', '), limit: 'there, there' })
    expect(peers, 'bans').to.be.within(MAX_BANS.peer / 2, MAX_BANS.peer)
    expect(still, 'the fatal ban').to.deep.equal(ban)
    expect(after, 'the fatal ban after a restart').to.deep.equal(ban)
  })

  it(`T21: ${STRANGERS} ids over one run of one node`, async () => {
    // a handshake takes 15 ms of both sides: all that comes after it is real, every fourth then also connects
    await using dir = await makeTempDir()
    await using victim = await Victim.start({ kind: 'peerkeep', dataDir: dir.path, commands: new URL('support/identity-commands.ts', import.meta.url).href })
    const run = victim.run<typeof identityCommands>()
    // what a node needs once, however many come
    await run('flood', 0, WARM_UP)
    const before = await victim.stats()
    const parts: FloodReport[] = []
    for (let from = WARM_UP; from < STRANGERS; from += PORTION) parts.push(await run('flood', from, Math.min(PORTION, STRANGERS - from)))
    const { rssBytes } = await victim.stats()
    await eventually('nobody waits any longer for those who left', async () => ((await victim.snapshot()).pool?.gauges.timers ?? 0) <= SLOTS + MAX_SURPLUS, 20_000)
    const after = await victim.stats()

    const connected = parts.reduce((sum, part) => sum + part.connected, 0)
    const gauges = new Map<string, number>()
    for (const part of parts) for (const [name, value] of Object.entries(part.gauges)) gauges.set(name, Math.max(gauges.get(name) ?? 0, value))
    const over = [...gauges].filter(([name, value]) => value > (CAPS[name] ?? 0)).map(([name, value]) => `${name} is ${value} of ${CAPS[name] ?? 0}`)
    const heapBytes = after.heapUsedBytes - before.heapUsedBytes
    // the machine may do something else now and then: the quietest part says what the node takes
    const least = (of: (part: FloodReport) => number): number => Math.min(...parts.map(of))
    const medianUs = (what: keyof FloodReport['operationUs']): number => least(part => quantile(part.operationUs[what], 0.5))
    const [scoreUs, standingUs, observeUs, reportUs] = (['score', 'standing', 'observe', 'report'] as const).map(medianUs) as [number, number, number, number]
    const [gaterMs, p99Ms] = [0.5, 0.99].map(share => least(part => quantile(part.gaterMs, share))) as [number, number]
    figure({ test: 'T21', what: `heap for ${STRANGERS} ids, ${connected} of them connected`, value: mega(heapBytes), limit: mega(MEMORY_LIMIT_BYTES) })
    figure({ test: 'T21', what: 'RSS at the end of it (with what V8 keeps for later)', value: mega(rssBytes - before.rssBytes), limit: mega(MEMORY_LIMIT_BYTES) })
    figure({ test: 'T21', what: `gauges over their cap, of ${gauges.size}`, value: String(over.length), limit: '0' })
    figure({ test: 'T21', what: 'score and standing of a stranger', value: `${scoreUs.toFixed(2)} and ${standingUs.toFixed(2)} us`, limit: `${OPERATION_LIMIT_US} us` })
    figure({ test: 'T21', what: 'first observation, first report of a stranger with all that follows from it', value: `${observeUs.toFixed(1)} and ${reportUs.toFixed(1)} us`, limit: `${OPERATION_LIMIT_US} us` })
    figure({ test: 'T21', what: `gater p99 (median ${gaterMs.toFixed(3)} ms)`, value: `${p99Ms.toFixed(3)} ms`, limit: `${GATER_LIMIT_MS} ms` })
    expect(over, 'gauges over their cap').to.deep.equal([])
    expect(heapBytes, 'heap').to.be.at.most(MEMORY_LIMIT_BYTES)
    expect(Math.max(scoreUs, standingUs), 'score operation').to.be.at.most(OPERATION_LIMIT_US)
    expect(gaterMs, 'gater').to.be.at.most(GATER_LIMIT_MS)
    expect(connected, 'who came in').to.be.greaterThan(STRANGERS / 10)
  })
})

function quantile (values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? NaN
}

function mega (bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
