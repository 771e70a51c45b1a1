import { expect } from 'chai'
import { seededRng } from '../../src/util/rng.ts'
import { DepositRequest, DepositResponse, RegisterRequest, RegisterResponse } from '../../src/services/messaging/pb/mailbox.ts'
import { Receipt } from '../../src/services/messaging/pb/messaging.ts'
import { keyOf } from '../support/signed-records.ts'
import { MUX } from './support/call-frames.ts'
import { Crowd } from './support/crowd.ts'
import { figure } from './support/figures.ts'
import { callHonestly, callPlainly } from './support/honest-calls.ts'
import { sendJunk } from './support/junk.ts'
import { keptSince } from './support/memory.ts'
import {
  ARRIVED, broadcast, CARD, CARD_PUSH, cardOf, DELETE, DEPOSIT, DIRECT, directMessage, FETCH, FILE, orderPayload, REGISTER, sealed, validMessages
} from './support/messaging-frames.ts'
import { Victim } from './support/victim.ts'
import type { Connection, PeerId, PrivateKey } from '@libp2p/interface'
import type { BareNode } from './support/crowd.ts'
import type * as messagingCommands from './support/messaging-commands.ts'
import type { VictimOptions } from './support/victim-contract.ts'

const MESSAGING_COMMANDS = new URL('support/messaging-commands.ts', import.meta.url).href
const MIB = 1_048_576
const FRAMES = 100_000
/** Between which one sees how the victim is. */
const BATCH = 25_000
const WARM_UP = 4_000
const KEPT_LIMIT_BYTES = 16 * MIB
/** 16,384 lanes, and their places in a datastore in memory. */
const LANES_LIMIT_BYTES = 64 * MIB
const HONEST_LIMIT_MS = 3_000
const SEED = 70_000
const DELIVERED = 1
/** Of deposits. */
const OK = 1
const NOT_OWNER = 2
const FULL = 3
const REFUSED = 5

interface Peer {
  node: BareNode
  key: PrivateKey
  id: PeerId
  connection: Connection
}

interface Scene extends AsyncDisposable {
  victim: Victim
  crowd: Crowd
  run: ReturnType<typeof runner>
  attacker: Peer
  friend: Peer
  /** One more, from a place of its own. */
  join (seed: number): Promise<Peer>
}

const runner = (victim: Victim) => victim.run<typeof messagingCommands>()

/** A victim that takes orders and files and keeps mail for others; an attacker and an honest peer, connected. */
async function scene (options: Partial<VictimOptions> = {}): Promise<Scene> {
  const stack = new AsyncDisposableStack()
  const crowd = stack.use(new Crowd())
  const victim = stack.use(await Victim.start({ kind: 'peerkeep', commands: MESSAGING_COMMANDS, messaging: { mailbox: true }, ...options }))
  const run = runner(victim)
  await run('listen')
  const join = async (seed: number): Promise<Peer> => {
    const node = await crowd.add({ seed, from: `127.${100 + seed % 100}.0.1` })
    return { node, key: await keyOf(seed), id: node.peerId, connection: await node.dial(victim.multiaddr) }
  }
  return { victim, crowd, run, join, attacker: await join(SEED), friend: await join(SEED + 1), [Symbol.asyncDispose]: async () => { await stack.disposeAsync() } }
}

/** Without the length in front. */
const unframed = (answer: Uint8Array): Uint8Array => answer.subarray(answer.findIndex(byte => byte < 0x80) + 1)

const isDelivered = (answer: Uint8Array): boolean => answer.length > 0 && Receipt.decode(unframed(answer)).status === DELIVERED

/** Orders of an honest peer, one after the other in one lane. */
function honestOrders (connection: Connection): ReturnType<typeof callHonestly> {
  const rng = seededRng(SEED)
  const lane = rng.bytes(8)
  let seq = 0
  return callHonestly(connection, DIRECT, () => directMessage(rng, { lane, seq: ++seq, after: seq - 1, payload: orderPayload(seq) }), isDelivered)
}

