import { ristretto255 } from '@noble/curves/ed25519.js'
import { expect } from 'chai'
import { equals } from 'uint8arrays/equals'
import { proveShare } from '../../../../src/crypto/threshold/audit.ts'
import { partialOf } from '../../../../src/crypto/threshold/kem.ts'
import { contribute } from '../../../../src/services/shards/model/contribution.ts'
import { checkEvidence, equivocations, falseContribution, falseProof, readEvidence } from '../../../../src/services/shards/model/evidence.ts'
import { auditContext, openContext } from '../../../../src/services/shards/model/proof-context.ts'
import { makeAnswer, makeRequest } from '../../../../src/services/shards/model/request.ts'
import { sign } from '../../../../src/services/shards/model/signed.ts'
import { Answer, Change, Contribution, Evidence } from '../../../../src/services/shards/pb/shards.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { acceptOf, genesis, NOW, placesOf, proposalOf, reshare, update } from './sample-vault.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { Share } from '../../../../src/crypto/threshold/checks.ts'
import type { RequestBody } from '../../../../src/services/shards/parts.ts'
import type { Signed } from '../../../../src/services/shards/pb/shards.ts'
import type { Node, Sample } from './sample-vault.ts'

const rng = seededRng(9)

interface Spoken { request: Uint8Array, signed: Signed }

/** What an honest holder signs, and what a liar may. */
class Holder {
  readonly sample: Sample
  readonly node: Node
  share: Share

  constructor (sample: Sample, name: string) {
    this.sample = sample
    this.node = sample.nodes.get(name)!
    this.share = sample.shares.get(name)!
  }

  get accept (): Signed {
    return acceptBy(this.sample, this.node)
  }

  async request (body: RequestBody, vault = this.sample.vouched.manifest.vault, key: PrivateKey = this.sample.owner): Promise<{ bytes: Uint8Array, hash: Uint8Array }> {
    return await makeRequest({ vault, body, from: this.sample.nodes.get('z')!.peerId, to: this.node.peerId, signer: key, nowMs: NOW, rng })
  }

  facts (request: Uint8Array): { request: Uint8Array, vault: Uint8Array, transcript: Uint8Array, index: number } {
    return { request, vault: this.sample.vouched.manifest.vault, transcript: this.sample.vouched.manifest.transcript, index: this.share.index }
  }

  async open (edit: object = {}, encapsulation = this.sample.vouched.manifest.item!.encapsulation): Promise<Spoken> {
    const { epoch, transcript } = this.sample.vouched.manifest
    const { bytes, hash } = await this.request({ open: { epoch, encapsulation } })
    const partial = { epoch, index: this.share.index, transcript, ...partialOf(this.share, encapsulation, openContext(this.facts(hash)), rng), ...edit }
    return { request: bytes, signed: (await makeAnswer(hash, { partial }, this.node.key)).signed }
  }

  async audit (edit: object = {}): Promise<Spoken> {
    const { epoch, transcript, seq } = this.sample.vouched.manifest
    const { bytes, hash } = await this.request({ audit: { epoch, nonce: rng.bytes(32) } })
    const proof = { epoch, index: this.share.index, transcript, seq, payload: new Uint8Array(32), proof: proveShare(this.share, auditContext(this.facts(hash)), rng), ...edit }
    return { request: bytes, signed: (await makeAnswer(hash, { proof }, this.node.key)).signed }
  }

  proposal (): ReturnType<typeof proposalOf> {
    const { vouched, nodes } = this.sample
    return proposalOf({ vault: vouched.manifest.vault, threshold: 2, holders: placesOf(nodes, ['a', 'b', 'x']), change: Change.RESHARE }, vouched)
  }

  async contribution (edit: (contribution: Contribution) => void = () => {}): Promise<Signed> {
    const signed = await contribute({ proposal: this.proposal(), dealer: this.share.index, share: this.share, previous: this.sample.vouched }, this.node.key, rng)
    const contribution = Contribution.decode(signed.content)
    edit(contribution)
    return await sign('contribution', Contribution.encode(contribution), this.node.key)
  }
}

