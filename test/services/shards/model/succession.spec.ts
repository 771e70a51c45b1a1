import { expect } from 'chai'
import { mayFollow } from '../../../../src/services/shards/model/succession.ts'
import { Change, State } from '../../../../src/services/shards/pb/shards.ts'
import { genesis, reshare, rotate, update } from './sample-vault.ts'
import type { Vouched } from '../../../../src/services/shards/parts.ts'
import type { Manifest } from '../../../../src/services/shards/pb/shards.ts'
import type { ChangedBy } from '../../../../src/services/shards/model/succession.ts'

type Part = keyof typeof EDITS

/** One edit of each part, each of which some change allows. */
const EDITS = {
  item: (m: Manifest): void => { m.item = { ...m.item!, version: m.item!.version + 1, payload: new Uint8Array(32).fill(9), encapsulation: m.commitments[1]! } },
  policy: (m: Manifest): void => { m.policy = { ...m.policy!, opensPerHour: 61 } },
  state: (m: Manifest): void => { m.state = State.EXPOSED },
  expiresMs: (m: Manifest): void => { m.expiresMs = m.issuedMs + 1 },
  label: (m: Manifest): void => { m.label = Uint8Array.of(1) },
  revoked: (m: Manifest): void => { m.revoked = [new Uint8Array(16)] },
  epoch: (m: Manifest): void => { m.epoch++ },
  threshold: (m: Manifest): void => { m.threshold++ },
  commitments: (m: Manifest): void => { m.commitments = m.commitments.toReversed() },
  transcript: (m: Manifest): void => { m.transcript = new Uint8Array(32) },
  'holders of another index': (m: Manifest): void => { m.holders = m.holders.map((holder, i) => i === 2 ? { ...holder, index: 9 } : holder) },
  'one holder less': (m: Manifest): void => { m.holders = m.holders.slice(1) },
  'the vault': (m: Manifest): void => { m.vault = new Uint8Array(32) },
  'the owner': (m: Manifest): void => { m.owner = m.owner.with(5, 1) },
  seq: (m: Manifest): void => { m.seq++ },
  prev: (m: Manifest): void => { m.prev = m.prev.with(0, m.prev[0]! ^ 1) }
}
const issuedMs = 'issuedMs'

/** What each change may change beyond what it is about, by whom. */
const TABLE: Array<[Change, ChangedBy, Part[]]> = [
  [Change.UPDATE, 'owner', ['item', 'policy', 'state', 'expiresMs', 'label', 'revoked']],
  [Change.UPDATE, 'holders', []],
  [Change.RESHARE, 'owner', ['threshold', 'holders of another index', 'one holder less', 'transcript']],
  [Change.RESHARE, 'holders', ['holders of another index', 'transcript']],
  [Change.ROTATE, 'owner', ['threshold', 'commitments', 'holders of another index', 'one holder less', 'transcript']],
  [Change.ROTATE, 'holders', []]
]

