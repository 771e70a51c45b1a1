import { expect } from 'chai'
import { combine } from '../../../../src/crypto/threshold/combine.ts'
import { publicShareOf } from '../../../../src/crypto/threshold/verification.ts'
import { checkContribution, contribute } from '../../../../src/services/shards/model/contribution.ts'
import { checkProposal } from '../../../../src/services/shards/model/proposal.ts'
import { sign } from '../../../../src/services/shards/model/signed.ts'
import { checkTranscript, outcomeOf, receiveFrom, whyNotOf } from '../../../../src/services/shards/model/transcript.ts'
import { Change, Contribution } from '../../../../src/services/shards/pb/shards.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { rejection } from '../../../support/rejection.ts'
import { genesis, nodeOf, placesOf, proposalOf, reshare, rotate } from './sample-vault.ts'
import type { Manifest, Proposal, Signed, Transcript } from '../../../../src/services/shards/pb/shards.ts'
import type { Sample } from './sample-vault.ts'

const rng = seededRng(11)

describe('shards: transcripts', () => {
  let sample: Sample
  let proposal: Proposal
  let dealt: Signed[]
  let transcript: Transcript

  before(async () => {
    sample = await genesis({ threshold: 3, holders: ['a', 'b', 'c', 'd', 'e'] })
    proposal = proposalOf({ vault: sample.vouched.manifest.vault, threshold: 2, holders: placesOf(sample.nodes, ['c', 'x', 'y']), change: Change.RESHARE }, sample.vouched)
    dealt = await Promise.all(['a', 'b', 'c', 'd'].map(dealBy))
    transcript = { proposal, contributions: dealt.slice(0, 3) }
  })

  async function dealBy (name: string): Promise<Signed> {
    const share = sample.shares.get(name)!
    return await contribute({ proposal, dealer: share.index, share, previous: sample.vouched }, sample.nodes.get(name)!.key, rng)
  }

  const changed = async (name: string, edit: (contribution: Contribution) => void, key = sample.nodes.get(name)!.key): Promise<Signed> => {
    const contribution = Contribution.decode((await dealBy(name)).content)
    edit(contribution)
    return await sign('contribution', Contribution.encode(contribution), key)
  }

  it('give new holders shares of the same scalar, whatever dealers deal', async () => {
    const secret = (shares: Parameters<typeof combine>[0], threshold: number): Uint8Array => combine(shares, { threshold, publicKey: sample.vouched.manifest.commitments[0]! })
    const before = secret([...sample.shares.values()], 3)
    const { commitments, verifications } = await checkTranscript(transcript, sample.vouched)
    const shares = await Promise.all(['c', 'x', 'y'].map(async (name, i) => await receiveFrom(transcript, sample.vouched, i + 1, sample.nodes.get(name)!.kem.privateKey)))
    expect(commitments).to.have.length(2)
    for (const [i, share] of shares.entries()) expect(publicShareOf(share.scalar)).to.deep.equal(verifications[i])
    expect(secret(shares.slice(1), 2)).to.deep.equal(before)
    const others = { proposal, contributions: dealt.slice(1) }
    expect((await checkTranscript(others, sample.vouched)).commitments[0]).to.deep.equal(commitments[0])
    expect(outcomeOf(others, sample.vouched).commitments[1]).to.not.deep.equal(commitments[1])
  })

  it('are sealed to their holder: another key opens nothing', async () => {
    const error = await rejection(receiveFrom(transcript, sample.vouched, 1, sample.nodes.get('x')!.kem.privateKey))
    expect(error).to.have.nested.property('failure.code', 'BAD_SUB_SHARE')
    expect(error.details).to.have.deep.property('indices', [1, 2, 3])
    // what is sealed for one index is none for another, with the same key even
    const twice = proposalOf({ vault: proposal.vault, threshold: 2, holders: placesOf(sample.nodes, ['x', 'y']).map(place => ({ ...place, kemKey: sample.nodes.get('x')!.kem.publicKey })), change: Change.RESHARE }, sample.vouched)
    const share = sample.shares.get('a')!
    const contribution = Contribution.decode((await contribute({ proposal: twice, dealer: 1, share, previous: sample.vouched }, sample.nodes.get('a')!.key, rng)).content)
    contribution.sealed.reverse()
    const swapped = { proposal: twice, contributions: [await sign('contribution', Contribution.encode(contribution), sample.nodes.get('a')!.key), ...transcript.contributions.slice(1)] }
    expect((await rejection(receiveFrom(swapped, sample.vouched, 1, sample.nodes.get('x')!.kem.privateKey))).details).to.have.deep.property('indices', [1, 2, 3])
  })

  it('name the dealer whose sub-share does not fit its commitments', async () => {
    const other = Contribution.decode((await dealBy('b')).content)
    const bad = await changed('b', contribution => { contribution.sealed = other.sealed })
    const poisoned = { proposal, contributions: [dealt[0]!, bad, dealt[2]!] }
    await checkTranscript(poisoned, sample.vouched)
    const error = await rejection(receiveFrom(poisoned, sample.vouched, 2, sample.nodes.get('x')!.kem.privateKey))
    expect(error).to.have.nested.property('failure.index', 2)
    expect(error.details).to.have.deep.property('indices', [2])
  })

  it('of the owner alone begin and rotate a vault', async () => {
    for (const { transcript, vouched, previous } of [{ ...sample, previous: undefined }, { ...await rotate(sample), previous: sample.vouched }]) {
      const outcome = await checkTranscript(transcript, previous, vouched.manifest.owner)
      expect(whyNotOf(vouched.manifest, transcript, outcome)).to.equal(undefined)
      const thief = (await nodeOf('thief')).key
      const stolen = { ...transcript, contributions: [await sign('contribution', transcript.contributions[0]!.content, thief)] }
      expect(await rejection(checkTranscript(stolen, previous, vouched.manifest.owner))).to.have.property('code', 'SHARDS_INVALID')
    }
    expect(await rejection(checkTranscript(sample.transcript))).to.have.property('code', 'SHARDS_INVALID')
  })

  it('add up to the scalar before, or are of another vault', () => {
    const other = { manifest: { ...sample.vouched.manifest, commitments: sample.vouched.manifest.commitments.toReversed() } }
    expect(() => outcomeOf(transcript, other)).to.throw(/another scalar/)
    expect(outcomeOf(transcript, sample.vouched).commitments[0]).to.deep.equal(sample.vouched.manifest.commitments[0])
  })

  describe('are refused', () => {
    const refused = async (contributions: Signed[], why: RegExp): Promise<void> => {
      const error = await rejection(checkTranscript({ proposal, contributions }, sample.vouched))
      expect(error).to.have.property('code', 'SHARDS_INVALID')
      expect(error.message).to.match(why)
    }

    it('with fewer or more dealers than the threshold before, twice the same, or in another order', async () => {
      await refused(dealt.slice(0, 2), /2 contributions/)
      await refused(dealt, /4 contributions/)
      await refused([dealt[0]!, dealt[0]!, dealt[1]!], /ascend/)
      await refused([dealt[1]!, dealt[0]!, dealt[2]!], /ascend/)
      await refused([], /0 contributions/)
    })

    it('with what is no sharing of the dealer\'s own share', async () => {
      const [a, b] = dealt
      const edits: Array<(contribution: Contribution) => void> = [
        contribution => { contribution.commitments[0] = contribution.commitments[1]! },
        contribution => { contribution.commitments.push(contribution.commitments[1]!) },
        contribution => { contribution.sealed.pop() },
        contribution => { contribution.transcript = new Uint8Array(32) },
        contribution => { contribution.proposal = new Uint8Array(32) },
        contribution => { contribution.dealer = 4 },
        contribution => { contribution.dealer = 9 },
        contribution => { contribution.dealer = 0 }
      ]
      for (const edit of edits) await refused([a!, b!, await changed('c', edit)], /dealer|contributed/)
      await refused([a!, b!, await changed('c', () => {}, sample.nodes.get('d')!.key)], /not signed/)
    })

    it('after another manifest than the one before', async () => {
      const later = await reshare(sample)
      expect(await rejection(checkTranscript(transcript, later.vouched))).to.have.property('code', 'SHARDS_INVALID')
      expect(await rejection(checkTranscript(transcript))).to.have.property('code', 'SHARDS_INVALID')
    })

    it('when any byte of a contribution is changed', async () => {
      const [signed] = dealt
      for (let at = 0; at < signed!.content.byteLength; at++) {
        const content = signed!.content.with(at, signed!.content[at]! ^ (1 << (at % 8)))
        expect(await rejection(checkContribution({ ...signed!, content }, proposal, sample.vouched)), `byte ${at}`).to.have.property('code', 'SHARDS_INVALID')
      }
    })
  })

  it('must be what a manifest says', async () => {
    const next = await reshare(sample, { holders: ['a', 'b', 'c', 'x', 'y'] })
    const { manifest } = next.vouched
    const outcome = outcomeOf(next.transcript, sample.vouched)
    expect(whyNotOf(manifest, next.transcript, outcome)).to.equal(undefined)
    const edits: Array<Partial<Manifest>> = [
      { transcript: new Uint8Array(32) }, { seq: 3 }, { prev: new Uint8Array(32) }, { threshold: 2 }, { change: Change.ROTATE }, { vault: new Uint8Array(32) },
      { commitments: manifest.commitments.toReversed() }, { commitments: manifest.commitments.slice(1) }, { holders: manifest.holders.slice(1) },
      ...(['index', 'peer', 'kemKey', 'verification'] as const).map(part => ({ holders: manifest.holders.map((holder, i) => i === 0 ? { ...holder, [part]: part === 'index' ? 9 : manifest.holders[1]![part] } : holder) }))
    ]
    for (const edit of edits) {
      const why = whyNotOf({ ...manifest, ...edit }, next.transcript, outcome)
      expect(why, Object.keys(edit)[0]).to.be.a('string')
    }
  })

  it('are dealt for proposals that follow, and that are whole', () => {
    const edits: Array<Partial<Proposal>> = [
      { vault: new Uint8Array(32) }, { vault: new Uint8Array(0) }, { seq: 3 }, { prev: new Uint8Array(32) }, { prev: new Uint8Array(0) }, { threshold: 1 }, { threshold: 4 }, { change: Change.GENESIS }, { change: Change.UPDATE },
      { holders: [] }, { holders: proposal.holders.toReversed() }, { holders: proposal.holders.map(holder => ({ ...holder, kemKey: new Uint8Array(0) })) }, { holders: proposal.holders.map(holder => ({ ...holder, verification: new Uint8Array(32) })) }
    ]
    checkProposal(proposal, sample.vouched)
    for (const edit of edits) expect(() => { checkProposal({ ...proposal, ...edit }, sample.vouched) }, JSON.stringify(Object.keys(edit))).to.throw().with.property('code', 'SHARDS_INVALID')
    expect(() => { checkProposal(proposal) }).to.throw().with.property('code', 'SHARDS_INVALID')
  })
})