describe('shards: evidence', () => {
  let sample: Sample
  let honest: Holder
  let liar: Holder
  /** Of nobody's share. */
  const otherPoint = ristretto255.Point.BASE.multiply(987_654_321n).toBytes()

  before(async () => {
    sample = await genesis()
    honest = new Holder(sample, 'a')
    liar = new Holder(sample, 'b')
  })

  /** Says the same after a round trip. */
  const check = async (evidence: Evidence): Promise<string | undefined> => {
    const bytes = Evidence.encode(evidence)
    const lie = await checkEvidence(readEvidence(bytes))
    expect(lie == null || equals(lie.vault, sample.vouched.manifest.vault)).to.equal(true)
    return lie == null ? undefined : `${lie.kind} ${[...sample.nodes.values()].find(({ peerId }) => peerId.equals(lie.peerId))?.name}`
  }

  describe('names', () => {
    it('who gave another point, a proof that does not fit, or bytes that are none', async () => {
      for (const edit of [{ point: otherPoint }, { proof: new Uint8Array(64).fill(1) }, { point: new Uint8Array(32) }, { point: new Uint8Array(3) }, { proof: new Uint8Array(0) }]) {
        expect(await check(falseProof('PARTIAL', liar.accept, await liar.open(edit)))).to.equal('partial b')
      }
    })

    it('who has another share than it says, and who cannot show that it has one', async () => {
      const other = new Holder(sample, 'b')
      other.share = { ...other.share, scalar: sample.shares.get('c')!.scalar }
      expect(await check(falseProof('PARTIAL', other.accept, await other.open()))).to.equal('partial b')
      expect(await check(falseProof('AUDIT', other.accept, await other.audit()))).to.equal('audit b')
      expect(await check(falseProof('AUDIT', liar.accept, await liar.audit({ proof: new Uint8Array(64) })))).to.equal('audit b')
      expect(await check(falseProof('AUDIT', liar.accept, await liar.audit({ proof: new Uint8Array(0) })))).to.equal('audit b')
    })

    it('who dealt another share than its own, or not as asked', async () => {
      const edits: Array<(contribution: Contribution) => void> = [
        contribution => { contribution.commitments[0] = otherPoint },
        contribution => { contribution.commitments[1] = new Uint8Array(32) },
        contribution => { contribution.commitments.push(otherPoint) },
        contribution => { contribution.commitments.pop() },
        contribution => { contribution.commitments = [] },
        contribution => { contribution.sealed.pop() },
        contribution => { contribution.sealed[0] = new Uint8Array(79) }
      ]
      for (const edit of edits) expect(await check(falseContribution(liar.accept, liar.proposal(), await liar.contribution(edit)))).to.equal('contribution b')
    })

    it('who accepts two manifests in one ballot', async () => {
      const { manifest, hash } = sample.vouched
      const ballot = { round: 1_000, proposer: honest.node.peer }
      const [one, other] = [await acceptOf(liar.node, manifest, hash, ballot), await acceptOf(liar.node, manifest, hash.map(byte => byte ^ 1), ballot)]
      expect(await check(equivocation(one, other))).to.equal('equivocation b')
      expect(await check(equivocation(other, one))).to.equal('equivocation b')
    })
  })

  describe('does not accuse who is honest, with', () => {
    it('what is true', async () => {
      expect(await check(falseProof('PARTIAL', honest.accept, await honest.open()))).to.equal(undefined)
      expect(await check(falseProof('AUDIT', honest.accept, await honest.audit()))).to.equal(undefined)
      expect(await check(falseContribution(honest.accept, honest.proposal(), await honest.contribution()))).to.equal(undefined)
      expect(await check(equivocation(honest.accept, honest.accept))).to.equal(undefined)
    })

    it('another request than the one that was answered', async () => {
      const [one, two] = [await honest.open(), await honest.open()]
      expect(await check(falseProof('PARTIAL', honest.accept, { request: two.request, signed: one.signed }))).to.equal(undefined)
      const audit = await honest.audit()
      expect(await check(falseProof('AUDIT', honest.accept, { request: one.request, signed: audit.signed }))).to.equal(undefined)
    })

    it('a kind that it is not', async () => {
      const [open, audit] = [await honest.open(), await honest.audit()]
      expect(await check(falseProof('AUDIT', honest.accept, open))).to.equal(undefined)
      expect(await check(falseProof('PARTIAL', honest.accept, audit))).to.equal(undefined)
      expect(await check(falseProof('PARTIAL', honest.accept, { ...open, signed: honest.accept }))).to.equal(undefined)
    })

    it('the accept of another epoch', async () => {
      const later = new Holder(await reshare(sample, { byHolders: true }), 'a')
      expect(await check(falseProof('PARTIAL', honest.accept, await later.open()))).to.equal(undefined)
      expect(await check(falseProof('PARTIAL', later.accept, await honest.open()))).to.equal(undefined)
      expect(await check(falseProof('AUDIT', honest.accept, await later.audit()))).to.equal(undefined)
      expect(await check(falseContribution(honest.accept, later.proposal(), await later.contribution()))).to.equal(undefined)
    })

    it('the accept of a manifest of the same epoch that did not come to be', async () => {
      const [lost, won] = [await reshare(sample, { round: 1_000 }), await reshare(sample, { round: 2_000 })]
      const [before, after] = [new Holder(lost, 'a'), new Holder(won, 'a')]
      expect(await check(falseProof('PARTIAL', before.accept, await after.open()))).to.equal(undefined)
      expect(await check(falseProof('AUDIT', before.accept, await after.audit()))).to.equal(undefined)
      expect(await check(falseContribution(before.accept, after.proposal(), await after.contribution()))).to.equal(undefined)
      expect(await check(equivocation(before.accept, after.accept))).to.equal(undefined)
    })

    it('the accept of another holder, or of another vault', async () => {
      expect(await check(falseProof('PARTIAL', liar.accept, await honest.open()))).to.equal(undefined)
      const { manifest, hash } = sample.vouched
      const elsewhere = await acceptOf(honest.node, manifest, hash, { round: 1, proposer: honest.node.peer }, { vault: new Uint8Array(32) })
      expect(await check(falseProof('PARTIAL', elsewhere, await honest.open()))).to.equal(undefined)
      expect(await check(falseContribution(elsewhere, honest.proposal(), await honest.contribution()))).to.equal(undefined)
      expect(await check(equivocation(elsewhere, await acceptOf(honest.node, manifest, new Uint8Array(32), { round: 1, proposer: honest.node.peer })))).to.equal(undefined)
    })

    it('an accept that somebody else signed in its name', async () => {
      const { manifest, hash } = sample.vouched
      const forged = await acceptOf({ key: liar.node.key, peer: honest.node.peer }, manifest, hash, { round: 1, proposer: honest.node.peer }, { verification: otherPoint })
      expect(await check(falseProof('PARTIAL', forged, await honest.open()))).to.equal(undefined)
      expect(await check(equivocation(honest.accept, forged))).to.equal(undefined)
    })

    it('an accept of who left, which has no share', async () => {
      const gone = await reshare(sample, { holders: ['b', 'c', 'x'] })
      const accept = acceptBy(gone, honest.node)
      const leaver = new Holder({ ...sample, vouched: { ...sample.vouched, manifest: { ...sample.vouched.manifest, epoch: 2, transcript: gone.vouched.manifest.transcript } } }, 'a')
      expect(await check(falseProof('PARTIAL', accept, await leaver.open({ index: 0, proof: new Uint8Array(64) })))).to.equal(undefined)
    })

    it('requests that it was asked nothing honest by: no point, to somebody else, in other bytes', async () => {
      const { epoch } = sample.vouched.manifest
      for (const body of [{ open: { epoch, encapsulation: new Uint8Array(32) } }, { open: { epoch, encapsulation: new Uint8Array(32).fill(255) } }, { audit: { epoch, nonce: new Uint8Array(32) } }]) {
        const { bytes, hash } = await honest.request(body)
        const { signed } = await honest.open()
        const partial = { epoch, index: 1, transcript: sample.vouched.manifest.transcript, point: otherPoint, proof: new Uint8Array(64) }
        const answer = await makeAnswer(hash, { partial }, honest.node.key)
        expect(await check(falseProof('PARTIAL', honest.accept, { request: bytes, signed: answer.signed }))).to.equal(undefined)
        expect(await check(falseProof('PARTIAL', honest.accept, { request: bytes, signed }))).to.equal(undefined)
      }
    })

    it('what is said of another share than the accept\'s, though it be false', async () => {
      const proof = new Uint8Array(64)
      for (const edit of [{ index: 2 }, { epoch: 2 }, { index: 0 }, { transcript: new Uint8Array(32) }]) {
        expect(await check(falseProof('PARTIAL', liar.accept, await liar.open({ proof, ...edit, ...'index' in edit && edit.index === 2 ? { index: 3 } : {} })))).to.equal(undefined)
        expect(await check(falseProof('AUDIT', honest.accept, await honest.audit({ proof, ...edit })))).to.equal(undefined)
      }
      const other = await acceptOf(liar.node, sample.vouched.manifest, sample.vouched.hash, { round: 1, proposer: liar.node.peer }, { vault: new Uint8Array(32) })
      expect(await check(falseContribution(other, liar.proposal(), await liar.contribution(contribution => { contribution.commitments[0] = otherPoint })))).to.equal(undefined)
      expect(await check(falseContribution(liar.accept, liar.proposal(), await liar.contribution(contribution => { contribution.dealer = 3; contribution.commitments[0] = otherPoint })))).to.equal(undefined)
    })

    it('a false answer to a request that was for somebody else', async () => {
      const { bytes, hash } = await makeRequest({ vault: sample.vouched.manifest.vault, body: { open: { epoch: 1, encapsulation: otherPoint } }, from: sample.nodes.get('z')!.peerId, to: honest.node.peerId, signer: sample.owner, nowMs: NOW, rng })
      const partial = { epoch: 1, index: 2, transcript: sample.vouched.manifest.transcript, point: otherPoint, proof: new Uint8Array(64) }
      const { signed } = await makeAnswer(hash, { partial }, liar.node.key)
      expect(await check(falseProof('PARTIAL', liar.accept, { request: bytes, signed }))).to.equal(undefined)
    })

    it('two manifests that two holders accepted in one ballot', async () => {
      const { manifest, hash } = sample.vouched
      const ballot = { round: 1_000, proposer: honest.node.peer }
      expect(await check(equivocation(await acceptOf(honest.node, manifest, hash, ballot), await acceptOf(liar.node, manifest, hash.with(0, hash[0]! ^ 1), ballot)))).to.equal(undefined)
    })

    it('updates and ballots that are other ones', async () => {
      const updated = await update(sample)
      expect(await check(equivocation(honest.accept, new Holder(updated, 'a').accept))).to.equal(undefined)
      const { manifest, hash } = sample.vouched
      for (const ballot of [{ round: 1_001, proposer: honest.node.peer }, { round: 1_000, proposer: liar.node.peer }]) {
        expect(await check(equivocation(honest.accept, await acceptOf(honest.node, manifest, hash.map(byte => byte ^ 1), ballot)))).to.equal(undefined)
      }
    })
  })

  it('of who accepted two manifests in one ballot is in their certificates', async () => {
    const one = await reshare(sample, { byHolders: true })
    const same = await reshare(sample, { byHolders: true })
    const later = await reshare(sample, { byHolders: true, round: 1_001 })
    const found = await Promise.all(equivocations(one.vouched.signed, same.vouched.signed).map(check))
    expect(found).to.have.members(['equivocation a', 'equivocation b', 'equivocation c'])
    expect(equivocations(one.vouched.signed, later.vouched.signed)).to.deep.equal([])
    expect(equivocations(one.vouched.signed, one.vouched.signed)).to.deep.equal([])
    expect(equivocations(one.vouched.signed, sample.vouched.signed)).to.deep.equal([])
    expect(equivocations(one.vouched.signed, { ...same.vouched.signed, accepts: [{ content: Uint8Array.of(9), signature: new Uint8Array(0) }] })).to.deep.equal([])
  })

  it('holds after an update, which leaves the shares as they are', async () => {
    const updated = new Holder(await update(sample), 'b')
    expect(await check(falseProof('PARTIAL', liar.accept, await updated.open({ point: otherPoint })))).to.equal('partial b')
  })

  it('is nothing when any byte of it is changed', async function () {
    this.timeout(60_000)
    const bytes = Evidence.encode(falseProof('PARTIAL', liar.accept, await liar.open({ point: otherPoint })))
    for (let at = 0; at < bytes.byteLength; at++) {
      const changed = bytes.with(at, bytes[at]! ^ (1 << (at % 8)))
      let evidence: Evidence | undefined
      try {
        evidence = readEvidence(changed)
      } catch (err) {
        expect(err).to.have.property('name', 'ShardsError')
      }
      expect(evidence == null ? undefined : await checkEvidence(evidence), `byte ${at}`).to.equal(undefined)
    }
  })

  it('of a kind that only a later version knows is told apart from what is none', async () => {
    const later = { ...falseProof('PARTIAL', liar.accept, await liar.open()), kind: 'LATER' }
    expect(() => readEvidence(Evidence.encode(later))).to.throw().with.property('code', 'SHARDS_UNSUPPORTED')
    expect(await checkEvidence(later)).to.equal(undefined)
    for (const kind of ['', 'toString', 'constructor', '__proto__']) {
      expect(() => readEvidence(Evidence.encode({ ...later, kind }))).to.throw().with.property('code', 'SHARDS_UNSUPPORTED')
      expect(await checkEvidence({ ...later, kind })).to.equal(undefined)
    }
    expect(() => readEvidence(new Uint8Array(70_000))).to.throw().with.property('code', 'SHARDS_INVALID')
    expect(() => readEvidence(Uint8Array.of(1, 2, 3))).to.throw().with.property('code', 'SHARDS_INVALID')
  })
})

function equivocation (answer: Signed, other: Signed): Evidence {
  return { kind: 'EQUIVOCATION', request: new Uint8Array(0), answer, other }
}

function acceptBy ({ vouched }: Sample, { peer }: Node): Signed {
  return vouched.signed.accepts.find(({ content }) => equals(Answer.decode(content).accept!.peer, peer))!
}