describe('shards: what may follow a manifest', () => {
  let first: Vouched
  const nexts = new Map<Change, Manifest>()

  before(async () => {
    const sample = await genesis()
    first = sample.vouched
    nexts.set(Change.UPDATE, (await update(sample)).vouched.manifest)
    nexts.set(Change.RESHARE, (await reshare(sample)).vouched.manifest)
    nexts.set(Change.ROTATE, (await rotate(sample)).vouched.manifest)
  })

  const edited = (change: Change, edit: (m: Manifest) => void = () => {}): Manifest => {
    const manifest = { ...nexts.get(change)! }
    edit(manifest)
    return manifest
  }

  for (const [change, by, allowed] of TABLE) {
    const isPossible = by === 'owner' || change === Change.RESHARE
    it(`${change} by ${by}: ${isPossible ? `as it is, and with ${allowed.join(', ') || 'nothing else'}` : 'never'}`, () => {
      expect(mayFollow(first, edited(change), by) === undefined).to.equal(isPossible)
      for (const [part, edit] of Object.entries(EDITS)) {
        const why = mayFollow(first, edited(change, edit), by)
        expect(why === undefined, `${part}: ${why}`).to.equal(isPossible && allowed.includes(part as Part))
      }
      expect(mayFollow(first, edited(change, m => { m[issuedMs] = 1 }), by) === undefined).to.equal(isPossible)
    })
  }

  it('a genesis by its owner after nothing, and nothing else', () => {
    expect(mayFollow(undefined, first.manifest, 'owner')).to.equal(undefined)
    expect(mayFollow(undefined, first.manifest, 'holders')).to.be.a('string')
    expect(mayFollow(first, { ...first.manifest, seq: 2, prev: first.hash }, 'owner')).to.be.a('string')
    for (const change of nexts.keys()) expect(mayFollow(undefined, edited(change), 'owner')).to.be.a('string')
    for (const edit of [EDITS.state, EDITS.revoked, EDITS.item]) {
      const manifest = { ...first.manifest }
      edit(manifest)
      expect(mayFollow(undefined, manifest, 'owner')).to.be.a('string')
    }
  })

  it('nothing by holders where the policy leaves it to the owner', () => {
    const strict = { ...first, manifest: { ...first.manifest, policy: { ...first.manifest.policy!, holdersMayReshare: false } } }
    expect(mayFollow(strict, edited(Change.RESHARE, m => { m.policy = strict.manifest.policy }), 'holders')).to.match(/policy/)
    expect(mayFollow(strict, edited(Change.RESHARE, m => { m.policy = strict.manifest.policy }), 'owner')).to.equal(undefined)
  })

  it('by holders no more newcomers at once than two less than the threshold, or one', () => {
    const replacing = (count: number) => (m: Manifest): void => { m.holders = m.holders.map((holder, i) => i < count ? { ...holder, peer: holder.peer.with(37, holder.peer[37]! ^ 1) } : holder) }
    for (const [threshold, allowed] of [[2, 1], [3, 1], [4, 2], [5, 3]] as const) {
      const before = { ...first, manifest: { ...first.manifest, threshold } }
      const next = (count: number): Manifest => edited(Change.RESHARE, m => { m.threshold = threshold; replacing(count)(m) })
      expect(mayFollow(before, next(allowed), 'holders'), `${threshold}`).to.equal(undefined)
      if (allowed < first.manifest.holders.length) expect(mayFollow(before, next(allowed + 1), 'holders'), `${threshold}`).to.match(/replaced/)
      expect(mayFollow(before, next(Math.min(allowed + 1, first.manifest.holders.length)), 'owner'), `${threshold}`).to.equal(undefined)
    }
  })

  it('an exposed scalar until it is rotated', () => {
    const exposed = { ...first, manifest: { ...first.manifest, state: State.EXPOSED } }
    expect(mayFollow(exposed, edited(Change.UPDATE), 'owner')).to.match(/exposed/)
    expect(mayFollow(exposed, edited(Change.UPDATE, EDITS.state), 'owner')).to.equal(undefined)
    expect(mayFollow(exposed, edited(Change.RESHARE), 'holders')).to.match(/state/)
    expect(mayFollow(exposed, edited(Change.RESHARE, EDITS.state), 'holders')).to.equal(undefined)
    expect(mayFollow(exposed, edited(Change.ROTATE), 'owner')).to.equal(undefined)
    expect(mayFollow(exposed, edited(Change.ROTATE, EDITS.state), 'owner')).to.match(/new scalar/)
  })

  it('no reshare to another scalar, no rotation to the same, nor with another payload', () => {
    const { commitments } = nexts.get(Change.ROTATE)!
    expect(mayFollow(first, edited(Change.RESHARE, m => { m.commitments = commitments }), 'owner')).to.match(/another scalar/)
    expect(mayFollow(first, edited(Change.ROTATE, m => { m.commitments = first.manifest.commitments }), 'owner')).to.match(/same scalar/)
    expect(mayFollow(first, edited(Change.ROTATE, m => { m.item = { ...m.item!, payload: new Uint8Array(32) } }), 'owner')).to.match(/payload/)
    expect(mayFollow(first, edited(Change.ROTATE, m => { m.item = first.manifest.item }), 'owner')).to.match(/old encapsulation/)
    expect(mayFollow(first, edited(Change.RESHARE, m => { m.transcript = first.manifest.transcript }), 'owner')).to.match(/old transcript/)
  })

  it('no other item under the same version, and none that is skipped', () => {
    expect(mayFollow(first, edited(Change.UPDATE, m => { m.item = { ...m.item!, bytes: 2 } }), 'owner')).to.match(/version 1/)
    expect(mayFollow(first, edited(Change.UPDATE, m => { m.item = { ...m.item!, version: 3 } }), 'owner')).to.match(/version 3/)
  })
})
