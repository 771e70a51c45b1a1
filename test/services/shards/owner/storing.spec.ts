import { utf8ToBytes } from '@noble/hashes/utils.js'
import { expect } from 'chai'
import { MemoryDatastore } from 'datastore-core'
import { failure, keyNamed, OwnerNet } from './support/owner-net.ts'
import type { OwnerKeySource } from '../../../../src/services/shards/index.ts'
import type { Seat } from './support/owner-net.ts'

const SECRET = utf8ToBytes('correct horse battery staple')
const OF_5 = { threshold: 3, holders: 5 }

/** A disk of which only the rest is full: what is there stays, and can be read. */
class FullDisk extends MemoryDatastore {
  full = true

  override put (...args: Parameters<MemoryDatastore['put']>): ReturnType<MemoryDatastore['put']> {
    if (this.full) throw new Error('ENOSPC: no space left on device')
    return super.put(...args)
  }

  override batch (): ReturnType<MemoryDatastore['batch']> {
    const batch = super.batch()
    return { ...batch, put: batch.put.bind(batch), delete: batch.delete.bind(batch), commit: async () => { if (this.full) throw new Error('ENOSPC: no space left on device'); await batch.commit() } }
  }
}

describe('shards: storing', function () {
  let net: OwnerNet
  let seat: Seat
  const open = async (holders: number): Promise<void> => {
    net = await OwnerNet.of({ holders })
    seat = await net.seat('alice')
  }
  const vaultsHeld = (): number => [...net.holders.values()].reduce((sum, { holder }) => sum + holder.held.size, 0)
  const payloadsHeld = (): number => [...net.holders.values()].reduce((sum, { holder }) => sum + (holder.gauges['payloads'] ?? 0), 0)
  afterEach(async () => { await net.stop() })

  it('resolves when enough have it on their disks, and says what it made', async () => {
    await open(5)
    const steps: string[] = []
    const vault = await net.run(seat.owner.store(SECRET, { ...OF_5, label: 'wallet', expiresAt: net.clock.now() + 86_400_000, policy: { opensPerHour: 7 }, onProgress: ({ step }) => { steps.push(step) } }))
    expect(vault).to.deep.include({ label: 'wallet', threshold: 3, epoch: 1, seq: 1, version: 1, exposed: false })
    expect(vault.policy.opensPerHour).to.equal(7)
    expect(vault.holders.map(String).sort()).to.deep.equal([...net.holders.values()].map(({ peerId }) => peerId.toString()).sort())
    expect(vaultsHeld()).to.equal(5)
    for (const { holder } of net.holders.values()) expect(holder.held.get(vault.id)).to.include({ hasShare: true, hasPayload: true })
    expect([...new Set(steps)]).to.deep.equal(['choosing', 'uploading', 'dealing', 'accepted', 'committed'])
    expect(seat.owner.own().map(({ id, label }) => ({ id, label }))).to.deep.equal([{ id: vault.id, label: 'wallet' }])
    expect(seat.errors).to.deep.equal([])
  })

  it('asks for more peers when there are too few, and says how many', async () => {
    await open(4)
    const err = await failure(net.run(seat.owner.store(SECRET, OF_5)))
    expect(err).to.deep.include({ code: 'SHARDS_TOO_FEW_PEERS' })
    expect(err.details).to.include({ missing: 1 })
    expect(vaultsHeld() + payloadsHeld()).to.equal(0)
  })

  it('says of peers that were asked why they do not count', async () => {
    await open(5)
    net.kill('h2')
    const err = await failure(net.run(seat.owner.store(SECRET, OF_5)))
    expect(err.code).to.equal('SHARDS_TOO_FEW_PEERS')
    expect(err.details['peers']).to.deep.equal([net.at('h2').peerId.toString()])
  })

  it('takes others for those that are not there', async () => {
    await open(8)
    net.kill('h1', 'h2')
    net.hang('h3')
    const vault = await net.run(seat.owner.store(SECRET, OF_5))
    expect(vault.holders.map(String)).to.not.include.members([net.at('h1').peerId.toString()])
    expect(await net.run(seat.owner.open(vault.id))).to.deep.equal(SECRET)
  })

  it('does without a holder whose disk is full', async () => {
    await open(5)
    await net.start('full', { datastore: new FullDisk() })
    const failed: string[] = []
    for (let i = 0; i < 3; i++) {
      const vault = await net.run(seat.owner.store(SECRET, { ...OF_5, onProgress: progress => { if (progress.step === 'failed') failed.push(progress.peer.toString()) } }))
      expect(vault.holders.map(String)).to.not.include(net.at('full').peerId.toString())
    }
    for (const peer of failed) expect(peer).to.equal(net.at('full').peerId.toString())
  })

  it('leaves nothing behind when full disks leave too few, and names them', async () => {
    await open(4)
    await net.start('full', { datastore: new FullDisk() })
    const err = await failure(net.run(seat.owner.store(SECRET, OF_5)))
    expect(['SHARDS_NOT_STORED', 'SHARDS_TOO_FEW_PEERS']).to.include(err.code)
    expect(err.details['peers']).to.include(net.at('full').peerId.toString())
    expect(vaultsHeld() + payloadsHeld()).to.equal(0)
    expect(seat.owner.own()).to.deep.equal([])
  })

  it('begins anew with others when holders take the payload and not the share', async () => {
    await open(9)
    // the first two that are proposed to are gone from then on
    const gone = new Set<string>()
    const untap = net.links.tap(({ to, bytes, answer }) => {
      if (!answer && bytes.byteLength > 1_500 && gone.size < 3) gone.add(to.toString())
      return gone.has(to.toString()) && !answer ? undefined : bytes
    })
    const vault = await net.run(seat.owner.store(SECRET, { ...OF_5, timeoutMs: 90_000 }))
    untap()
    expect(await net.run(seat.owner.open(vault.id))).to.deep.equal(SECRET)
    const others = [...net.holders.values()].flatMap(({ holder }) => [...holder.held.keys()]).filter(id => id !== vault.id)
    expect(others).to.deep.equal([])
  })

  describe('with holders that are named', () => {
    it('takes these, wherever they are', async () => {
      await open(5)
      for (const test of net.holders.values()) test.domains = ['ip:198.51.100.0/24']
      const named = ['h2', 'h4', 'h5'].map(name => net.at(name).peerId)
      expect((await failure(net.run(seat.owner.store(SECRET, { threshold: 2, holders: 3 })))).code).to.equal('SHARDS_TOO_FEW_PEERS')
      const vault = await net.run(seat.owner.store(SECRET, { threshold: 2, holders: named }))
      expect(vault.holders.map(String)).to.have.members(named.map(String))
    })

    it('says which of them cannot', async () => {
      await open(3)
      net.kill('h2')
      const err = await failure(net.run(seat.owner.store(SECRET, { threshold: 2, holders: ['h1', 'h2', 'h3'].map(name => net.at(name).peerId) })))
      expect(err.code).to.equal('SHARDS_NOT_STORED')
      expect(err.details['peers']).to.deep.equal([net.at('h2').peerId.toString()])
      expect(payloadsHeld()).to.equal(0)
    })
  })

  it('spreads over failure domains, those of the operators too', async () => {
    await open(4)
    for (const name of ['a1', 'a2', 'a3', 'a4']) await net.start(name, { domains: ['acme'] })
    for (let i = 0; i < 4; i++) {
      const { holders } = await net.run(seat.owner.store(SECRET, OF_5))
      expect(holders.filter(peer => net.byPeer(peer).name.startsWith('a'))).to.have.length(1)
    }
  })

  it('stores a secret of many pieces, also where each arrives late', async () => {
    await open(3)
    net.links.latencyMs = [1, 40]
    const secret = Uint8Array.from({ length: 1_500_000 }, (_, i) => i % 251)
    const vault = await net.run(seat.owner.store(secret, { threshold: 2, holders: 3 }))
    expect(vault.bytes).to.be.above(1_500_000)
    expect(await net.run(seat.owner.open(vault.id))).to.deep.equal(secret)
  })

  describe('the owner key', () => {
    const sourceOf = (): OwnerKeySource & { made: number } => {
      const source = {
        made: 0,
        load: async () => source.made === 0 ? undefined : await keyNamed('made'),
        create: async () => {
          source.made++
          return await keyNamed('made')
        }
      }
      return source
    }

    it('is made with the first vault, once', async () => {
      await open(5)
      const source = sourceOf()
      const { owner } = await net.seat('bob', { source })
      expect((await failure(owner.list())).code).to.equal('SHARDS_NO_OWNER_KEY')
      await net.run(Promise.all([owner.store(SECRET, OF_5), owner.store(SECRET, OF_5)]))
      expect(source.made).to.equal(1)
      expect(owner.own()).to.have.length(2)
    })

    it('is made though others look for it at the same time', async () => {
      await open(5)
      const source = sourceOf()
      const { owner } = await net.seat('bob', { source })
      const storing = owner.store(SECRET, OF_5)
      const codes: string[] = []
      for (let i = 0; i < 40; i++) {
        owner.list({ timeoutMs: 1 }).catch((err: { code: string }) => { codes.push(err.code) })
        await Promise.resolve()
      }
      await net.run(storing)
      expect([source.made, owner.own().length]).to.deep.equal([1, 1])
      expect(codes).to.include('SHARDS_NO_OWNER_KEY')
    })

    it('is not made for what is refused', async () => {
      await open(5)
      const source = sourceOf()
      const { owner } = await net.seat('bob', { source })
      for (const options of [{ threshold: 1, holders: 5 }, { threshold: 6, holders: 5 }]) expect((await failure(owner.store(SECRET, options))).code).to.equal('SHARDS_INVALID')
      expect(source.made).to.equal(0)
    })
  })

  describe('is broken off', () => {
    it('by its time, with what is missing', async () => {
      await open(5)
      for (const name of net.holders.keys()) net.hang(...net.holders.keys(), name)
      const startMs = net.clock.monotonic()
      const err = await failure(net.run(seat.owner.store(SECRET, { ...OF_5, timeoutMs: 2_000 })))
      expect(err).to.have.property('code').that.matches(/^SHARDS_/)
      expect(net.clock.monotonic() - startMs).to.be.within(2_000, 5_000)
    })

    it('by its signal, and takes back what was stored', async () => {
      await open(5)
      const controller = new AbortController()
      const reason = new Error('changed my mind')
      const err = await failure(net.run(seat.owner.store(SECRET, { ...OF_5, signal: controller.signal, onProgress: ({ step }) => { if (step === 'accepted') controller.abort(reason) } })))
      expect(err).to.equal(reason)
      await net.run(seat.owner.stop())
      expect(vaultsHeld() + payloadsHeld()).to.equal(0)
    })

    it('by the node', async () => {
      await open(5)
      net.links.latencyMs = [20, 20]
      const work = failure(seat.owner.store(SECRET, OF_5))
      await net.run(seat.owner.stop())
      expect((await net.run(work)).code).to.equal('SHARDS_STOPPED')
      expect((await failure(seat.owner.store(SECRET, OF_5))).code).to.equal('SHARDS_STOPPED')
    })
  })
})
