/**
 * What does the cryptography of a vault cost each who takes part, in processor time? Without peers, in pure JavaScript and with
 * libsodium. And beside `shamir-secret-sharing`, which shares the secret itself where a vault encrypts it once and shares a key:
 * dealing and encrypting against its `split`, verifying, combining and decrypting against its `combine`, which verifies nothing.
 * All in turns, in one process. `node bench/shards.ts --help`
 */
import { randomBytes } from 'node:crypto'
import { combine as peerCombine, split } from 'shamir-secret-sharing'
import { openDataKey, sealItem } from '../dist/crypto/item/envelope.js'
import { decryptPayload, DEFAULT_CHUNK_BYTES, encryptPayload } from '../dist/crypto/item/payload.js'
import { group, useGroup } from '../dist/crypto/threshold/group.js'
import * as threshold from '../dist/crypto/threshold/index.js'
import { nobleGroup } from '../dist/crypto/threshold/noble-group.js'
import { systemRng } from '../dist/index.js'
import { options } from './support/options.ts'
import { conclude, table } from './support/report.ts'
import { median, quantile, spread } from './support/stats.ts'

const SHAPES = [[3, 5], [5, 10], [10, 20], [6, 10], [11, 20]] as const
const COMPARED = SHAPES.slice(0, 3)
const SIZES = { '32 B': 32, '1 KiB': 1_024, '1 MiB': 2 ** 20 }
const WARM_UP = 3
/** Milliseconds of processor time. */
const LIMITS = { deal: { 10: 3, 20: 6 }, open: { noble: { 10: 40, 20: 80 }, libsodium: { 10: 10, 20: 20 } }, partial: 5 }
const TIMES = { split: 100, combine: 50 }

const { rounds, peerRounds, smoke } = options({
  rounds: { full: 100, smoke: 4, help: 'measured runs of each operation' },
  peerRounds: { full: 7, smoke: 1, help: 'measured runs of each size beside the other package' }
})

await threshold.loadFastGroup()
const GROUPS = [nobleGroup, group()]
const context = randomBytes(64)
const failures: string[] = []
const check = (good: boolean, what: string): void => { if (!good && !failures.includes(what)) failures.push(what) }
const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean => a != null && b != null && Buffer.from(a).equals(b)

/** What each does in a vault of this shape. */
function operations (t: number, n: number): Record<string, () => void> {
  const indices = Array.from({ length: n }, (_, i) => i + 1)
  const sharing = { threshold: t, indices }
  const { commitments, shares } = threshold.deal(sharing, systemRng)
  const [first] = shares
  const publicKey = commitments[0]!
  const verifications = threshold.verificationsOf(commitments, indices)
  const { encapsulation, sharedPoint } = threshold.encapsulate(publicKey, systemRng)
  const taken = shares.slice(-t)
  const partials = taken.map(share => ({ index: share.index, ...threshold.partialOf(share, encapsulation, context, systemRng) }))
  const dealt = taken.map(share => ({ dealer: share.index, ...threshold.dealShare(share, sharing, systemRng) }))
  const zeros = taken.map(share => ({ dealer: share.index, ...threshold.dealRefresh(sharing, systemRng) }))
  const first_ = (parts: typeof dealt): Array<{ dealer: number, commitments: Uint8Array[], scalar: Uint8Array }> => parts.map(({ dealer, commitments, shares }) => ({ dealer, commitments, scalar: shares[0]!.scalar }))
  const repair = { index: 1, helpers: taken.map(({ index }) => index) }
  const deltas = taken.map(share => ({ helper: share.index, ...threshold.dealDeltas(share, repair, systemRng) }))
  const sigmas = repair.helpers.map((helper, at) => ({ helper, scalar: threshold.sumDeltas(deltas.map(({ deltas, ...part }) => ({ ...part, scalar: deltas[at]! })), helper, repair) }))
  return {
    'deal': () => { threshold.deal(sharing, systemRng) },
    'open: holder': () => { threshold.partialOf(first!, encapsulation, context, systemRng) },
    'open: client': () => {
      for (const partial of partials) check(threshold.verifyPartial(partial, verifications[partial.index - 1]!, encapsulation, context), 'a partial does not verify')
      check(same(threshold.combinePartials(partials, t), sharedPoint), 'partials do not open')
    },
    'audit: holder': () => { threshold.proveShare(first!, context, systemRng) },
    'refresh: dealer': () => { threshold.dealRefresh(sharing, systemRng) },
    'refresh: receiver': () => { threshold.refreshShare(first!, first_(zeros), t) },
    'reshare: dealer': () => { threshold.dealShare(first!, sharing, systemRng) },
    'reshare: receiver': () => {
      for (const { dealer, commitments } of dealt) threshold.checkDealt(commitments, verifications[dealer - 1]!, t)
      const share = threshold.receiveShare(first_(dealt), 1)
      const next = threshold.resharedCommitments(dealt)
      check(same(next[0], publicKey) && same(threshold.publicShareOf(share.scalar), threshold.verificationOf(next, 1)), 'a reshared share does not fit')
    },
    'repair: helper': () => { threshold.dealDeltas(taken[0]!, repair, systemRng) },
    'repair: receiver': () => { check(same(threshold.repairShare(sigmas, deltas, verifications[0]!, repair).scalar, first!.scalar), 'the repaired share is another') }
  }
}

