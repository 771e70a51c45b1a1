import { utf8ToBytes } from '@noble/hashes/utils.js'
import { expect } from 'chai'
import { passes } from '../../../support/eventually.ts'
import { falseProof, falseShare } from '../support/lies.ts'
import { failure, indicesOf, keyNamed, OwnerNet } from './support/owner-net.ts'
import type { Seat } from './support/owner-net.ts'
import type { Vault, VaultProgress } from '../../../../src/services/shards/index.ts'

const SECRET = utf8ToBytes('correct horse battery staple')
const DAY_MS = 86_400_000

describe('shards: opening', function () {
  let net: OwnerNet
  let seat: Seat
  let vault: Vault
  const begin = async ({ threshold = 3, holders = 5, spare = 0, ...options }: { threshold?: number, holders?: number, spare?: number, seed?: number, opensPerHour?: number, exportable?: boolean } = {}): Promise<void> => {
    const { opensPerHour, exportable, ...rest } = options
    net = await OwnerNet.of({ holders: holders + spare, ...rest })
    seat = await net.seat('alice')
    const named = Array.from({ length: holders }, (_, i) => net.at(`h${i + 1}`).peerId)
    vault = await net.run(seat.owner.store(SECRET, { threshold, holders: named, label: 'wallet', policy: { opensPerHour, exportable } }))
  }
  const peerOf = (name: string): string => net.at(name).peerId.toString()
  const opened = async (options: Parameters<Seat['owner']['open']>[1] = {}): Promise<Uint8Array> => await net.run(seat.owner.open(vault.id, options))
  afterEach(async () => { await net.stop() })

  it('needs a threshold of holders, and no more', async () => {
    await begin()
    net.kill('h1', 'h4')
    expect(await opened()).to.deep.equal(SECRET)
  })

  it('does not wait for those that do not answer', async () => {
    await begin()
    net.hang('h2', 'h3')
    net.links.latencyMs = [20, 20]
    const startMs = net.clock.monotonic()
    expect(await opened()).to.deep.equal(SECRET)
    // to wait for them takes 5 s; the clock runs on while the processor is busy
    expect(net.clock.monotonic() - startMs).to.be.below(3_000)
  })

  it('says who failed and why when there are too few', async () => {
    await begin()
    net.kill('h1', 'h4', 'h5')
    const err = await failure(opened())
    expect(err.code).to.equal('SHARDS_TOO_FEW_SHARES')
    expect(err.message).to.match(/2 of the 3 holders/)
    expect(err.details).to.deep.include({ have: 2, needed: 3 })
    expect(indicesOf(err)).to.deep.equal([1, 4, 5])
    expect((err.details['failures'] as Array<{ code: string }>).map(({ code }) => code)).to.deep.equal(Array.from({ length: 3 }, () => 'SHARDS_UNREACHABLE'))
  })

  describe('with liars', () => {
    for (const [what, lie] of Object.entries({ falseShare, falseProof })) {
      it(`opens, and names all n - t that lie (${what})`, async () => {
        await begin()
        net.at('h2').lie = lie
        net.at('h5').lie = lie
        // one after the other, so that the liars are among the first at times
        net.links.latencyMs = [1, 60]
        const named: string[] = []
        expect(await opened({ onProgress: progress => { if (progress.step === 'liar') named.push(`${progress.index} ${progress.peer.toString()}`) } })).to.deep.equal(SECRET)
        await net.clock.advanceAsync(5_000)
        await passes(() => { expect(named.toSorted()).to.deep.equal([`2 ${peerOf('h2')}`, `5 ${peerOf('h5')}`]) })
        await passes(() => { expect(seat.lies.length + seat.charges.length).to.equal(2) })
        for (const { peerId, name } of net.holders.values()) {
          const isNamed = [...seat.lies, ...seat.charges].some(line => line.includes(peerId.toString()))
          expect(isNamed, name).to.equal(name === 'h2' || name === 'h5')
        }
      })
    }

    it('opens with the right points of those whose proofs are false, where there are no others, and names all that lie', async () => {
      await begin({ holders: 6 })
      net.kill('h6')
      for (const [name, lie] of [['h1', falseShare], ['h2', falseProof], ['h3', falseProof], ['h4', falseShare]] as const) net.at(name).lie = lie
      const named: number[] = []
      expect(await opened({ onProgress: progress => { if (progress.step === 'liar') named.push(progress.index) } })).to.deep.equal(SECRET)
      expect(named.toSorted((a, b) => a - b)).to.deep.equal([1, 2, 3, 4])
      await passes(() => { expect(seat.lies.length + seat.charges.length).to.equal(4) })
    })

    it('says that it cannot when n - t + 1 lie, and gives nothing wrong', async () => {
      await begin()
      for (const name of ['h1', 'h2', 'h3']) net.at(name).lie = falseShare
      const err = await failure(opened())
      expect(err.code).to.equal('SHARDS_TOO_FEW_SHARES')
      expect(indicesOf(err)).to.deep.equal([1, 2, 3])
    })

    it('is not fooled by a payload that is another one', async () => {
      await begin()
      let changed = 0
      for (const name of ['h1', 'h2', 'h3', 'h4']) {
        net.at(name).lie = answer => {
          if (answer.data == null) return undefined
          changed++
          return { ...answer, data: { data: answer.data.data.map(byte => byte ^ 1) } }
        }
      }
      for (let i = 0; i < 5; i++) expect(await opened()).to.deep.equal(SECRET)
      expect(changed).to.be.above(0)
      net.at('h5').lie = net.at('h1').lie
      const err = await failure(opened())
      expect(err).to.deep.include({ code: 'SHARDS_TOO_FEW_SHARES' })
      expect((err.details['failures'] as Array<{ code: string }>).every(({ code }) => code === 'SHARDS_CORRUPT')).to.equal(true)
    })
  })

  it('comes with a payload of many pieces, from another holder where one stops', async () => {
    await begin()
    const secret = Uint8Array.from({ length: 400_000 }, (_, i) => i % 253)
    await net.run(seat.owner.update(vault.id, secret))
    for (const name of ['h1', 'h2', 'h3', 'h4']) {
      let given = 0
      net.at(name).lie = answer => answer.data == null || given++ < 3 ? undefined : { ...answer, data: { data: new Uint8Array(0) } }
    }
    expect(await opened()).to.deep.equal(secret)
  })

  describe('what the vault says', () => {
    const refused = async (code: string): Promise<void> => { expect((await failure(opened())).code).to.equal(code) }

    it('often enough', async () => {
      await begin({ opensPerHour: 2 })
      await opened()
      await opened()
      await refused('SHARDS_RATE_LIMITED')
      await net.clock.advanceAsync(3_600_000, 600_000)
      await opened()
    })

    it('expired', async () => {
      await begin()
      await net.run(seat.owner.amend(vault.id, { expiresAt: net.clock.now() + DAY_MS }))
      await opened()
      await net.clock.advanceAsync(DAY_MS, 3_600_000)
      await refused('SHARDS_EXPIRED')
    })

    it('revoked elsewhere', async () => {
      await begin()
      const other = await net.seat('bob')
      await net.run(other.owner.revoke(vault.id))
      await refused('SHARDS_EXPIRED')
    })

    it('nobody knows', async () => {
      await begin()
      expect((await failure(net.run(seat.owner.open('ab'.repeat(32))))).code).to.equal('SHARDS_UNKNOWN_VAULT')
      expect((await failure(seat.owner.open('ab'))).code).to.equal('SHARDS_INVALID')
    })

    it('another owner', async () => {
      await begin()
      const { owner } = await net.seat('mallory', { key: 'mallory' })
      const err = await failure(net.run(owner.open(vault.id)))
      expect(['SHARDS_FORBIDDEN', 'SHARDS_UNKNOWN_VAULT']).to.include(err.code)
    })
  })

  describe('with a delegation', () => {
    it('opens with the key it names, until it is taken back', async () => {
      await begin()
      const key = await keyNamed('carol')
      const delegation = await seat.owner.delegate(vault.id, key.publicKey, ['open'], { expiresAt: net.clock.now() + DAY_MS })
      const carol = await net.seat('carol', { source: { load: async () => undefined, create: async () => await keyNamed('none') } })
      expect(await net.run(carol.owner.open(vault.id, { delegation, key }))).to.deep.equal(SECRET)
      expect((await failure(net.run(carol.owner.export(vault.id, { delegation, key })))).code).to.equal('SHARDS_FORBIDDEN')
      expect((await failure(net.run(carol.owner.open(vault.id, { delegation, key: await keyNamed('dave') })))).code).to.equal('SHARDS_FORBIDDEN')
      await net.run(seat.owner.undelegate(vault.id, delegation))
      expect((await failure(net.run(carol.owner.open(vault.id, { delegation, key })))).code).to.equal('SHARDS_FORBIDDEN')
      expect(carol.owner.own()).to.deep.equal([])
    })

    it('not after it expires', async () => {
      await begin()
      const key = await keyNamed('carol')
      const delegation = await seat.owner.delegate(vault.id, key.publicKey, ['open', 'list'], { expiresAt: net.clock.now() + 1_000 })
      const carol = await net.seat('carol')
      await net.clock.advanceAsync(1_000)
      const err = await failure(net.run(carol.owner.open(vault.id, { delegation, key })))
      expect(['SHARDS_FORBIDDEN', 'SHARDS_UNKNOWN_VAULT']).to.include(err.code)
    })

    for (const [what, rights, expiresInMs] of [['no right', [], 1], ['a right that there is not', ['rule'], 1], ['for ever', ['open'], NaN], ['the past', ['open'], -1]] as const) {
      it(`is none: ${what}`, async () => {
        await begin()
        const { publicKey } = await keyNamed('carol')
        expect((await failure(seat.owner.delegate(vault.id, publicKey, rights as never, { expiresAt: net.clock.now() + expiresInMs }))).code).to.equal('SHARDS_INVALID')
      })
    }
  })

  describe('exporting', () => {
    it('gives the scalar, and marks the vault before any share leaves', async () => {
      await begin()
      const scalar = await net.run(seat.owner.export(vault.id))
      expect(scalar).to.have.length(32)
      expect(await net.run(seat.owner.export(vault.id))).to.deep.equal(scalar)
      expect(await net.run(seat.owner.status(vault.id))).to.include({ exposed: true, seq: 2 })
    })

    it('leaves out a false share, and says whose it is', async () => {
      await begin()
      const scalar = await net.run(seat.owner.export(vault.id))
      net.at('h1').lie = answer => answer.share == null ? undefined : { ...answer, share: { ...answer.share, scalar: Uint8Array.from({ length: 32 }, (_, i) => i < 31 ? 7 : 0) } }
      const progress: VaultProgress[] = []
      expect(await net.run(seat.owner.export(vault.id, { onProgress: each => { progress.push(each) } }))).to.deep.equal(scalar)
      await net.clock.advanceAsync(1_000)
      await passes(() => { expect(progress.filter(({ step }) => step === 'liar')).to.have.length(1) })
      expect(seat.charges).to.deep.equal([`${peerOf('h1')} severe shards:share`])
    })

    it('not where the policy forbids it, and then nothing is marked', async () => {
      await begin({ exportable: false })
      expect((await failure(net.run(seat.owner.export(vault.id)))).code).to.equal('SHARDS_FORBIDDEN')
      expect(await net.run(seat.owner.status(vault.id))).to.include({ exposed: false, seq: 1 })
    })
  })
})
