import { bytesToHex } from '@noble/hashes/utils.js'
import { expect } from 'chai'
import { verifyCertificate, verifyChain } from '../../../../src/services/shards/model/certificate.ts'
import { keyBytes } from '../../../../src/services/shards/model/keys.ts'
import { Answer, State } from '../../../../src/services/shards/pb/shards.ts'
import { rejection } from '../../../support/rejection.ts'
import { acceptOf, certificate, genesis, inOrder, nodeOf, reshare, rotate, update } from './sample-vault.ts'
import type { Sample } from './sample-vault.ts'
import type { Signed, SignedManifest } from '../../../../src/services/shards/pb/shards.ts'

describe('shards: certificates', () => {
  let first: Sample
  let second: Sample
  let third: Sample
  let chain: SignedManifest[]
  let vault: Uint8Array

  before(async () => {
    first = await genesis()
    second = await reshare(first, { byHolders: true, holders: ['a', 'b', 'x'] })
    third = await update(second, { edit: manifest => { manifest.state = State.EXPOSED } })
    chain = [first, second, third].map(({ vouched }) => vouched.signed)
    vault = first.vouched.manifest.vault
  })

  it('hold for all kinds of changes, one after the other', async () => {
    const fourth = await rotate(third)
    const fifth = await reshare(fourth, { threshold: 3, holders: ['x', 'y', 'z', 'a'] })
    const list = await verifyChain([...chain, fourth.vouched.signed, fifth.vouched.signed], { vault, owner: keyBytes(first.owner.publicKey) })
    expect(list.map(({ manifest: { seq, epoch, change } }) => `${seq} ${epoch} ${change}`)).to.deep.equal(['1 1 GENESIS', '2 2 RESHARE', '3 2 UPDATE', '4 3 ROTATE', '5 4 RESHARE'])
  })

  it('let a chain begin with any that the owner signed, and go on from what is known', async () => {
    expect((await verifyChain(chain.slice(2), { vault })).map(({ manifest }) => manifest.seq)).to.deep.equal([3])
    expect((await verifyChain(chain.slice(1), { vault, after: first.vouched })).map(({ manifest }) => manifest.seq)).to.deep.equal([2, 3])
    expect(await rejection(verifyChain(chain.slice(1), { vault }))).to.have.property('code', 'SHARDS_INVALID')
  })

  describe('refuse', () => {
    const refused = async (list: readonly SignedManifest[], why: RegExp, options: object = {}): Promise<void> => {
      const error = await rejection(verifyChain(list, { vault, ...options }))
      expect(error).to.have.property('code', 'SHARDS_INVALID')
      expect(String(error)).to.match(why)
    }

    it('a gap, the wrong order, and what is repeated', async () => {
      await refused([chain[0]!, chain[2]!], /seq 3 after 1/)
      await refused([chain[0]!, chain[0]!], /seq 1 after 1/)
      await refused([chain[0]!], /seq 1 after 3/, { after: third.vouched })
    })

    it('a fork: what follows another manifest of the same seq', async () => {
      const other = await reshare(first, { byHolders: true })
      await refused([other.vouched.signed, chain[2]!], /follows another manifest of seq 2/, { after: first.vouched })
    })

    it('another vault, another owner', async () => {
      const nonce = new Uint8Array(32).fill(1)
      await refused(chain, /another vault/, { vault: nonce })
      await refused(chain, /another owner/, { owner: keyBytes((await nodeOf('thief')).key.publicKey) })
      await refused(chain, /another vault/, { vault: nonce, after: first.vouched })
    })

    it('fewer accepts than the quorum, of those after and of those before', async () => {
      const changed = (accepting: string[]): Promise<SignedManifest> => certificate({ ...first, vouched: first.vouched }, second.vouched.manifest, { byHolders: true, accepting })
      // a and b stay, c goes, x comes: 2 of 3 are a quorum
      await refused([await changed(['a', 'x'])], /1 of the holders before have accepted, and 2 must/, { after: first.vouched })
      await refused([await changed(['a', 'c'])], /1 of its holders have accepted, and 2 must/, { after: first.vouched })
      await refused([await changed([])], /0 of its holders/, { after: first.vouched })
      await verifyCertificate(await changed(['a', 'b']), first.vouched)
      await verifyCertificate(await changed(['a', 'c', 'x']), first.vouched)
    })

    it('accepts below the quorum even where the owner signed', async () => {
      const alone = await certificate(second, third.vouched.manifest, { accepting: ['a'] })
      await refused([alone], /1 of its holders have accepted/, { after: second.vouched })
      await refused([await certificate({ ...first, vouched: undefined }, first.vouched.manifest, { accepting: ['a'] })], /1 of its holders have accepted/)
    })

    it('accepts of different ballots, added up', async () => {
      const [one, two] = await Promise.all([1, 2].map(async round => await certificate(first, second.vouched.manifest, { byHolders: true, round, accepting: round === 1 ? ['a'] : ['b'] })))
      const accepts = [...one!.accepts, ...two!.accepts]
      for (const list of [accepts, accepts.toReversed()]) await refused([{ ...one!, accepts: list }], /different ballots|do not ascend/, { after: first.vouched })
    })

    it('accepts of others, of another manifest, twice, or in another order', async () => {
      const { signed } = second.vouched
      const [a, b, ...rest] = signed.accepts
      await refused([{ ...signed, accepts: [a!, a!, ...rest] }], /do not ascend/, { after: first.vouched })
      await refused([{ ...signed, accepts: [b!, a!, ...rest] }], /do not ascend/, { after: first.vouched })
      await refused([{ ...signed, accepts: first.vouched.signed.accepts }], /another manifest/, { after: first.vouched })
      await refused([{ ...signed, accepts: [{ ...a!, signature: b!.signature }, b!] }], /not signed by the peer/, { after: first.vouched })
      const strangers = await certificate(first, second.vouched.manifest, { byHolders: true, accepting: ['y', 'z'] })
      await refused([strangers], /0 of its holders/, { after: first.vouched })
    })

    it('accepts of another share than the manifest says, or of another transcript', async () => {
      const { manifest, hash, signed } = second.vouched
      const ballot = { round: 1_000, proposer: first.nodes.get('a')!.peer }
      const { index, verification } = manifest.holders[1]!
      const edits = [{ index }, { verification }, { transcript: first.vouched.manifest.transcript }, { epoch: 1 }, { seq: 3 }, { vault: new Uint8Array(32) }, { index: 0, verification: new Uint8Array(0) }]
      for (const edit of edits) {
        const odd = await acceptOf(first.nodes.get('a')!, manifest, hash, ballot, edit)
        const accepts = inOrder([{ peer: first.nodes.get('a')!.peer, signed: odd }, ...signed.accepts.filter(each => peerOf(each) !== peerOf(odd)).map(each => ({ peer: Answer.decode(each.content).accept!.peer, signed: each }))])
        await refused([{ ...signed, accepts }], /of an accept/, { after: first.vouched })
      }
      // who leaves has none
      const leaver = await acceptOf(first.nodes.get('c')!, manifest, hash, ballot, { index, verification })
      await refused([{ ...signed, accepts: [leaver] }], /of an accept/, { after: first.vouched })
    })

    it('a signature that is not the owner\'s, and holders that change what is the owner\'s to change', async () => {
      const { signed } = third.vouched
      await refused([{ ...signed, ownerSignature: signed.ownerSignature.with(3, signed.ownerSignature[3]! ^ 1) }], /not by its owner/, { after: second.vouched })
      await refused([{ ...signed, ownerSignature: signed.ownerSignature.subarray(1) }], /not by its owner/, { after: second.vouched })
      await refused([{ ...signed, ownerSignature: new Uint8Array(0) }], /UPDATE by holders/, { after: second.vouched })
      await refused([{ ...first.vouched.signed, ownerSignature: new Uint8Array(0) }], /begun by its owner/)
    })

    it('every single byte that is changed', async function () {
      this.timeout(60_000)
      const { signed } = second.vouched
      const parts: Array<(at: number) => SignedManifest> = [
        at => ({ ...signed, manifest: flipped(signed.manifest, at) }),
        at => ({ ...signed, accepts: signed.accepts.map((accept, i) => i === 0 ? { ...accept, content: flipped(accept.content, at) } : accept) }),
        at => ({ ...signed, accepts: signed.accepts.map((accept, i) => i === 1 ? { ...accept, signature: flipped(accept.signature, at) } : accept) })
      ]
      const lengths = [signed.manifest.byteLength, signed.accepts[0]!.content.byteLength, 64]
      for (const [i, change] of parts.entries()) {
        for (let at = 0; at < lengths[i]!; at++) {
          const error = await rejection(verifyCertificate(change(at), first.vouched))
          expect(error, `${i}: byte ${at}`).to.have.property('name', 'ShardsError')
        }
      }
    })
  })
})

function peerOf ({ content }: Signed): string {
  return bytesToHex(Answer.decode(content).accept!.peer)
}

function flipped (bytes: Uint8Array, at: number): Uint8Array {
  return bytes.with(at, bytes[at]! ^ (1 << (at % 8)))
}
