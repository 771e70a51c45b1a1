import { expect } from 'chai'
import * as fc from 'fast-check'
import { seededRng } from '../../../../src/util/rng.ts'
import { anything } from './anything.ts'
import { RoughLink, Shelf } from './rough-link.ts'
import type { Priority } from '../../../../src/wire/mux/priority.ts'
import type { End } from './rough-link.ts'

const PRIORITIES: Priority[] = ['high', 'normal', 'low']
const MESSAGES = 40

interface Sent { conversation: string, priority: Priority, n: number }

/** What arrived, by conversation and priority. */
function byLane (received: Sent[]): Record<string, number[]> {
  const lanes: Record<string, number[]> = {}
  for (const { conversation, priority, n } of received) (lanes[`${conversation} ${priority}`] ??= []).push(n)
  return lanes
}

describe('messaging: direct, over a link that loses everything', function () {
  this.timeout(60_000)

  const roads = fc.record({
    seed: fc.integer(),
    loss: fc.constantFrom(0, 0.05, 0.3),
    delayMs: fc.constantFrom(0, 50, 2_000),
    throwing: fc.constantFrom(0, 0.2),
    restarts: fc.constantFrom('none', 'receiver', 'sender', 'sender killed', 'both'),
    mailbox: fc.boolean()
  })

  it('delivers each message once, and those of a lane in order', async () => {
    await fc.assert(fc.asyncProperty(roads, async ({ seed, loss, delayMs, throwing, restarts, mailbox }) => {
      const rng = seededRng(seed)
      const link = new RoughLink(rng)
      link.roughness = { loss, delayMs }
      const [sender, receiver] = [await link.add(), await link.add()]
      const shelf = new Shelf()
      if (mailbox) sender.courier = shelf
      const received: Sent[] = []
      const failures = new Map<number, number>()
      const listen = ({ registry }: End): void => {
        registry.on<Sent>('x', anything(), async data => {
          const failed = failures.get(data.n) ?? 0
          if (failed < 2 && rng.float() < throwing) {
            failures.set(data.n, failed + 1)
            throw new Error('not now')
          }
          received.push(data)
          await Promise.resolve()
        })
      }
      await receiver.open(listen)
      await sender.open()
      const acknowledged: Sent[] = []
      const everything: Sent[] = []
      for (let n = 0; n < MESSAGES; n++) {
        const sent = { conversation: `c${rng.int(2)}`, priority: PRIORITIES[rng.int(3)]!, n }
        everything.push(sent)
        // who was killed cannot answer any more
        sender.direct.send(receiver.peerId, 'x', sent, sent).then(() => { acknowledged.push(sent) }, () => {})
        if (rng.int(4) === 0) await link.clock.advanceAsync(rng.int(300), 50)
        if (n === MESSAGES / 2 && restarts !== 'none') {
          if (restarts !== 'receiver') {
            if (restarts === 'sender killed') sender.kill()
            else await sender.close()
            await sender.open()
          }
          if (restarts === 'receiver' || restarts === 'both') {
            await receiver.close()
            await link.clock.advanceAsync(3_000, 500)
            await receiver.open(listen)
          }
        }
        if (mailbox && shelf.parcels.length > 0 && rng.int(3) === 0) await fetchSome(shelf, sender, receiver, rng.int(5))
      }
      link.roughness = { ...link.roughness, loss: 0 }
      for (let i = 0; i < 400 && sender.direct.outbox().length > 0; i++) await link.clock.advanceAsync(1_000, 500)
      expect(sender.direct.outbox(), 'still in the outbox').to.deep.equal([])
      const numbers = received.map(({ n }) => n)
      expect(numbers.length, 'each once').to.equal(new Set(numbers).size)
      for (const [lane, order] of Object.entries(byLane(received))) expect(order, lane).to.deep.equal([...order].sort((a, b) => a - b))
      const wanted = restarts === 'sender killed' ? acknowledged : everything
      expect(wanted.filter(({ n }) => !numbers.includes(n)), 'lost').to.deep.equal([])
      await sender.close()
      await receiver.close()
    }), { numRuns: 40 })
  })
})

/** A mailbox hands over what it has, some of it, some of it twice. */
async function fetchSome (shelf: Shelf, sender: End, receiver: End, count: number): Promise<void> {
  for (const { encoded } of shelf.parcels.splice(0, count)) {
    // it is here twice as often as not
    const taken = await Promise.race([receiver.direct.intake.take(encoded, { sender: sender.peerId, via: sender.peerId, how: 'mailbox' }), later(receiver)])
    expect(['done', 'later']).to.include(taken)
  }
}

async function later ({ link }: End): Promise<'later'> {
  await link.clock.advanceAsync(20_000, 1_000)
  return 'later'
}
