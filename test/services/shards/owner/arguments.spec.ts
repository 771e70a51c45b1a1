import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'chai'
import { MAX_PAYLOAD_BYTES, readExpiry, readPolicy, readStore, readVaultId, readWanted } from '../../../../src/services/shards/owner/arguments.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { START_MS } from '../../../support/open-book.ts'
import { randomPeerId } from '../../../support/random-peer.ts'
import type { StoreOptions } from '../../../../src/services/shards/index.ts'

const SECRET = Uint8Array.of(1)

describe('shards: what an owner asks for', () => {
  const refused: Array<[what: string, secret: Uint8Array, options: StoreOptions, code: string, message: RegExp]> = [
    ['a threshold of 1', SECRET, { threshold: 1, holders: 5 }, 'SHARDS_INVALID', /threshold of 1 with 5 holders/],
    ['a threshold above the holders', SECRET, { threshold: 6, holders: 5 }, 'SHARDS_INVALID', /threshold of 6 with 5 holders/],
    ['a threshold that is no integer', SECRET, { threshold: 2.5, holders: 5 }, 'SHARDS_INVALID', /threshold of 2.5/],
    ['one holder', SECRET, { threshold: 1, holders: 1 }, 'SHARDS_INVALID', /1 holders: there are 2 to 64/],
    ['65 holders', SECRET, { threshold: 2, holders: 65 }, 'SHARDS_INVALID', /65 holders/],
    ['not a number of holders', SECRET, { threshold: 2, holders: NaN }, 'SHARDS_INVALID', /NaN holders/],
    ['an empty secret', new Uint8Array(0), {}, 'SHARDS_INVALID', /empty secret/],
    ['a secret of another type', 'text' as unknown as Uint8Array, {}, 'SHARDS_INVALID', /Uint8Array/],
    ['a secret of 1 GiB', new Uint8Array(2 ** 30), {}, 'SHARDS_TOO_LARGE', /1073741824 bytes/],
    ['a byte too many', new Uint8Array(MAX_PAYLOAD_BYTES), {}, 'SHARDS_TOO_LARGE', /67108864/],
    ['a long label', SECRET, { label: 'é'.repeat(129) }, 'SHARDS_INVALID', /label of 258 bytes/],
    ['an expiry that is past', SECRET, { expiresAt: START_MS }, 'SHARDS_INVALID', /expiresAt/],
    ['an expiry in seconds', SECRET, { expiresAt: START_MS / 1_000 }, 'SHARDS_INVALID', /expiresAt/],
    ['a rule that there is not', SECRET, { policy: { delayMs: 1 } as never }, 'SHARDS_INVALID', /policy.delayMs: there are auditEveryMs/],
    ['a rule of another type', SECRET, { policy: { exportable: 1 as never } }, 'SHARDS_INVALID', /policy.exportable is true or false/],
    ['audits without a pause', SECRET, { policy: { auditEveryMs: 0 } }, 'SHARDS_INVALID', /policy.auditEveryMs/],
    ['no openings at all', SECRET, { policy: { opensPerHour: 0 } }, 'SHARDS_INVALID', /policy.opensPerHour/],
    ['endless patience', SECRET, { policy: { lostAfterMs: Infinity } }, 'SHARDS_INVALID', /policy.lostAfterMs/]
  ]
  for (const [what, secret, options, code, message] of refused) {
    it(`is refused: ${what}`, () => { expect(() => readStore(secret, options, START_MS)).to.throw(message).with.property('code', code) })
  }

  it('is six of ten, for ever, when nothing is said', () => {
    const { threshold, wanted, label, policy, expiresMs } = readStore(SECRET, {}, START_MS)
    expect({ threshold, wanted, label, expiresMs }).to.deep.equal({ threshold: 6, wanted: { count: 10 }, label: '', expiresMs: 0 })
    expect(policy).to.deep.equal({ version: 1, auditEveryMs: 21_600_000, refreshEveryMs: 604_800_000, lostAfterMs: 86_400_000, holdersMayReshare: true, exportable: true, opensPerHour: 60 })
  })

  it('takes the largest and smallest of everything', () => {
    expect(readStore(SECRET, { threshold: 2, holders: 2, label: 'x'.repeat(256), expiresAt: START_MS + 1 }, START_MS).expiresMs).to.equal(START_MS + 1)
    expect(readStore(SECRET, { threshold: 64, holders: 64 }, START_MS).threshold).to.equal(64)
    expect(readStore(new Uint8Array(MAX_PAYLOAD_BYTES - 16 * 256), {}, START_MS).threshold).to.equal(6)
    expect(readPolicy({ refreshEveryMs: 0, auditEveryMs: 1 })).to.include({ refreshEveryMs: 0, auditEveryMs: 1 })
  })

  it('keeps what a change of the policy does not name', () => {
    const { version, ...base } = readPolicy({ exportable: false, opensPerHour: 3 })
    expect(readPolicy({ opensPerHour: 4, exportable: undefined }, base)).to.deep.equal({ version, ...base, opensPerHour: 4 })
  })

  it('names holders that can sign, each once', async () => {
    const peers = await Promise.all([1, 2].map(async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))))
    expect(readWanted(peers)).to.deep.equal({ count: 2, peers })
    expect(() => readWanted([...peers, peers[0]!])).to.throw(/named twice/)
    expect(() => readWanted([...peers, randomPeerId(seededRng(1))])).to.throw(/no Ed25519 key/)
  })

  it('never expires when it says so', () => { expect([null, undefined].map(none => readExpiry(none, START_MS))).to.deep.equal([0, 0]) })

  for (const id of ['', 'ab', 'AB'.repeat(32), 'zz'.repeat(32), 'ab'.repeat(33), '../../etc/passwd', 7 as unknown as string]) {
    it(`has no vault ${JSON.stringify(id)}`, () => { expect(() => readVaultId(id)).to.throw(/64 hexadecimal digits/).with.property('code', 'SHARDS_INVALID') })
  }
})
