import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { OwnRecord } from '../../../src/services/pex/own-record.ts'
import { readRecord, verifyRecord } from '../../../src/wire/signed-record.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { START_MS } from '../../support/open-book.ts'
import { keyOf, peerIdOf } from '../../support/signed-records.ts'
import type { AddressManager } from '@libp2p/interface-internal'

const DAY = 86_400_000

describe('pex: own record', () => {
  let clock: ManualClock
  let addresses: string[]
  let own: OwnRecord

  beforeEach(async () => {
    clock = new ManualClock(START_MS)
    addresses = ['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/1', '/ip4/8.8.8.8/tcp/1']
    const id = (await peerIdOf(1)).toString()
    const addressManager = { getAddresses: () => addresses.map(address => multiaddr(`${address}/p2p/${id}`)) } as AddressManager
    own = new OwnRecord({ privateKey: await keyOf(1), addressManager }, clock)
  })

  it('has all addresses without the peer id, the public ones first', async () => {
    const record = readRecord((await own.get()).bytes)
    await verifyRecord(record)
    expect(record.peerId.equals(await peerIdOf(1))).to.equal(true)
    expect(record.multiaddrs.map(String)).to.deep.equal(addresses.toReversed())
    expect(record.seq).to.equal(BigInt(START_MS))
  })

  it('stays the same until the addresses change or a day has passed, and its number only grows', async () => {
    const first = await own.get()
    clock.advance(DAY - 1)
    expect(await own.get()).to.equal(first)
    clock.advance(1)
    const renewed = await own.get()
    expect([renewed.seq, renewed.multiaddrs.map(String)]).to.deep.equal([BigInt(START_MS + DAY), first.multiaddrs.map(String)])
    addresses.pop()
    const moved = await own.get()
    expect([moved.seq, moved.multiaddrs.length]).to.deep.equal([renewed.seq + 1n, 2])
  })

  it('says once that the addresses have changed, even when the new ones were asked for before', async () => {
    expect(own.hasMoved()).to.equal(false)
    await own.get()
    expect(own.hasMoved()).to.equal(false)
    addresses.pop()
    await own.get()
    expect([own.hasMoved(), own.hasMoved()]).to.deep.equal([true, false])
    clock.advance(DAY)
    await own.get()
    expect(own.hasMoved()).to.equal(false)
  })
})
