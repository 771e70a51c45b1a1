import { utf8ToBytes } from '@noble/hashes/utils.js'
import { expect } from 'chai'
import { passes } from '../../../support/eventually.ts'
import { copyOf, failure, OwnerNet } from './support/owner-net.ts'
import type { Seat } from './support/owner-net.ts'
import type { Vault } from '../../../../src/services/shards/index.ts'

const SECRET = utf8ToBytes('correct horse battery staple')

describe('shards: revoking', function () {
  let net: OwnerNet
  let seat: Seat
  let vault: Vault
  const begin = async ({ spare = 0 } = {}): Promise<void> => {
    net = await OwnerNet.of({ holders: 5 + spare })
    seat = await net.seat('alice')
    vault = await net.run(seat.owner.store(SECRET, { threshold: 3, holders: ['h1', 'h2', 'h3', 'h4', 'h5'].map(name => net.at(name).peerId) }))
  }
  const have = (): string[] => [...net.holders.values()].filter(({ holder }) => holder.held.has(vault.id) || holder.gauges['payloads'] !== 0).map(({ name }) => name)
  const revoked = async (who = seat): Promise<string[]> => (await net.run(who.owner.revoke(vault.id))).map(peer => net.byPeer(peer).name).sort()
  afterEach(async () => { await net.stop() })

  it('has all holders delete it, and says who has', async () => {
    await begin()
    expect(await revoked()).to.deep.equal(['h1', 'h2', 'h3', 'h4', 'h5'])
    expect(have()).to.deep.equal([])
    expect(seat.owner.own()).to.deep.equal([])
    expect(seat.owner.gauges['revocationsAwaited']).to.equal(0)
    expect(await net.run(seat.owner.list())).to.deep.equal([])
    expect((await failure(net.run(seat.owner.open(vault.id)))).code).to.equal('SHARDS_UNKNOWN_VAULT')
  })

  it('tells those that were away when they are met, also after a restart', async () => {
    await begin()
    net.kill('h2', 'h3')
    expect(await revoked()).to.deep.equal(['h1', 'h4', 'h5'])
    expect(seat.owner.gauges['revocationsAwaited']).to.equal(2)
    await net.start('h2')
    seat.owner.met(net.at('h2').peerId)
    await net.clock.advanceAsync(1_000)
    await passes(() => { expect(have()).to.deep.equal(['h3']) })
    await seat.stop()
    const again = await net.seat('alice', { disk: seat.disk })
    expect(again.owner.gauges['revocationsAwaited']).to.equal(1)
    await net.start('h3')
    again.owner.met(net.at('h3').peerId)
    await net.clock.advanceAsync(1_000)
    await passes(() => { expect(have()).to.deep.equal([]) })
    expect(again.owner.gauges['revocationsAwaited']).to.equal(0)
  })

  it('asks by itself after those that are never met', async () => {
    await begin()
    net.kill('h2')
    await revoked()
    await net.start('h2')
    await net.clock.advanceAsync(31 * 60_000, 10_000)
    await passes(() => { expect(have()).to.deep.equal([]) })
  })

  it('reaches holders to whom it was passed on before they heard', async () => {
    await begin({ spare: 1 })
    const bob = await net.seat('bob')
    expect(await net.run(bob.owner.open(vault.id))).to.deep.equal(SECRET)
    net.kill('h1')
    await net.run(seat.owner.repair(vault.id))
    await net.start('h1')
    expect(have()).to.include('h6')
    // bob knows nothing of h6
    await revoked(bob)
    await net.clock.advanceAsync(5_000)
    await passes(() => { expect(have()).to.deep.equal([]) })
  })

  it('follows holders that had changed it when nobody who knew that was there', async () => {
    await begin({ spare: 1 })
    const bob = await net.seat('bob')
    expect(await net.run(bob.owner.open(vault.id))).to.deep.equal(SECRET)
    net.kill('h1')
    await net.run(seat.owner.repair(vault.id))
    await seat.stop()
    net.kill('h2', 'h3', 'h4', 'h5')
    await net.start('h1')
    expect(await revoked(bob)).to.deep.equal(['h1'])
    for (const name of ['h2', 'h3', 'h4', 'h5']) await net.start(name)
    expect(have()).to.deep.equal(['h2', 'h3', 'h4', 'h5', 'h6'])
    bob.owner.met(net.at('h2').peerId)
    await net.clock.advanceAsync(5_000)
    await passes(() => { expect(have()).to.deep.equal([]) })
  })

  it('deletes what comes back from a backup as soon as it is seen', async () => {
    await begin()
    const datastore = await copyOf(net.at('h4').disk)
    await revoked()
    await net.start('h4', { datastore })
    expect(have()).to.deep.equal(['h4'])
    expect(await net.run(seat.owner.list())).to.deep.equal([])
    await net.clock.advanceAsync(1_000)
    await passes(() => { expect(have()).to.deep.equal([]) })
  })

  it('says nothing before it is written down', async () => {
    await begin()
    const put = seat.disk.batch.bind(seat.disk)
    seat.disk.batch = () => ({ ...put(), commit: async () => { throw new Error('ENOSPC') } })
    expect((await failure(net.run(seat.owner.revoke(vault.id)))).code).to.equal('SHARDS_WRITE_FAILED')
    expect(have()).to.have.length(5)
    seat.disk.batch = put
    expect(await net.run(seat.owner.open(vault.id))).to.deep.equal(SECRET)
  })

  it('shows what holders wrote down, whole and in order', async () => {
    await begin()
    await net.run(seat.owner.open(vault.id))
    net.at('h2').lie = answer => answer.log == null || answer.log.entries.length < 2 ? undefined : { ...answer, log: { ...answer.log, entries: answer.log.entries.toSpliced(1, 1) } }
    const failed: number[] = []
    const entries = await net.run(seat.owner.log(vault.id, { onProgress: progress => { if (progress.step === 'failed') failed.push(progress.index) } }))
    expect(failed).to.deep.equal([2])
    const opens = entries.filter(({ what }) => what === 'open')
    expect(opens).to.have.length(4)
    for (const { decision, from } of opens) expect({ decision, from: from.toString() }).to.deep.equal({ decision: 'granted', from: seat.peerId.toString() })
    expect(entries.map(({ timeMs }) => timeMs)).to.deep.equal(entries.map(({ timeMs }) => timeMs).sort((a, b) => a - b))
  })
})