/** Milliseconds of processor time, of all threads: what else runs on the machine counts less than in time passed. */
async function cpuMs (act: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

const costs: Record<string, Record<string, number[]>> = {}
for (const [t, n] of SHAPES) {
  const all = Object.entries(operations(t, n))
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [name, act] of all) {
      for (const own of GROUPS) {
        useGroup(own)
        const ms = await cpuMs(act)
        if (round >= 0) ((costs[`${own.name} (${t},${n})`] ??= {})[name] ??= []).push(ms)
      }
    }
  }
}

async function whole (chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

/** [ours, the other's], of each run. */
type Pairs = Array<[number, number]>
const compared: Record<string, { split: Pairs, combine: Pairs }> = {}
useGroup(GROUPS[1]!)
for (const [t, n] of COMPARED) {
  const indices = Array.from({ length: n }, (_, i) => i + 1)
  const item = { suite: 1, vault: randomBytes(32), version: 1 }
  for (const [size, bytes] of Object.entries(SIZES)) {
    const pairs: { split: Pairs, combine: Pairs } = compared[`${size} (${t},${n})`] = { split: [], combine: [] }
    // it takes no Buffer
    const secret = new Uint8Array(randomBytes(bytes))
    for (let round = -1; round < peerRounds; round++) {
      let vault: { dealing: threshold.Dealing, sealed: ReturnType<typeof sealItem>['item'], payload: Uint8Array } | undefined
      let peerShares: Uint8Array[] = []
      const ours = async (): Promise<number> => await cpuMs(async () => {
        const dealing = threshold.deal({ threshold: t, indices }, systemRng)
        const { item: sealed, dataKey } = sealItem(dealing.commitments[0]!, item, DEFAULT_CHUNK_BYTES, systemRng)
        vault = { dealing, sealed, payload: await whole(encryptPayload(dataKey, item, DEFAULT_CHUNK_BYTES, secret)) }
      })
      const theirs = async (): Promise<number> => await cpuMs(async () => { peerShares = await split(secret, n, t) })
      const splitMs = round % 2 === 0 ? [await ours(), await theirs()] : [await theirs(), await ours()].toReversed()
      const { dealing, sealed, payload } = vault!
      const verifications = threshold.verificationsOf(dealing.commitments, indices)
      const partials = dealing.shares.slice(-t).map(share => ({ index: share.index, ...threshold.partialOf(share, sealed.encapsulation, context, systemRng) }))
      const open = async (): Promise<number> => await cpuMs(async () => {
        for (const partial of partials) check(threshold.verifyPartial(partial, verifications[partial.index - 1]!, sealed.encapsulation, context), 'a partial does not verify')
        const dataKey = openDataKey(threshold.combinePartials(partials, t), sealed, item)
        check(same(await whole(decryptPayload(dataKey, item, DEFAULT_CHUNK_BYTES, payload)), secret), 'another secret came out')
      })
      const theirOpen = async (): Promise<number> => await cpuMs(async () => { check(same(await peerCombine(peerShares.slice(-t)), secret), 'another secret came out of the other package') })
      const combineMs = round % 2 === 0 ? [await open(), await theirOpen()] : [await theirOpen(), await open()].toReversed()
      if (round < 0) continue
      pairs.split.push(splitMs as [number, number])
      pairs.combine.push(combineMs as [number, number])
    }
  }
}

const names = Object.keys(Object.values(costs)[0]!)
console.log(`milliseconds of processor time, medians (99th percentiles) of ${rounds} runs\n`)
console.log(table(['', ...names], Object.entries(costs).map(([title, own]) => [title, ...names.map(name => `${median(own[name]!).toFixed(2)} (${quantile(own[name]!, 0.99).toFixed(2)})`)])))

const ratios = (pairs: Pairs): number[] => pairs.map(([ours, theirs]) => theirs / ours)
const told = (values: number[]): string => {
  const { median, min, max } = spread(values)
  return `${median.toPrecision(3)} (${min.toPrecision(3)} to ${max.toPrecision(3)})`
}
console.log(`\nbeside shamir-secret-sharing: milliseconds of processor time, and how many times as fast, medians (range) of ${peerRounds} runs\n`)
console.log(table(['', 'deal and encrypt', 'split', 'times', 'verify, combine, decrypt', 'combine', 'times'], Object.entries(compared).map(([title, { split, combine }]) => [
  title, ...[split, combine].flatMap(pairs => [median(pairs.map(([ours]) => ours)), median(pairs.map(([, theirs]) => theirs)), told(ratios(pairs))])
])))

const cost = (name: string, operation: string): number[] => costs[name]![operation]!
await conclude({
  bench: 'shards',
  options: { rounds, peerRounds },
  measurements: { costs, compared },
  failures,
  targets: [
    ...([[6, 10], [11, 20]] as const).flatMap(([t, n]) => GROUPS.flatMap(({ name }) => [
      { what: `deal (${t},${n}), ${name}, median ms`, value: median(cost(`${name} (${t},${n})`, 'deal')), atMost: LIMITS.deal[n] },
      { what: `open (${t},${n}), client, ${name}, 99th percentile ms`, value: quantile(cost(`${name} (${t},${n})`, 'open: client'), 0.99), atMost: LIMITS.open[name as 'noble' | 'libsodium'][n] },
      { what: `open (${t},${n}), holder, ${name}, median ms`, value: median(cost(`${name} (${t},${n})`, 'open: holder')), atMost: LIMITS.partial }
    ])),
    { what: 'times as fast as split, 1 MiB (5,10)', value: median(ratios(compared['1 MiB (5,10)']!.split)), atLeast: TIMES.split },
    { what: 'times as fast as combine, 1 MiB (5,10)', value: median(ratios(compared['1 MiB (5,10)']!.combine)), atLeast: TIMES.combine }
  ],
  smoke
})
