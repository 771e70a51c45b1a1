import { utf8ToBytes } from '@noble/hashes/utils.js'
import { expect } from 'chai'
import { falseAudit, falseShare } from '../support/lies.ts'
import { asked, failure, indicesOf, keyNamed, OwnerNet } from './support/owner-net.ts'
import type { Seat } from './support/owner-net.ts'
import type { Vault } from '../../../../src/services/shards/index.ts'

const SECRET = utf8ToBytes('correct horse battery staple')
const OTHER = utf8ToBytes('another secret')

describe('shards: changing a vault', function () {
  let net: OwnerNet
  let seat: Seat
  let vault: Vault
  const begin = async ({ threshold = 3, holders = 5, spare = 0 }: { threshold?: number, holders?: number, spare?: number } = {}): Promise<void> => {
    net = await OwnerNet.of({ holders: holders + spare })
    seat = await net.seat('alice')
    vault = await net.run(seat.owner.store(SECRET, { threshold, holders: Array.from({ length: holders }, (_, i) => net.at(`h${i + 1}`).peerId), label: 'wallet' }))
  }
  const names = ({ holders }: Pick<Vault, 'holders'>): string[] => holders.map(peer => net.byPeer(peer).name).sort()
  const opens = async (to = SECRET, who = seat): Promise<void> => { expect(await net.run(who.owner.open(vault.id))).to.deep.equal(to) }
  afterEach(async () => { await net.stop() })

  describe('update', () => {
    it('puts another secret in its place', async () => {
      await begin()
      const updated = await net.run(seat.owner.update(vault.id, OTHER))
      expect(updated).to.include({ seq: 2, epoch: 1, version: 2, label: 'wallet', bytes: OTHER.byteLength + 16 })
      await opens(OTHER)
      for (const { holder } of net.holders.values()) expect(holder.gauges).to.include({ payloads: 1 })
    })

    it('is seen by who knew the one before', async () => {
      await begin()
      const bob = await net.seat('bob')
      await opens(SECRET, bob)
      await net.run(seat.owner.update(vault.id, OTHER))
      await opens(OTHER, bob)
    })

    it('leaves the old one as it was when too few take it', async () => {
      await begin()
      net.kill('h1', 'h2', 'h3')
      const err = await failure(net.run(seat.owner.update(vault.id, OTHER)))
      expect(err.code).to.equal('SHARDS_NOT_STORED')
      expect(indicesOf(err)).to.deep.equal([1, 2, 3])
      for (const name of ['h1', 'h2', 'h3']) await net.start(name)
      await opens()
    })

    it('is refused for nothing, and for others', async () => {
      await begin()
      expect((await failure(seat.owner.update(vault.id, new Uint8Array(0)))).code).to.equal('SHARDS_INVALID')
      const mallory = await net.seat('mallory', { key: 'mallory' })
      expect(['SHARDS_FORBIDDEN', 'SHARDS_UNKNOWN_VAULT']).to.include((await failure(net.run(mallory.owner.update(vault.id, OTHER)))).code)
    })
  })

  describe('amend', () => {
    it('changes label, policy and expiry, and nothing else', async () => {
      await begin()
      const expiresAt = net.clock.now() + 1_000_000
      const amended = await net.run(seat.owner.amend(vault.id, { label: 'purse', policy: { opensPerHour: 3 }, expiresAt }))
      expect(amended).to.deep.include({ seq: 2, label: 'purse', expiresMs: expiresAt, policy: { ...vault.policy, opensPerHour: 3 } })
      expect(await net.run(seat.owner.amend(vault.id, { expiresAt: null }))).to.not.have.property('expiresMs')
      expect(await net.run(seat.owner.amend(vault.id, { policy: { opensPerHour: 3 } }))).to.include({ seq: 3 })
      await opens()
    })

    it('refuses what store refuses', async () => {
      await begin()
      for (const change of [{ label: 'x'.repeat(257) }, { policy: { auditEveryMs: -1 } }, { expiresAt: 1 }]) {
        expect((await failure(net.run(seat.owner.amend(vault.id, change)))).code).to.equal('SHARDS_INVALID')
      }
    })
  })

  describe('rotate', () => {
    it('makes another scalar, without the payload being sent again', async () => {
      await begin()
      const before = await net.run(seat.owner.export(vault.id))
      let puts = 0
      net.links.tap(({ bytes }) => {
        if (bytes.byteLength > 30_000) puts++
        return bytes
      })
      const rotated = await net.run(seat.owner.rotate(vault.id))
      expect(rotated).to.include({ epoch: 2, seq: 3, version: 1, exposed: false })
      expect(puts).to.equal(0)
      expect(await net.run(seat.owner.export(vault.id))).to.not.deep.equal(before)
      await opens()
    })
  })

  describe('refresh', () => {
    it('gives the same holders new shares', async () => {
      await begin()
      const refreshed = await net.run(seat.owner.refresh(vault.id))
      expect(refreshed).to.include({ epoch: 2, seq: 2 })
      expect(names(refreshed)).to.deep.equal(names(vault))
      await opens()
    })

    it('says so when too few are there to deal', async () => {
      await begin()
      net.kill('h1', 'h2', 'h3')
      expect((await failure(net.run(seat.owner.refresh(vault.id)))).code).to.match(/^SHARDS_(TOO_FEW_SHARES|NOT_STORED)$/)
      await net.start('h1')
      await opens()
    })
  })

  describe('repair', () => {
    it('changes nothing when all are well', async () => {
      await begin({ spare: 1 })
      expect(await net.run(seat.owner.repair(vault.id))).to.include({ seq: 1 })
    })

    it('replaces those that are silent', async () => {
      await begin({ spare: 3 })
      net.kill('h1')
      net.hang('h2')
      const repaired = await net.run(seat.owner.repair(vault.id))
      expect(names(repaired)).to.have.length(5).and.to.include.members(['h3', 'h4', 'h5']).and.to.not.include.members(['h1', 'h2'])
      expect(await net.run(seat.owner.audit(vault.id))).to.include({ healthy: 5, openable: true })
      await opens()
    })

    it('replaces who fails an audit, and who lied before', async () => {
      await begin({ spare: 3 })
      net.at('h1').lie = falseAudit
      net.at('h4').lie = falseShare
      await opens()
      await net.clock.advanceAsync(1_000)
      expect(names(await net.run(seat.owner.repair(vault.id)))).to.include.members(['h2', 'h3', 'h5']).and.to.not.include.members(['h1', 'h4'])
      await opens()
    })

    it('leaves who cannot be replaced in its place', async () => {
      await begin({ spare: 1 })
      net.kill('h1', 'h2')
      const repaired = await net.run(seat.owner.repair(vault.id))
      expect(names(repaired)).to.include.members(['h3', 'h4', 'h5', 'h6']).and.to.have.length(5)
      await opens()
    })

    it('gives one that missed a refresh a share, and one that lost its payload that', async () => {
      await begin()
      net.kill('h3')
      await net.run(seat.owner.refresh(vault.id))
      await net.start('h3')
      const status = await net.run(seat.owner.status(vault.id))
      expect(status.holders.find(({ peerId }) => peerId.equals(net.at('h3').peerId))?.health).to.equal('inert')
      await net.run(seat.owner.repair(vault.id))
      const audited = await net.run(seat.owner.audit(vault.id))
      expect(audited.holders.map(({ health, reason }) => `${health} ${reason ?? ''}`)).to.deep.equal(Array.from({ length: 5 }, () => 'healthy '))
      await opens()
    })
  })

  describe('reshare', () => {
    const cases: Array<[what: string, change: { threshold?: number, holders?: number }, n: number]> = [
      ['more holders', { holders: 7 }, 7],
      ['fewer', { holders: 3 }, 3],
      ['another threshold', { threshold: 4 }, 5],
      ['both', { threshold: 2, holders: 4 }, 4]
    ]
    for (const [what, change, n] of cases) {
      it(`to ${what}`, async () => {
        await begin({ spare: 2 })
        const reshared = await net.run(seat.owner.reshare(vault.id, change))
        expect(reshared.holders).to.have.length(n)
        expect(reshared).to.include({ threshold: change.threshold ?? 3, epoch: 2 })
        expect(await net.run(seat.owner.audit(vault.id))).to.include({ healthy: n })
        await opens()
      })
    }

    it('to those that are named', async () => {
      await begin({ spare: 3 })
      const named = ['h1', 'h6', 'h7', 'h8']
      const reshared = await net.run(seat.owner.reshare(vault.id, { holders: named.map(name => net.at(name).peerId) }))
      expect(names(reshared)).to.deep.equal(named)
      await opens()
      expect(net.at('h2').holder.held.size).to.equal(0)
    })

    it('changes nothing when too few of the new holders have the payload: those that leave delete it', async () => {
      await begin({ spare: 5 })
      const untap = net.links.tap(frame => asked(frame)?.put == null ? frame.bytes : undefined)
      const named = ['h1', 'h6', 'h7', 'h8', 'h9'].map(name => net.at(name).peerId)
      const err = await failure(net.run(seat.owner.reshare(vault.id, { holders: named, timeoutMs: 90_000 })))
      expect(err.code).to.equal('SHARDS_NOT_STORED')
      expect(err.details).to.deep.include({ have: 1, needed: 3 })
      expect(net.at('h6').holder.held.size).to.equal(0)
      untap()
      await opens()
      expect(names(await net.run(seat.owner.reshare(vault.id, { holders: named })))).to.deep.equal(['h1', 'h6', 'h7', 'h8', 'h9'])
      await opens()
    })

    it('drops those that are away first', async () => {
      await begin()
      net.kill('h2')
      expect(names(await net.run(seat.owner.reshare(vault.id, { holders: 4 })))).to.deep.equal(['h1', 'h3', 'h4', 'h5'])
    })

    for (const [what, change, code] of [['above the holders', { threshold: 6 }, 'SHARDS_INVALID'], ['of one', { threshold: 1 }, 'SHARDS_INVALID'], ['with more than there are', { holders: 9 }, 'SHARDS_TOO_FEW_PEERS'], ['with 65', { holders: 65 }, 'SHARDS_INVALID']] as const) {
      it(`not to a threshold or number ${what}`, async () => {
        await begin()
        expect((await failure(net.run(seat.owner.reshare(vault.id, change)))).code).to.equal(code)
        await opens()
      })
    }
  })

  describe('two at once', () => {
    it('do both what they are for, one after the other', async () => {
      await begin()
      const bob = await net.seat('bob')
      await opens(SECRET, bob)
      await net.run(Promise.all([seat.owner.amend(vault.id, { label: 'purse' }), bob.owner.refresh(vault.id)]))
      const { label, epoch, seq } = await net.run(bob.owner.status(vault.id))
      expect({ label, epoch, seq }).to.deep.equal({ label: 'purse', epoch: 2, seq: 3 })
    })

    it('never lose a secret unseen', async () => {
      await begin()
      const bob = await net.seat('bob')
      await opens(SECRET, bob)
      const results = await net.run(Promise.allSettled([seat.owner.update(vault.id, OTHER), bob.owner.update(vault.id, utf8ToBytes('third'))]))
      const failed = results.filter(({ status }) => status === 'rejected')
      expect(failed).to.have.length(1)
      expect((failed[0] as PromiseRejectedResult).reason).to.include({ code: 'SHARDS_CONFLICT' })
    })
  })

  it('is for the owner only', async () => {
    await begin()
    const key = await keyNamed('carol')
    const carol = await net.seat('carol', { source: { load: async () => key, create: async () => key } })
    for (const change of ['refresh', 'repair', 'rotate', 'revoke', 'status', 'audit', 'log'] as const) {
      expect(['SHARDS_FORBIDDEN', 'SHARDS_UNKNOWN_VAULT']).to.include((await failure(net.run<unknown>(carol.owner[change](vault.id)))).code)
    }
  })
})
