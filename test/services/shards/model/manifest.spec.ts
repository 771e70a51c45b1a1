import { expect } from 'chai'
import * as fc from 'fast-check'
import { deal } from '../../../../src/crypto/threshold/deal.ts'
import { verificationsOf } from '../../../../src/crypto/threshold/verification.ts'
import { keyBytes } from '../../../../src/services/shards/model/keys.ts'
import { encodeManifest, manifestHash, MAX_MANIFEST_BYTES, readManifest, vaultId } from '../../../../src/services/shards/model/manifest.ts'
import { acceptsNeeded, quorum } from '../../../../src/services/shards/model/quorum.ts'
import { Change, Manifest, Policy, State } from '../../../../src/services/shards/pb/shards.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { genesis, nodeOf } from './sample-vault.ts'

describe('shards: manifests', () => {
  let sample: Manifest
  let peers: Uint8Array[]
  before(async () => {
    sample = (await genesis({ threshold: 2, holders: ['a', 'b', 'c'] })).vouched.manifest
    peers = await Promise.all(Array.from({ length: 64 }, async (_, i) => (await nodeOf(`peer ${i}`)).peer))
  })

  const codeOf = (bytes: Uint8Array): string | undefined => {
    try {
      readManifest(bytes)
      return undefined
    } catch (err) {
      return (err as { code?: string }).code
    }
  }

  /** With a sharing of that size that adds up. */
  const sized = (threshold: number, indices: number[], edit: Partial<Manifest> = {}): Manifest => {
    const { commitments } = deal({ threshold, indices }, seededRng(indices.length))
    const verifications = verificationsOf(commitments, indices)
    return { ...sample, threshold, commitments, holders: indices.map((index, i) => ({ index, peer: peers[i]!, kemKey: new Uint8Array(32).fill(index), verification: verifications[i]! })), ...edit }
  }

  it('come back as they were, whatever they say', () => {
    const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
    const time = fc.integer({ min: 1, max: 2 ** 50 })
    const arbitrary = fc.record({
      seq: fc.integer({ min: 2, max: Number.MAX_SAFE_INTEGER }),
      prev: bytes(32),
      nonce: bytes(16),
      n: fc.integer({ min: 2, max: 7 }),
      change: fc.constantFrom(Change.UPDATE, Change.RESHARE, Change.ROTATE),
      state: fc.constantFrom(State.ACTIVE, State.EXPOSED),
      transcript: bytes(32),
      label: fc.uint8Array({ maxLength: 1_024 }),
      revoked: fc.array(bytes(16), { maxLength: 64 }),
      issuedMs: time,
      lifeMs: fc.option(time),
      policy: fc.record({ auditEveryMs: time, refreshEveryMs: fc.integer({ min: 0 }), lostAfterMs: time, holdersMayReshare: fc.boolean(), exportable: fc.boolean(), opensPerHour: fc.integer({ min: 1, max: 2 ** 32 - 1 }) })
    })
    fc.assert(fc.property(arbitrary, ({ n, lifeMs, policy, ...rest }) => {
      const indices = Array.from({ length: n }, (_, i) => 1 + i * 3)
      const manifest = sized(2 + n % 2 * (n - 2), indices, {
        ...rest, vault: vaultId(sample.owner, rest.nonce), epoch: Math.min(rest.seq, 1 + rest.label.byteLength), expiresMs: lifeMs == null ? 0 : rest.issuedMs + lifeMs, policy: { version: 1, ...policy }
      })
      expect(readManifest(encodeManifest(manifest))).to.deep.equal(manifest)
    }), { numRuns: 30 })
  })

  it('of the largest vault fit', () => {
    const indices = Array.from({ length: 64 }, (_, i) => 65_535 - 63 + i)
    const label = new Uint8Array(1_024)
    const bytes = encodeManifest(sized(64, indices, { seq: Number.MAX_SAFE_INTEGER, epoch: 2 ** 32 - 1, prev: new Uint8Array(32), change: Change.RESHARE, label, revoked: Array.from({ length: 64 }, () => new Uint8Array(16)), expiresMs: Number.MAX_SAFE_INTEGER }))
    expect(bytes.byteLength).to.be.within(MAX_MANIFEST_BYTES / 2, MAX_MANIFEST_BYTES)
    expect(codeOf(new Uint8Array(MAX_MANIFEST_BYTES + 1))).to.equal('SHARDS_INVALID')
  })

  describe('are refused', () => {
    const edits: Record<string, (m: Manifest) => Partial<Manifest>> = {
      'without a suite': () => ({ suite: 0 }),
      'with another vault id than that of owner and nonce': m => ({ nonce: m.nonce.with(0, 1) }),
      'with a nonce of another length': m => ({ nonce: new Uint8Array(15), vault: vaultId(m.owner, new Uint8Array(15)) }),
      'with an owner that is no key': m => ({ owner: m.owner.with(0, 9), vault: vaultId(m.owner.with(0, 9), m.nonce) }),
      'with an owner\'s key of small order': m => {
        const owner = Uint8Array.of(...m.owner.subarray(0, 4), 1, ...new Uint8Array(31))
        return { owner, vault: vaultId(owner, m.nonce) }
      },
      'of seq 0': () => ({ seq: 0 }),
      'of an epoch above the seq': () => ({ epoch: 2 }),
      'of epoch 0': () => ({ epoch: 0 }),
      'that begin as an update': () => ({ change: Change.UPDATE }),
      'of no change': () => ({ change: Change.UNKNOWN_CHANGE }),
      'of no state': () => ({ state: State.UNKNOWN_STATE }),
      'that are first and have one before': () => ({ prev: new Uint8Array(32) }),
      'that are not first and have none before': () => ({ seq: 2, change: Change.UPDATE }),
      'that are not first and a genesis': () => ({ seq: 2, prev: new Uint8Array(32) }),
      'without a transcript': () => ({ transcript: new Uint8Array(0) }),
      'without a time': () => ({ issuedMs: 0 }),
      'that are expired when they are made': m => ({ expiresMs: m.issuedMs }),
      'with a threshold of 1': m => ({ threshold: 1, commitments: m.commitments.slice(0, 1) }),
      'with a threshold above n': m => ({ threshold: 4, commitments: [...m.commitments, ...m.commitments] }),
      'with fewer commitments': m => ({ commitments: m.commitments.slice(0, 1) }),
      'with more commitments: a higher threshold': m => ({ commitments: [...m.commitments, m.commitments[0]!] }),
      'with commitments that are no points': m => ({ commitments: [m.commitments[0]!, new Uint8Array(32).fill(255)] }),
      'with the identity as public key': m => ({ commitments: [new Uint8Array(32), m.commitments[1]!] }),
      'with a verification of other commitments': m => ({ holders: m.holders.map((h, i) => i === 1 ? { ...h, verification: m.commitments[0]! } : h) }),
      'with holders in another order': m => ({ holders: m.holders.toReversed() }),
      'with an index twice': m => ({ holders: [m.holders[0]!, { ...m.holders[1]!, index: 1 }, m.holders[2]!] }),
      'with index 0': m => ({ holders: [{ ...m.holders[0]!, index: 0 }, m.holders[1]!, m.holders[2]!] }),
      'with an index above 65535': m => ({ holders: [m.holders[0]!, m.holders[1]!, { ...m.holders[2]!, index: 65_536 }] }),
      'with a peer twice': m => ({ holders: [m.holders[0]!, m.holders[1]!, { ...m.holders[2]!, peer: m.holders[0]!.peer }] }),
      'with a peer that is none': m => ({ holders: [{ ...m.holders[0]!, peer: Uint8Array.of(1) }, m.holders[1]!, m.holders[2]!] }),
      'with a KEM key of another length': m => ({ holders: [{ ...m.holders[0]!, kemKey: new Uint8Array(31) }, m.holders[1]!, m.holders[2]!] }),
      'without an item': () => ({ item: undefined }),
      'with an item of version 0': m => ({ item: { ...m.item!, version: 0 } }),
      'with the identity as encapsulation': m => ({ item: { ...m.item!, encapsulation: new Uint8Array(32) } }),
      'with a wrapped key of another length': m => ({ item: { ...m.item!, wrappedKey: new Uint8Array(47) } }),
      'with no hash of the payload': m => ({ item: { ...m.item!, payload: new Uint8Array(0) } }),
      'with an empty payload': m => ({ item: { ...m.item!, bytes: 0 } }),
      'with too small pieces': m => ({ item: { ...m.item!, chunkBytes: 1_023 } }),
      'with too large pieces': m => ({ item: { ...m.item!, chunkBytes: 1_048_577 } }),
      'without a policy': () => ({ policy: undefined }),
      'never audited': m => ({ policy: { ...m.policy!, auditEveryMs: 0 } }),
      'never to be opened': m => ({ policy: { ...m.policy!, opensPerHour: 0 } }),
      'with holders that are lost at once': m => ({ policy: { ...m.policy!, lostAfterMs: 0 } }),
      'with a long label': () => ({ label: new Uint8Array(1_025) }),
      'with too many revoked delegations': () => ({ revoked: Array.from({ length: 65 }, () => new Uint8Array(16)) }),
      'with a revoked delegation that is none': () => ({ revoked: [new Uint8Array(15)] })
    }
    for (const [name, edit] of Object.entries(edits)) {
      it(name, () => {
        const manifest = { ...sample, ...edit(sample) }
        expect(codeOf(Manifest.encode(manifest))).to.equal('SHARDS_INVALID')
        expect(() => encodeManifest(manifest)).to.throw().with.property('code', 'SHARDS_INVALID')
      })
    }

    it('with 65 holders', () => {
      const indices = Array.from({ length: 64 }, (_, i) => i + 1)
      const manifest = sized(2, indices)
      manifest.holders.push({ ...manifest.holders[0]!, index: 65, peer: sample.holders[0]!.peer })
      expect(codeOf(Manifest.encode(manifest))).to.equal('SHARDS_INVALID')
    })

    it('of another suite or policy version, as what a later version may read', () => {
      expect(codeOf(Manifest.encode({ ...sample, suite: 2 }))).to.equal('SHARDS_UNSUPPORTED')
      // nothing of another suite is looked at: its enums and fields may be others
      expect(codeOf(Uint8Array.of(0x08, 0x02, 0xff, 0xff))).to.equal('SHARDS_UNSUPPORTED')
      expect(codeOf(Manifest.encode({ ...sample, policy: { ...sample.policy!, version: 2 } }))).to.equal('SHARDS_UNSUPPORTED')
    })

    it('with fields that this version does not know: the places kept for later too', () => {
      const bytes = Manifest.encode(sample)
      for (let field = 20; field <= 40; field++) {
        for (const more of [[field << 3, 1], [field << 3 | 2, 1, 1]]) {
          const tag = more[0]!
          expect(codeOf(Uint8Array.of(...bytes, tag & 0x7f | 0x80, tag >> 7, ...more.slice(1))), `field ${field}`).to.equal('SHARDS_INVALID')
        }
      }
      const before = Manifest.encode({ ...sample, policy: undefined, state: State.UNKNOWN_STATE, issuedMs: 0, change: Change.UNKNOWN_CHANGE, transcript: new Uint8Array(0) })
      const after = Manifest.encode({ state: sample.state, issuedMs: sample.issuedMs, change: sample.change, transcript: sample.transcript })
      const withPolicy = (policy: Uint8Array): Uint8Array => Uint8Array.of(...before, 12 << 3 | 2, policy.byteLength, ...policy, ...after)
      const policy = Policy.encode(sample.policy!)
      expect(codeOf(withPolicy(policy))).to.equal(undefined)
      for (let field = 8; field <= 15; field++) expect(codeOf(withPolicy(Uint8Array.of(...policy, field << 3, 1))), `policy ${field}`).to.equal('SHARDS_INVALID')
    })

    it('in any other encoding of the same', () => {
      const bytes = Manifest.encode(sample)
      // twice, the last counts; a longer varint; out of order
      expect(codeOf(Uint8Array.of(0x08, 1, ...bytes))).to.equal('SHARDS_INVALID')
      expect(codeOf(Uint8Array.of(0x08, 0x81, 0x00, ...bytes.subarray(2)))).to.be.oneOf(['SHARDS_INVALID', 'SHARDS_UNSUPPORTED'])
      expect(codeOf(Uint8Array.of(...bytes.subarray(2), 0x08, 1))).to.equal('SHARDS_INVALID')
      expect(codeOf(Uint8Array.of(...bytes, 0x78, 0))).to.equal('SHARDS_INVALID')
    })

    it('whatever they are', () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), bytes => { expect(codeOf(bytes)).to.be.oneOf(['SHARDS_INVALID', 'SHARDS_UNSUPPORTED']) }))
      const good = Manifest.encode(sample)
      fc.assert(fc.property(fc.nat(good.byteLength - 1), fc.nat(254), (at, by) => {
        const bytes = good.with(at, good[at]! ^ (by + 1))
        const code = codeOf(bytes)
        // what nobody has signed may say something else; it is never the same manifest
        if (code === undefined) expect(manifestHash(bytes)).to.not.deep.equal(manifestHash(good))
        else expect(code).to.be.oneOf(['SHARDS_INVALID', 'SHARDS_UNSUPPORTED'])
      }), { numRuns: 300 })
    })
  })

  it('have an id that only their owner and nonce give', async () => {
    const other = keyBytes((await nodeOf('thief')).key.publicKey)
    expect(vaultId(other, sample.nonce)).to.not.deep.equal(sample.vault)
    expect(vaultId(sample.owner, sample.nonce)).to.deep.equal(sample.vault)
  })

  it('open though half of those that holders can spare lie about a change that holders made', () => {
    expect([[3, 5], [5, 9], [6, 10], [11, 20], [2, 2], [2, 9]].map(([t = 0, n = 0]) => acceptsNeeded(t, n, 'holders'))).to.deep.equal([4, 7, 8, 15, 2, 5])
    expect([[3, 5], [6, 10]].map(([t = 0, n = 0]) => acceptsNeeded(t, n, 'owner'))).to.deep.equal([3, 6])
  })

  it('are agreed on by quorums of which any two share a holder, and of which each opens the vault', () => {
    for (let n = 2; n <= 64; n++) {
      for (let t = 2; t <= n; t++) {
        const q = quorum(t, n)
        expect(q).to.be.within(t, n)
        expect(2 * q).to.be.above(n)
      }
    }
  })
})