async function deposit ({ connection }: Peer, ...letters: Uint8Array[]): Promise<number[]> {
  return [...DepositResponse.decode(unframed(await callPlainly(connection, DEPOSIT, DepositRequest.encode({ sealed: letters })))).statuses]
}

async function register ({ connection, key }: Peer): Promise<void> {
  const answer = await callPlainly(connection, REGISTER, RegisterRequest.encode({ card: await cardOf(key, seededRng(1)) }))
  expect(RegisterResponse.decode(unframed(answer)).status, 'registered').to.equal(OK)
}

const total = (counts: Record<string, number>): number => Object.values(counts).reduce((sum, count) => sum + count, 0)

describe('attacks on messaging: broken frames', () => {
  for (const [i, id] of [DIRECT, CARD, CARD_PUSH, REGISTER, DEPOSIT, FETCH, DELETE, ARRIVED, FILE].entries()) {
    it(`T25: ${FRAMES} random and mutated frames, ${id}`, async () => {
      await using stage = await scene({ localAsPublic: false })
      const { victim, run, attacker, friend } = stage
      await run('neutral')
      const messages = (await validMessages(attacker.key, attacker.id, friend.id, seededRng(SEED + i)))[id]!
      // files are the only ones with a stream each
      const init = { protocol: id === FILE ? id : MUX + id, messages, perStream: 8 }
      const from = attacker.id.toString()
      await run('injectFrom', from, i, { ...init, frames: WARM_UP })
      const before = await victim.stats()
      const orders = honestOrders(friend.connection)
      let frames = 0
      let left = 0
      for (let batch = 0; frames < FRAMES; batch++) {
        const injected = await run('injectFrom', from, 1_000 * i + batch, { ...init, frames: Math.min(BATCH, FRAMES - frames) })
        frames += injected.frames
        left += injected.left
      }
      const { answered, failures, slowestMs } = await orders.stop()
      const grown = await keptSince(victim, before, KEPT_LIMIT_BYTES)
      const disk = await run('stored')
      figure({ test: 'T25', what: `${frames} broken frames, ${id.slice(20)}: memory kept, entries stored, honest messages delivered, slowest`, value: `${(grown / MIB).toFixed(1)} MiB, ${disk.entries}, ${answered}/${answered + failures.length}, ${slowestMs.toFixed(0)} ms`, limit: `${KEPT_LIMIT_BYTES / MIB} MiB, 2000, all, ${HONEST_LIMIT_MS} ms` })
      expect(failures, 'honest messages that failed').to.deep.equal([])
      expect(slowestMs, 'slowest honest message').to.be.below(HONEST_LIMIT_MS)
      expect(left, 'streams left open').to.equal(0)
      // of short messages most are still some message
      expect(total(await run('offences')), 'offences').to.be.above(frames / 50)
      expect(grown, 'memory').to.be.below(KEPT_LIMIT_BYTES)
      expect(disk.entries, 'entries stored').to.be.below(2_000)
    })
  }

  it(`T25: ${FRAMES} random and mutated broadcasts`, async () => {
    await using stage = await scene({ localAsPublic: false })
    const { victim, run, attacker, friend } = stage
    await run('neutral')
    const rng = seededRng(SEED)
    const valid = [...Array.from({ length: 16 }, () => broadcast(rng)), broadcast(rng, { encoding: 9 }), broadcast(rng, { payload: new Uint8Array(50) }), broadcast(rng, { expiresMs: 1 })]
    const judge = async (seed: number, frames: number): Promise<Record<string, number>> => await run('judge', attacker.id.toString(), seed, valid, frames)
    await judge(1, WARM_UP)
    const before = await victim.stats()
    const orders = honestOrders(friend.connection)
    const verdicts: Record<string, number> = {}
    for (let batch = 0; batch < FRAMES / BATCH; batch++) for (const [verdict, count] of Object.entries(await judge(2 + batch, BATCH))) verdicts[verdict] = (verdicts[verdict] ?? 0) + count
    const { failures, slowestMs } = await orders.stop()
    const grown = await keptSince(victim, before, KEPT_LIMIT_BYTES)
    figure({ test: 'T25', what: `${FRAMES} broken broadcasts: memory kept, accepted, ignored, rejected`, value: `${(grown / MIB).toFixed(1)} MiB, ${['accept', 'ignore', 'reject'].map(verdict => verdicts[verdict] ?? 0).join(', ')}`, limit: `${KEPT_LIMIT_BYTES / MIB} MiB, some, some, most` })
    expect(failures, 'honest messages that failed').to.deep.equal([])
    expect(slowestMs, 'slowest honest message').to.be.below(HONEST_LIMIT_MS)
    expect(verdicts['reject'], 'rejected').to.be.above(FRAMES / 2)
    expect(grown, 'memory').to.be.below(KEPT_LIMIT_BYTES)
  })

  it('T25: whoever sends them is charged, then refused, on each of the protocols', async () => {
    const MAX_JUNK = 8
    await using stage = await scene()
    const sent: string[] = []
    for (const [i, id] of [DIRECT, CARD, CARD_PUSH, REGISTER, DEPOSIT, FETCH, DELETE, ARRIVED, FILE].entries()) {
      const node = await stage.crowd.add({ seed: SEED + 200 + i, from: `127.${210 + i}.0.1` })
      const junk = await sendJunk(node, stage.victim.multiaddr, id)
      expect(junk.sent, id).to.be.within(2, MAX_JUNK)
      expect((await sendJunk(node, stage.victim.multiaddr, id)).connected, 'let in again').to.equal(false)
      sent.push(`${id.slice(20, -6)} ${junk.sent}`)
    }
    figure({ test: 'T25', what: 'broken frames until cut off, and not let in again', value: sent.join(', '), limit: `${MAX_JUNK} each` })
  })
})

