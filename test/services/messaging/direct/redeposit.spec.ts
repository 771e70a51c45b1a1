import { expect } from 'chai'
import { DEPOSIT_AGAIN_MS, DEPOSIT_MISSING_MS } from '../../../../src/services/messaging/direct/constants.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { RoughLink } from './rough-link.ts'
import type { Courier, Parcel } from '../../../../src/services/messaging/parts.ts'
import type { End } from './rough-link.ts'

/** Mailboxes of a peer, some of which take nothing. */
class Shelves implements Courier {
  names = ['a', 'b']
  taking = ['a']
  asked: string[] = []

  async deposit (_: unknown, parcels: Parcel[]): Promise<Map<string, string[]>> {
    const taken = new Map<string, string[]>()
    for (const { id, skip = [] } of parcels) {
      const to = this.names.filter(name => !skip.includes(name))
      this.asked.push(to.join())
      const by = to.filter(name => this.taking.includes(name))
      if (by.length > 0) taken.set(id, by)
    }
    return taken
  }

  mailboxesOf (): string[] {
    return this.names
  }

  /** The mailboxes that were asked for each message since the last time. */
  take (): string[] {
    return this.asked.splice(0)
  }
}

async function ends (): Promise<{ link: RoughLink, sender: End, receiver: End, shelves: Shelves }> {
  const link = new RoughLink(seededRng(1))
  link.open = false
  const [sender, receiver] = [await link.add(), await link.add()]
  const shelves = new Shelves()
  sender.courier = shelves
  await sender.open()
  await receiver.open()
  await sender.direct.send(receiver.peerId, 'x', 1, { expiresInMs: 7 * DEPOSIT_AGAIN_MS })
  await link.clock.advanceAsync(2_000)
  return { link, sender, receiver, shelves }
}

describe('messaging: a message that a mailbox has', () => {
  it('is brought to those that have not taken it, once an hour, and to new ones', async () => {
    const { link, shelves } = await ends()
    const wait = async (): Promise<string[]> => {
      await link.clock.advanceAsync(DEPOSIT_MISSING_MS, 1_000)
      return shelves.take()
    }
    expect(shelves.take()).to.deep.equal(['a,b', 'b'])
    expect(await wait()).to.deep.equal(['b'])
    shelves.taking = ['b', 'c']
    expect(await wait()).to.deep.equal(['b'])
    expect(await wait()).to.deep.equal([])
    shelves.names = ['c', 'b']
    expect(await wait()).to.deep.equal(['c'])
    expect(await wait()).to.deep.equal([])
  })

  it('is brought to all of them once a day, also after a restart, and a message that none has before it', async () => {
    const { link, sender, receiver, shelves } = await ends()
    shelves.taking = shelves.names
    await link.clock.advanceAsync(2 * DEPOSIT_MISSING_MS, 1_000)
    shelves.take()
    await sender.close()
    await sender.open()
    await link.clock.advanceAsync(2_000)
    expect(shelves.take(), 'it is known who has it').to.deep.equal([])
    link.clock.jump(DEPOSIT_AGAIN_MS)
    shelves.taking = []
    await sender.direct.send(receiver.peerId, 'x', 2)
    await link.clock.advanceAsync(2_000)
    expect(new Set(shelves.take())).to.deep.equal(new Set(['a,b']))
    shelves.taking = ['a', 'b']
    await link.clock.advanceAsync(2_000)
    expect(shelves.take().length).to.equal(2)
    await link.clock.advanceAsync(2_000)
    expect(shelves.take()).to.deep.equal([])
    expect(sender.told.filter(({ type }) => type === 'message:sent')).to.have.length(2)
  })
})
