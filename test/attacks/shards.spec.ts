import { peerIdFromString } from '@libp2p/peer-id'
import { expect } from 'chai'
import { Answer, Signed } from '../../src/services/shards/pb/shards.ts'
import { seededRng } from '../../src/util/rng.ts'
import { keyOf } from '../support/signed-records.ts'
import { MUX } from './support/call-frames.ts'
import { Crowd } from './support/crowd.ts'
import { figure } from './support/figures.ts'
import { callHonestly, callPlainly } from './support/honest-calls.ts'
import { sendJunk } from './support/junk.ts'
import { keptSince } from './support/memory.ts'
import { asked, CALL, CHANGE, EVIDENCE, validFrames } from './support/shards-frames.ts'
import { Victim } from './support/victim.ts'
import type * as shardsCommands from './support/shards-commands.ts'

const SHARDS_COMMANDS = new URL('support/shards-commands.ts', import.meta.url).href
const MIB = 1_048_576
const FRAMES = 100_000
/** Between which one sees how the victim is. */
const BATCH = 25_000
const WARM_UP = 4_000
const KEPT_LIMIT_BYTES = 16 * MIB
const HONEST_LIMIT_MS = 3_000
const MAX_JUNK = 8
const SEED = 80_000

describe('attacks on shards: broken frames', () => {
  for (const [i, id] of [CALL, CHANGE, EVIDENCE].entries()) {
    it(`T30: ${FRAMES} random and mutated frames, ${id}`, async () => {
      await using crowd = new Crowd()
      await using victim = await Victim.start({ kind: 'peerkeep', commands: SHARDS_COMMANDS, shards: { hold: true }, localAsPublic: false })
      const run = victim.run<typeof shardsCommands>()
      await run('neutral')
      const [attacker, friend] = [await crowd.add({ seed: SEED, from: '127.90.0.1' }), await crowd.add({ seed: SEED + 1, from: '127.91.0.1' })]
      await attacker.dial(victim.multiaddr)
      const honest = await friend.dial(victim.multiaddr)
      const to = peerIdFromString(victim.peerId)
      const rng = seededRng(SEED + i)
      const messages = (await validFrames({ key: await keyOf(SEED), id: attacker.peerId }, to, rng))[id]!
      const init = { protocol: MUX + id, messages, perStream: 8 }
      const from = attacker.peerId.toString()
      await run('injectFrom', from, i, { ...init, frames: WARM_UP })
      const asker = { key: await keyOf(SEED + 1), id: friend.peerId }
      const offers = await Promise.all(Array.from({ length: 2_000 }, async () => await asked(asker, to, { offer: { bytes: 1_000, expiresMs: 0 } }, rng)))
      // with the first request it loads WebAssembly, whose memory it keeps
      await callPlainly(honest, CALL, offers.pop()!)
      const before = await victim.stats()
      const calls = callHonestly(honest, CALL, () => offers.pop()!, answer => Answer.decode(Signed.decode(answer.subarray(answer.findIndex(byte => byte < 0x80) + 1)).content).offered != null)
      let frames = 0
      let left = 0
      for (let batch = 0; frames < FRAMES; batch++) {
        const injected = await run('injectFrom', from, 1_000 * i + batch, { ...init, frames: Math.min(BATCH, FRAMES - frames) })
        frames += injected.frames
        left += injected.left
      }
      const { answered, failures, slowestMs } = await calls.stop()
      const kept = await keptSince(victim, before, KEPT_LIMIT_BYTES)
      const offences = Object.values(await run('offences')).reduce((sum, count) => sum + count, 0)
      const { held, gauges } = await run('shardsSnapshot')
      const stored = await run('stored')
      figure({ test: 'T30', what: `${frames} broken frames, ${id.slice(10)}: memory kept, entries stored, honest offers answered, slowest`, value: `${(kept / MIB).toFixed(1)} MiB, ${stored}, ${answered}/${answered + failures.length}, ${slowestMs.toFixed(0)} ms`, limit: `${KEPT_LIMIT_BYTES / MIB} MiB, 500, all, ${HONEST_LIMIT_MS} ms` })
      expect(failures, 'honest offers that failed').to.deep.equal([])
      expect(slowestMs, 'slowest honest offer').to.be.below(HONEST_LIMIT_MS)
      expect(left, 'streams left open').to.equal(0)
      // what comes while too much is going on is told to come later, and not looked at
      expect(offences, 'offences').to.be.above(frames / 20)
      expect(held, 'vaults').to.deep.equal([])
      expect(gauges.waiting, 'requests that wait').to.equal(0)
      expect(stored, 'entries stored').to.be.below(500)
      expect(kept, 'memory').to.be.below(KEPT_LIMIT_BYTES)
    })
  }

  it('T30: whoever sends them is charged, then refused', async () => {
    await using crowd = new Crowd()
    await using victim = await Victim.start({ kind: 'peerkeep', commands: SHARDS_COMMANDS, shards: { hold: true } })
    const sent: string[] = []
    for (const [i, id] of [CALL, CHANGE, EVIDENCE].entries()) {
      const node = await crowd.add({ seed: SEED + 100 + i, from: `127.${100 + i}.0.1` })
      const junk = await sendJunk(node, victim.multiaddr, id)
      expect(junk.sent, id).to.be.within(2, MAX_JUNK)
      expect((await sendJunk(node, victim.multiaddr, id)).connected, 'let in again').to.equal(false)
      sent.push(`${id.slice(10)} ${junk.sent}`)
    }
    figure({ test: 'T30', what: 'broken frames until cut off, and not let in again', value: sent.join(', '), limit: `${MAX_JUNK} each` })
  })
})