describe('attacks on messaging: what is remembered', () => {
  it('T26: 200,000 messages, each in a lane of its own, of 100 senders', async () => {
    await using stage = await scene({ localAsPublic: false })
    const { victim, run, attacker, friend } = stage
    await run('neutral')
    const from = attacker.id.toString()
    await run('pour', from, { what: 'lanes', senders: 1, messages: 1_000, payloadBytes: 100 }, 1)
    const before = await victim.stats()
    const orders = honestOrders(friend.connection)
    for (let i = 0; i < 20; i++) await run('pour', from, { what: 'lanes', senders: 5, messages: 2_000, payloadBytes: 100 }, 2 + i)
    const { failures } = await orders.stop()
    const { gauges, received } = await run('messagingSnapshot')
    const grown = await keptSince(victim, before, LANES_LIMIT_BYTES)
    const disk = await run('stored')
    figure({ test: 'T26', what: `${received} messages, each in a lane of its own: lanes remembered, entries stored, memory (datastore included)`, value: `${gauges['lanes']}, ${disk.entries} (${(disk.bytes / MIB).toFixed(1)} MiB), ${(grown / MIB).toFixed(1)} MiB`, limit: '16384, 17000, 64 MiB' })
    expect(received).to.be.at.least(200_000)
    expect(failures, 'honest messages that failed').to.deep.equal([])
    expect(gauges['lanes']).to.be.at.most(16_384)
    expect(disk.entries).to.be.at.most(17_000)
    expect(grown).to.be.below(LANES_LIMIT_BYTES)
  })

  it('T27: messages that come after one that never comes: 1 and 20 senders with 8 MiB each', async () => {
    for (const senders of [1, 20]) {
      await using stage = await scene({ localAsPublic: false })
      const { victim, run, attacker, friend } = stage
      await run('neutral')
      const before = await victim.stats()
      const orders = honestOrders(friend.connection)
      for (let i = 0; i < senders; i++) await run('pour', attacker.id.toString(), { what: 'gaps', senders: 1, messages: 800, payloadBytes: 10_240 }, i)
      const { failures } = await orders.stop()
      const { gauges } = await run('messagingSnapshot')
      const grown = (await victim.stats()).rssBytes - before.rssBytes
      figure({ test: 'T27', what: `${800 * senders} messages of ${senders} senders after one that never comes: held`, value: `${gauges['held']} (${(gauges['heldBytes']! / MIB).toFixed(1)} MiB), memory +${(grown / MIB).toFixed(0)} MiB`, limit: `${512 * senders} (${Math.min(64, 4 * senders)} MiB), 400 MiB` })
      expect(failures, 'honest messages that failed').to.deep.equal([])
      expect(gauges['held']).to.be.within(1, 512 * senders)
      expect(gauges['heldBytes']).to.be.at.most(Math.min(64, 4 * senders) * MIB)
      expect(grown).to.be.below(400 * MIB)
    }
  })
})

