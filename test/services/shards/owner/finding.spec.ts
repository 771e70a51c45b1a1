import { utf8ToBytes } from '@noble/hashes/utils.js'
import { expect } from 'chai'
import { passes } from '../../../support/eventually.ts'
import { asked, copyOf, failure, indicesOf, OwnerNet } from './support/owner-net.ts'
import type { Seat } from './support/owner-net.ts'
import type { Vault } from '../../../../src/services/shards/index.ts'
import type { Candidate } from '../../../../src/services/shards/parts.ts'
import type { Datastore } from 'interface-datastore'

const SECRET = utf8ToBytes('correct horse battery staple')

describe('shards: finding vaults', function () {
  let net: OwnerNet
  let seat: Seat
  let vault: Vault
  const begin = async ({ spare = 0 } = {}): Promise<void> => {
    net = await OwnerNet.of({ holders: 5 + spare })
    seat = await net.seat('alice')
    vault = await store('wallet')
  }
  const store = async (label: string): Promise<Vault> => await net.run(seat.owner.store(SECRET, { threshold: 3, holders: ['h1', 'h2', 'h3', 'h4', 'h5'].map(name => net.at(name).peerId), label }))
  const opens = async (who: Seat, id = vault.id): Promise<void> => { expect(await net.run(who.owner.open(id))).to.deep.equal(SECRET) }
  afterEach(async () => { await net.stop() })

  describe('on a new machine, with nothing but the key', () => {
    it('lists and opens them all', async () => {
      await begin()
      const other = await store('letters')
      const bob = await net.seat('bob')
      expect(bob.owner.own()).to.deep.equal([])
      const listed = await net.run(bob.owner.list())
      expect(listed.map(({ label }) => label).sort()).to.deep.equal(['letters', 'wallet'])
      await opens(bob)
      await opens(bob, other.id)
      expect(bob.owner.own()).to.have.length(2)
    })

    it('opens one by its id alone', async () => {
      await begin()
      await opens(await net.seat('bob'))
    })

    it('finds it at one holder that is known, and the others by that', async () => {
      await begin({ spare: 3 })
      const bob = await net.seat('bob', { known: () => net.candidates(['h6', 'h7', 'h3']) })
      await opens(bob)
    })

    it('finds it at whom the DHT names', async () => {
      await begin()
      net.provided = [net.at('h2').peerId]
      const bob = await net.seat('bob', { known: () => [] })
      await opens(bob)
      const carol = await net.seat('carol', { known: () => [] })
      expect(await net.run(carol.owner.list())).to.have.length(1)
    })

    it('waits for peers that are met later', async () => {
      await begin()
      let met: Candidate[] = []
      const bob = await net.seat('bob', { known: () => met })
      net.clock.after(3_000, () => { met = net.candidates(['h5']) })
      await opens(bob)
    })

    it('finds the newest when most of those that are known are of long ago', async () => {
      await begin({ spare: 5 })
      const disks = new Map<string, Datastore>()
      for (const name of ['h1', 'h2', 'h3', 'h4', 'h5']) disks.set(name, await copyOf(net.at(name).disk))
      await net.run(seat.owner.reshare(vault.id, { holders: ['h6', 'h7', 'h8', 'h9', 'h10'].map(name => net.at(name).peerId) }))
      // they come back as they were before they left
      for (const [name, datastore] of disks) await net.start(name, { datastore })
      net.kill('h4', 'h5')
      const bob = await net.seat('bob')
      const { holders, seq } = (await net.run(bob.owner.list()))[0]!
      expect({ seq, holders: holders.map(peer => net.byPeer(peer).name).sort() }).to.deep.equal({ seq: 2, holders: ['h10', 'h6', 'h7', 'h8', 'h9'] })
      await opens(await net.seat('carol'))
    })

    it('does not take holders that show less for such that confirm', async () => {
      await begin({ spare: 5 })
      const disks = new Map<string, Datastore>()
      for (const name of ['h1', 'h2', 'h3', 'h4', 'h5']) disks.set(name, await copyOf(net.at(name).disk))
      await net.run(seat.owner.refresh(vault.id))
      const second = await copyOf(net.at('h1').disk)
      await net.run(seat.owner.reshare(vault.id, { holders: ['h6', 'h7', 'h8', 'h9', 'h10'].map(name => net.at(name).peerId) }))
      // one comes back as it was before it left, the others as they were before that
      for (const [name, datastore] of disks) await net.start(name, { datastore: name === 'h1' ? second : datastore })
      const bob = await net.seat('bob', { known: () => net.candidates(net.clock.monotonic() < lateMs ? ['h1'] : ['h1', 'h6']) })
      const lateMs = net.clock.monotonic() + 1_500
      await opens(bob)
      expect(bob.owner.own()[0]).to.include({ seq: 3 })
    })

    it('is not led astray by vaults that are made up', async () => {
      await begin()
      net.at('h1').lie = answer => answer.vaults == null ? undefined : { ...answer, vaults: { vaults: Array.from({ length: 500 }, (_, i) => new Uint8Array(32).fill(i % 251)) } }
      net.at('h2').lie = answer => answer.state == null ? undefined : { ...answer, state: { ...answer.state, seq: 9_000 } }
      const bob = await net.seat('bob')
      expect((await net.run(bob.owner.list())).map(({ id }) => id)).to.deep.equal([vault.id])
      await opens(bob)
    })

    it('is of nobody else', async () => {
      await begin()
      const mallory = await net.seat('mallory', { key: 'mallory' })
      expect(await net.run(mallory.owner.list())).to.deep.equal([])
    })
  })

  describe('what is known here', () => {
    it('is found again after a restart', async () => {
      await begin()
      await net.run(seat.owner.refresh(vault.id))
      await net.run(seat.owner.stop())
      const again = await net.seat('alice', { disk: seat.disk, known: () => [] })
      expect(again.owner.own()).to.have.length(1)
      expect(again.owner.own()[0]).to.include({ id: vault.id, seq: 2 })
      await opens(again)
    })

    it('is followed when others changed the vault meanwhile, also to other holders', async () => {
      await begin({ spare: 5 })
      const bob = await net.seat('bob')
      await opens(bob)
      for (let i = 0; i < 3; i++) await net.run(seat.owner.refresh(vault.id))
      await opens(bob)
      expect(bob.owner.own()[0]).to.include({ seq: 4, epoch: 4 })
      await net.run(seat.owner.reshare(vault.id, { holders: ['h6', 'h7', 'h8', 'h9', 'h10'].map(name => net.at(name).peerId) }))
      net.kill('h1', 'h2', 'h3', 'h4', 'h5')
      await opens(bob)
    })

    it('is not taken back by holders that show less', async () => {
      await begin()
      const disks = new Map<string, Datastore>()
      for (const name of net.holders.keys()) disks.set(name, await copyOf(net.at(name).disk))
      await net.run(seat.owner.refresh(vault.id))
      for (const [name, datastore] of disks) await net.start(name, { datastore })
      const err = await failure(net.run(seat.owner.open(vault.id)))
      expect(err.code).to.equal('SHARDS_ROLLED_BACK')
      expect(indicesOf(err)).to.deep.equal([1, 2, 3, 4, 5])
      // whoever knows nothing of it cannot tell
      expect(seat.owner.own()[0]).to.include({ seq: 2 })
    })

    it('is told again to holders that did not hear that it was decided, when they are met and after a restart', async () => {
      await begin()
      const untap = net.links.tap(frame => asked(frame)?.commit == null ? frame.bytes : undefined)
      await net.run(seat.owner.refresh(vault.id, { timeoutMs: 90_000 })).catch(() => {})
      await seat.stop()
      untap()
      const behind = (): number => [...net.holders.values()].filter(({ holder }) => holder.held.get(vault.id)!.vouched.manifest.seq === 1).length
      expect(behind()).to.equal(5)
      const again = await net.seat('alice', { disk: seat.disk })
      expect(again.owner.gauges['certificatesUntold']).to.equal(5)
      again.owner.met(net.at('h3').peerId)
      await net.clock.advanceAsync(1_000)
      await passes(() => { expect(behind()).to.equal(4) })
      await net.clock.advanceAsync(10_000)
      await passes(() => { expect(behind()).to.equal(0) })
      await passes(() => { expect(again.owner.gauges['certificatesUntold']).to.equal(0) })
      await again.stop()
      const last = await net.seat('alice', { disk: seat.disk })
      expect(last.owner.gauges['certificatesUntold']).to.equal(0)
    })

    it('heals holders that accepted a change and did not hear that it was decided', async () => {
      await begin()
      const untap = net.links.tap(frame => asked(frame)?.commit == null ? frame.bytes : undefined)
      expect(await net.run(seat.owner.refresh(vault.id, { timeoutMs: 90_000 }))).to.include({ seq: 2 })
      await seat.stop()
      untap()
      for (const { holder } of net.holders.values()) expect(holder.held.get(vault.id)!.vouched.manifest.seq).to.equal(1)
      const again = await net.seat('alice', { disk: seat.disk })
      await opens(again)
      for (const { holder } of net.holders.values()) expect(holder.held.get(vault.id)!.vouched.manifest.seq).to.equal(2)
    })
  })
})
