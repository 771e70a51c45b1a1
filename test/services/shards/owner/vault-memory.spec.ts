import { expect } from 'chai'
import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { VaultMemory } from '../../../../src/services/shards/owner/vault-memory.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { randomPeerId } from '../../../support/random-peer.ts'
import { silentLogger } from '../../messaging/direct/silent-log.ts'
import { OwnerNet } from './support/owner-net.ts'
import type { Vouched } from '../../../../src/services/shards/parts.ts'

const MAX_VAULTS = 4_096
const peers = [1, 2].map(seed => randomPeerId(seededRng(seed)))

function memoryOf (datastore = new MemoryDatastore()): { memory: VaultMemory, errors: string[], changed: number[], datastore: MemoryDatastore } {
  const [errors, changed]: [string[], number[]] = [[], []]
  const log = silentLogger(errors).forComponent('shards')
  const memory = new VaultMemory({ datastore, clock: new ManualClock(1_000), log, onChanged: ({ manifest }) => { changed.push(manifest.seq) } })
  memory.start()
  return { memory, errors, changed, datastore }
}

/** Enough of one for the memory, which believes what it is told. */
function vouchedOf (name: number, seq = 1): Vouched {
  const vault = new Uint8Array(32)
  new DataView(vault.buffer).setUint32(0, name)
  return { manifest: { vault, seq }, hash: new Uint8Array(32), signed: { manifest: Uint8Array.of(1), ownerSignature: new Uint8Array(0), accepts: [] } } as unknown as Vouched
}

const idOf = (name: number): string => name.toString(16).padStart(8, '0').padEnd(64, '0')

describe('shards: what is known of vaults', () => {
  it('goes forwards only', async () => {
    const { memory, changed } = memoryOf()
    for (const seq of [2, 1, 3, 3]) await memory.remember(vouchedOf(1, seq), true)
    expect(memory.get(idOf(1))?.manifest.seq).to.equal(3)
    expect(changed).to.deep.equal([2, 3])
  })

  it('is the owner\'s once it was', async () => {
    const { memory } = memoryOf()
    await memory.remember(vouchedOf(1), false)
    expect(memory.own()).to.have.length(0)
    await memory.remember(vouchedOf(1), true)
    await memory.remember(vouchedOf(1, 2), false)
    expect(memory.own().map(({ manifest }) => manifest.seq)).to.deep.equal([2])
  })

  it('has an end: what is revoked and told goes first, then what is of others, then the oldest', async () => {
    const { memory, datastore } = memoryOf()
    await memory.remember(vouchedOf(1), true)
    await memory.remember(vouchedOf(2), false)
    await memory.revoke(vouchedOf(3), [peers[0]!])
    await memory.revoke(vouchedOf(4), [peers[0]!])
    memory.deleted(idOf(4), peers[0]!)
    for (let name = 5; name <= MAX_VAULTS; name++) await memory.remember(vouchedOf(name), true)
    const there = (): boolean[] => [1, 2, 3, 4].map(name => memory.get(idOf(name)) != null || memory.isRevoked(idOf(name)))
    expect(there()).to.deep.equal([true, true, true, true])
    const after: boolean[][] = []
    for (let name = MAX_VAULTS + 1; name <= MAX_VAULTS + 3; name++) {
      await memory.remember(vouchedOf(name), true)
      after.push(there())
    }
    expect(after).to.deep.equal([[true, true, true, false], [true, false, true, false], [false, false, true, false]])
    expect(memory.size).to.equal(MAX_VAULTS)
    expect(await datastore.has(new Key(`/peerkeep/shards/known/${idOf(4)}`))).to.equal(false)
  })

  it('remembers who has not deleted what is revoked', async () => {
    const { memory } = memoryOf()
    await memory.revoke(vouchedOf(1), peers)
    await memory.revoke(vouchedOf(2), [peers[0]!])
    expect(memory.owedTo(peers[0]!)).to.deep.equal([idOf(1), idOf(2)])
    memory.deleted(idOf(1), peers[0]!)
    expect([memory.owedTo(peers[0]!), memory.owedTo(peers[1]!), memory.awaited]).to.deep.equal([[idOf(2)], [idOf(1)], 2])
    expect(memory.owing.map(String).sort()).to.deep.equal(peers.map(String).sort())
  })

  it('remembers who may not have what was decided, until it is said or there is something newer', async () => {
    const { memory } = memoryOf()
    await memory.remember(vouchedOf(1), true, peers)
    expect([memory.untoldTo(peers[0]!).length, memory.uncertified]).to.deep.equal([1, 2])
    memory.told(idOf(1), 2, peers[0]!)
    expect(memory.uncertified).to.equal(2)
    memory.told(idOf(1), 1, peers[0]!)
    expect([memory.untoldTo(peers[0]!), memory.owing.map(String)]).to.deep.equal([[], [peers[1]!.toString()]])
    await memory.remember(vouchedOf(1, 2), true)
    expect(memory.uncertified).to.equal(0)
  })

  it('goes on without the disk, and says so', async () => {
    const { memory, errors, datastore } = memoryOf()
    const batch = datastore.batch.bind(datastore)
    datastore.batch = () => ({ ...batch(), commit: async () => { throw new Error('ENOSPC') } })
    await memory.remember(vouchedOf(1), true)
    expect(memory.get(idOf(1))?.manifest.seq).to.equal(1)
    expect(errors.join()).to.match(/ENOSPC/)
  })

  describe('on the disk', () => {
    it('survives what is damaged beside it', async () => {
      const net = await OwnerNet.of({ holders: 3 })
      const { owner, disk, stop } = await net.seat('alice')
      const { id } = await net.run(owner.store(Uint8Array.of(1), { threshold: 2, holders: 3 }))
      await stop()
      await disk.put(new Key(`/peerkeep/shards/known/${idOf(9)}`), Uint8Array.of(255, 255))
      const value = await disk.get(new Key(`/peerkeep/shards/known/${id}`))
      await disk.put(new Key(`/peerkeep/shards/known/${idOf(8)}`), value)
      const { memory, errors } = memoryOf(disk as MemoryDatastore)
      await memory.load()
      expect([memory.size, memory.get(id)?.manifest.seq]).to.deep.equal([1, 1])
      expect(errors.join()).to.match(new RegExp(`${idOf(9)}.*damaged`)).and.to.match(new RegExp(`${idOf(8)}.*another vault`))
      await memory.stop()
      expect(await disk.has(new Key(`/peerkeep/shards/known/${idOf(9)}`))).to.equal(false)
      await net.stop()
    })

    it('says when it cannot be read', async () => {
      const { memory, datastore } = memoryOf()
      datastore.query = () => { throw new Error('EIO') }
      let code: unknown
      await memory.load().catch((err: { code: string }) => { code = err.code })
      expect(code).to.equal('SHARDS_LOAD_FAILED')
    })

    it('has no label, secret or key in clear', async () => {
      const net = await OwnerNet.of({ holders: 3 })
      const { owner, disk, stop } = await net.seat('alice')
      const canary = new TextEncoder().encode('canary in the coal mine')
      await net.run(owner.store(canary, { threshold: 2, holders: 3, label: 'canary on the label' }))
      await stop()
      const disks = [disk, ...[...net.holders.values()].map(holder => holder.disk)]
      for (const each of disks) {
        for await (const { value } of each.query({})) expect(Buffer.from(value).includes('canary')).to.equal(false)
      }
      await net.stop()
    })
  })
})
