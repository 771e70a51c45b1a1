import { MemoryDatastore } from 'datastore-core'
import { defaultLogger } from '@libp2p/logger'
import { expect } from 'chai'
import { toString } from 'uint8arrays/to-string'
import { DAY_MS } from '../../../../src/services/messaging/mailbox/constants.ts'
import { Prekeys } from '../../../../src/services/messaging/mailbox/prekeys.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { START_MS } from '../../../support/open-book.ts'
import { rejection } from '../../../support/rejection.ts'
import { keyOf } from '../../../support/signed-records.ts'
import { contentsOf, fillUp } from './support/datastores.ts'
import type { Datastore } from 'interface-datastore'

describe('messaging: prekeys', () => {
  let clock: ManualClock
  let datastore: Datastore
  const log = defaultLogger().forComponent('peerkeep:messaging')

  beforeEach(() => {
    clock = new ManualClock(START_MS)
    datastore = new MemoryDatastore()
  })

  async function prekeys (seed = 1): Promise<Prekeys> {
    const made = new Prekeys({ datastore, privateKey: await keyOf(seed), clock, rng: seededRng(seed), log, rotationMs: DAY_MS })
    await made.load()
    return made
  }

  it('are made, found by their id, and there after a restart', async () => {
    const first = await prekeys()
    expect(first.current).to.equal(undefined)
    await first.rotate()
    const { id, notAfterMs } = first.current!
    expect(notAfterMs).to.equal(START_MS + 15 * DAY_MS)
    const privateKey = await first.find(id)
    expect(privateKey).to.have.length(32)
    const second = await prekeys()
    expect(second.current!.id).to.deep.equal(id)
    expect(await second.find(id)).to.deep.equal(privateKey)
    expect(await second.find(id.with(0, id[0]! ^ 1))).to.equal(undefined)
  })

  it('change once a rotation', async () => {
    const keys = await prekeys()
    await keys.rotate()
    const { id } = keys.current!
    clock.advance(DAY_MS - 1)
    await keys.rotate()
    expect(keys.current!.id).to.deep.equal(id)
    expect(keys.dueInMs).to.equal(1)
    clock.advance(1)
    expect(keys.current).to.equal(undefined)
    await keys.rotate()
    expect(keys.current!.id).to.not.deep.equal(id)
    expect(keys.size).to.equal(2)
  })

  it('change when the clock was set back, as if it were time', async () => {
    const keys = await prekeys()
    await keys.rotate()
    clock.jump(-DAY_MS)
    expect(keys.current).to.equal(undefined)
    await keys.rotate()
    expect(keys.current).to.not.equal(undefined)
  })

  it('are gone for good when no message sealed to them can be alive: from memory, and from the datastore', async () => {
    const keys = await prekeys()
    await keys.rotate()
    const { id } = keys.current!
    const stored = (await contentsOf(datastore)).find(([key]) => key.endsWith(toString(id, 'base16')))!
    // the card that tells it last is good for 14 days, a message sealed then lives 30 more; an hour for clocks that differ
    for (let day = 0; day < 45; day++) {
      clock.advance(DAY_MS)
      await keys.rotate()
    }
    expect(await keys.find(id)).to.have.length(32)
    clock.advance(3_600_000)
    await keys.rotate()
    expect(await keys.find(id)).to.equal(undefined)
    expect(keys.size).to.equal(45)
    const left = await contentsOf(datastore)
    expect(left).to.have.length(45)
    for (const [key, value] of left) {
      expect(key).to.not.equal(stored[0])
      expect(value.includes(stored[1].slice(-64))).to.equal(false)
    }
    expect(await (await prekeys()).find(id)).to.equal(undefined)
  })

  it('never lie in the datastore as they are', async () => {
    const keys = await prekeys()
    await keys.rotate()
    const privateKey = toString((await keys.find(keys.current!.id))!, 'base16')
    for (const [, value] of await contentsOf(datastore)) expect(value.includes(privateKey)).to.equal(false)
  })

  it('are of no use to another identity', async () => {
    const keys = await prekeys()
    await keys.rotate()
    expect(await (await prekeys(2)).find(keys.current!.id)).to.equal(undefined)
  })

  it('stay as they were when the disk is full', async () => {
    const keys = await prekeys()
    await keys.rotate()
    const { id } = keys.current!
    clock.advance(DAY_MS)
    const makeRoom = fillUp(datastore)
    expect(await rejection(keys.rotate())).to.have.property('code', 'MESSAGING_WRITE_FAILED')
    expect([keys.current, keys.newest?.id]).to.deep.equal([undefined, id])
    makeRoom()
    await keys.rotate()
    expect(keys.current!.id).to.not.deep.equal(id)
  })

  it('that are damaged do not keep the node from starting', async () => {
    await (await prekeys()).rotate()
    for await (const { key } of datastore.query({})) await datastore.put(key, Uint8Array.of(0xff))
    const keys = await prekeys()
    expect(keys.size).to.equal(0)
    await keys.rotate()
    expect(keys.current).to.not.equal(undefined)
  })
})
