import { expect } from 'chai'
import { Pace } from '../support/pace.ts'
import { Crowd, holdStream, tryConnect } from './support/crowd.ts'
import { figure } from './support/figures.ts'
import { honestPeers, joined, kept, settled } from './support/honest.ts'
import { Victim } from './support/victim.ts'
import type { VictimOptions } from './support/victim-contract.ts'

const SLOTS = 60
const OUTBOUND = 8
const INBOUND = 12
const LATE = 10
const JOIN_LIMIT_MS = 5_000
/** Three times as fast as the specification has it. */
const ATTACK_MS = 20_000
/** As many as it takes to fill a stock node, at the same rate. */
const STOCK_IDS = 200
const SAMPLE_MS = 100
const STEP_MS = 5
const SEED = 20_000

interface Siege {
  /** Attackers connected at a time, at most, and when the attack ended. */
  most: number
  atEnd: number
  kept: { inbound: number, outbound: number }
  /** Of 10 honest peers that came during the last of the attack, those that got in within 5 s. */
  late: number
}

/** A victim with 8 honest peers that it dialled and 12 that dialled it, then one attacker after the other from these IPs, each holding a stream. */
async function siege (kind: VictimOptions['kind'], ips: readonly string[], attackMs = ATTACK_MS): Promise<Siege> {
  await using crowd = new Crowd()
  const outbound = await honestPeers(crowd, OUTBOUND)
  await using victim = await Victim.start({ kind, bootstrap: outbound.map(node => String(node.getMultiaddrs()[0])), pool: { limits: { maxPeers: SLOTS } } })
  const inbound = await honestPeers(crowd, INBOUND, OUTBOUND)
  for (const node of inbound) expect(await joined(node, victim.multiaddr, JOIN_LIMIT_MS), 'honest peers get in while there is room').to.be.a('number')
  const town = { outbound, inbound }
  await settled(victim, town)

  const attackers = new Set<string>()
  const present = async (): Promise<number> => (await victim.call('connections')).filter(({ peer }) => attackers.has(peer)).length
  const startMs = performance.now()
  const attacks: Array<Promise<void>> = []
  const steps = new Pace(STEP_MS)
  let most = 0
  let sampledMs = 0
  for (const [i, ip] of ips.entries()) {
    const dueMs = startMs + i * attackMs / ips.length
    while (performance.now() < dueMs) {
      if (performance.now() - sampledMs > SAMPLE_MS) {
        sampledMs = performance.now()
        most = Math.max(most, await present())
      }
      await steps.beat()
    }
    attacks.push(attack(i, ip))
  }
  await Promise.all(attacks)
  const newcomers = await honestPeers(crowd, LATE, OUTBOUND + INBOUND)
  const late = await Promise.all(newcomers.map(async node => await joined(node, victim.multiaddr, JOIN_LIMIT_MS)))
  const atEnd = await present()
  return { most: Math.max(most, atEnd), atEnd, kept: await kept(victim, town), late: late.filter(ms => ms != null).length }

  async function attack (i: number, from: string): Promise<void> {
    const node = await crowd.add({ seed: SEED + i, from })
    attackers.add(node.peerId.toString())
    const connection = await tryConnect(node, victim.multiaddr)
    if (connection == null || await holdStream(connection, '/meshsub/1.1.0') == null) await node.stop()
  }
}

function outcome ({ kept: { inbound, outbound }, late }: Siege): string {
  return `${inbound}/${INBOUND} in, ${outbound}/${OUTBOUND} out, ${late}/${LATE} newcomers`
}

describe(`attacks on slots: ${SLOTS} of them, ${OUTBOUND + INBOUND} honest peers`, () => {
  it(`T1: 500 ids from one IP within ${ATTACK_MS / 1_000} s (scaled from 60 s), each holding a stream`, async () => {
    const ips = Array.from({ length: 500 }, () => '127.200.0.1')
    const stock = await siege('stock', ips.slice(0, STOCK_IDS), ATTACK_MS * STOCK_IDS / ips.length)
    const result = await siege('peerkeep', ips)
    figure({ test: 'T1', what: 'slots taken by 500 ids of one IP', value: String(result.most), limit: '4', stock: String(stock.most) })
    figure({ test: 'T1', what: 'honest peers kept', value: outcome(result), limit: `${INBOUND}/${INBOUND} in, ${OUTBOUND}/${OUTBOUND} out`, stock: outcome(stock) })
    expect(result.most, 'slots taken').to.be.within(1, 4)
    expect(result.kept, 'honest peers kept').to.deep.equal({ inbound: INBOUND, outbound: OUTBOUND })
    expect(result.late, 'newcomers let in').to.equal(LATE)
  })

  it(`T2: 512 ids over 64 /24s, each in another /16, within ${ATTACK_MS / 1_000} s`, async () => {
    const ips = Array.from({ length: 512 }, (_, i) => `127.${100 + i % 64}.${i % 64}.${1 + Math.floor(i / 64)}`)
    const stock = await siege('stock', ips.slice(0, STOCK_IDS), ATTACK_MS * STOCK_IDS / ips.length)
    const result = await siege('peerkeep', ips)
    figure({ test: 'T2', what: 'honest peers kept against 512 ids of 64 /24s', value: outcome(result), limit: `70 % in, ${OUTBOUND}/${OUTBOUND} out`, stock: outcome(stock) })
    expect(result.kept.inbound / INBOUND, 'honest inbound kept').to.be.at.least(0.7)
    expect(result.kept.outbound, 'honest outbound kept').to.equal(OUTBOUND)
    expect(result.late, 'newcomers let in').to.equal(LATE)
  })
})