describe('attacks on messaging: mailboxes', () => {
  it('T28: a mailbox that one sender fills still takes what others bring', async () => {
    await using stage = await scene({ localAsPublic: false })
    const { run, join, attacker, friend } = stage
    const owner = await join(SEED + 2)
    await register(owner)
    const rng = seededRng(SEED)
    const statuses: number[] = []
    for (let i = 0; i < 10; i++) {
      const letters = await Promise.all(Array.from({ length: 40 }, async () => await sealed(attacker.key, owner.id, directMessage(rng), rng)))
      statuses.push(...await deposit(attacker, ...letters))
    }
    const kept = statuses.filter(status => status === OK).length
    const others = await deposit(friend, await sealed(friend.key, owner.id, directMessage(rng), rng))
    const large = await sealed(attacker.key, owner.id, directMessage(rng, { payload: new Uint8Array(MIB - 1_000) }), rng)
    figure({ test: 'T28', what: `of ${statuses.length} letters of one sender kept; that of another`, value: `${kept}, ${others[0] === OK ? 'kept' : 'not kept'}`, limit: '250, kept' })
    expect(kept).to.equal(250)
    expect([...new Set(statuses)]).to.have.members([OK, FULL])
    expect(others).to.deep.equal([OK])
    expect(await deposit(attacker, large)).to.deep.equal([FULL])
    expect((await run('messagingSnapshot')).mailbox.messages).to.equal(251)
  })

  it('T29: letters that are replayed, tampered with, another\'s, or for nobody here', async () => {
    await using stage = await scene({ localAsPublic: false })
    const { run, join, friend } = stage
    const owner = await join(SEED + 2)
    await register(owner)
    const rng = seededRng(SEED)
    const letter = await sealed(friend.key, owner.id, directMessage(rng), rng)
    expect(await deposit(friend, letter), 'as it should be').to.deep.equal([OK])
    expect(await deposit(friend, letter, letter), 'again').to.deep.equal([OK, OK])
    expect((await run('messagingSnapshot')).mailbox.messages, 'kept').to.equal(1)
    expect(await deposit(friend, await sealed(friend.key, stage.attacker.id, directMessage(rng), rng)), 'for somebody who has no box').to.deep.equal([NOT_OWNER])
    expect(await run('misbehaviour', friend.id.toString()), 'what an honest sender is charged with').to.equal(0)

    const found: string[] = []
    for (const [i, [what, make]] of Object.entries<() => Uint8Array>({
      'of another': () => letter,
      'with a bit flipped': () => letter.map((byte, at) => at === letter.length - 100 ? byte ^ 1 : byte),
      cut: () => letter.subarray(0, letter.length - 1),
      'of random bytes': () => rng.bytes(300)
    }).entries()) {
      const thief = await join(SEED + 10 + i)
      expect(await deposit(thief, make()), what).to.deep.equal([REFUSED])
      found.push(`${what} ${(await run('misbehaviour', thief.id.toString())).toFixed(0)}`)
      expect(await run('misbehaviour', thief.id.toString()), `charged for one ${what}`).to.be.above(20)
    }
    expect((await run('messagingSnapshot')).mailbox.messages, 'kept').to.equal(1)
    figure({ test: 'T29', what: 'misbehaviour for one letter', value: found.join(', '), limit: 'over 20 each' })
  })
})
