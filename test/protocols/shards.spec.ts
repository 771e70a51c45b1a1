import { readFile } from 'node:fs/promises'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { expect } from 'chai'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { MAX_ROUND_AHEAD } from '../../src/services/shards/change/ballot.ts'
import { verifyChain } from '../../src/services/shards/model/certificate.ts'
import { readDelegation } from '../../src/services/shards/model/delegation.ts'
import { checkEvidence, readEvidence } from '../../src/services/shards/model/evidence.ts'
import { FAILURE_CODES, RefusedError } from '../../src/services/shards/model/failure.ts'
import { keyBytes, keyFromBytes } from '../../src/services/shards/model/keys.ts'
import { EMPTY_LOG, verifyLog } from '../../src/services/shards/model/log-chain.ts'
import { encodeManifest, manifestHash, MAX_LABEL_BYTES, MAX_MANIFEST_BYTES, readManifest } from '../../src/services/shards/model/manifest.ts'
import { auditContext, openContext } from '../../src/services/shards/model/proof-context.ts'
import { proposalHash, transcriptHash } from '../../src/services/shards/model/proposal.ts'
import { MAX_LIFE_MS, MAX_SKEW_MS, readAnswer, readRequest, REQUEST_KINDS } from '../../src/services/shards/model/request.ts'
import { sign, signedBytes, verify } from '../../src/services/shards/model/signed.ts'
import { checkTranscript, receiveFrom } from '../../src/services/shards/model/transcript.ts'
import { Evidence, SignedManifest, Transcript } from '../../src/services/shards/pb/shards.ts'
import { peerFromBytes } from '../../src/util/peer-bytes.ts'
import { shardsProtocols } from '../../src/services/shards/shards-protocols.ts'
import { rejection } from '../support/rejection.ts'
import type { SignedKind } from '../../src/services/shards/model/signed.ts'

interface Vector { name: string, hex: string }
interface Valued extends Vector { value: unknown, hash: string }
interface SignedVector { name: string, kind: SignedKind, seed: string, publicKey: string, content: string, signedBytes: string, signature: string }

interface Vectors {
  signed: { vectors: SignedVector[], refused: SignedVector[] }
  manifest: { vectors: Valued[], refused: Array<Vector & { code: string }> }
  certificate: { vault: string, owner: string, chain: string[], refused: Array<Vector & { after: number, between?: string }> }
  transcript: { hex: string, after: number, proposalHash: string, hash: string, commitments: string[], verifications: string[], holders: Array<{ index: number, kemPrivateKey: string, scalar: string }>, refused: Vector[] }
  request: { from: string, to: string, nowMs: number, vectors: Valued[], refused: Array<Vector & { code: string, costs: boolean }> }
  answer: { peer: string, request: string, vectors: Valued[], refused: Vector[] }
  delegation: { owner: string, vectors: Valued[], refused: Vector[] }
  context: { request: string, vault: string, transcript: string, index: number, open: string, audit: string }
  evidence: { vectors: Array<Vector & { kind: string, peer: string, vault: string }>, none: Vector[], later: Vector[] }
  log: { entries: Array<{ hex: string, value: unknown }>, head: string }
}

const folder = new URL('../../protocols/shards/', import.meta.url)
const bytesOf = (hex: string): Uint8Array => fromString(hex, 'base16')
const hexOf = (bytes: Uint8Array): string => toString(bytes, 'base16')
/** Byte fields as hex, as in the vectors. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, field: unknown) => field instanceof Uint8Array ? hexOf(field) : field))
const vectors = JSON.parse(await readFile(new URL('vectors.json', folder), 'utf8')) as Vectors

describe('protocols: shards', () => {
  it('signed: what is signed of each kind, and what is no signature', async () => {
    const { vectors: good, refused } = vectors.signed
    for (const { kind, seed, publicKey, content, signature, ...rest } of good) {
      const key = await generateKeyPairFromSeed('Ed25519', bytesOf(seed))
      expect(hexOf(keyBytes(key.publicKey))).to.equal(publicKey)
      expect(hexOf(signedBytes(kind, bytesOf(content)))).to.equal(rest.signedBytes)
      expect(hexOf((await sign(kind, bytesOf(content), key)).signature)).to.equal(signature)
      expect(await verify(kind, { content: bytesOf(content), signature: bytesOf(signature) }, key.publicKey)).to.equal(true)
    }
    for (const { name, kind, publicKey, content, signature } of refused) {
      const fits = async (): Promise<boolean> => await verify(kind, { content: bytesOf(content), signature: bytesOf(signature) }, keyFromBytes(bytesOf(publicKey)))
      expect(await fits().catch(() => false), name).to.equal(false)
    }
  })

  it('manifests: bytes, values, hashes, and what is refused', () => {
    for (const { name, hex, hash, value } of vectors.manifest.vectors) {
      const manifest = readManifest(bytesOf(hex))
      expect(plain(manifest), name).to.deep.equal(value)
      expect(hexOf(encodeManifest(manifest)), name).to.equal(hex)
      expect(hexOf(manifestHash(bytesOf(hex))), name).to.equal(hash)
    }
    for (const { name, hex, code } of vectors.manifest.refused) {
      expect(() => readManifest(bytesOf(hex)), name).to.throw().with.property('code', code === 'invalid' ? 'SHARDS_INVALID' : 'SHARDS_UNSUPPORTED')
    }
  })

  it('certificates: a chain, and what does not go on with it', async () => {
    const { chain, vault, owner, refused } = vectors.certificate
    const options = { vault: bytesOf(vault), owner: bytesOf(owner) }
    const read = (hexes: string[]): SignedManifest[] => hexes.map(hex => SignedManifest.decode(bytesOf(hex)))
    expect((await verifyChain(read(chain), options)).map(({ hash }) => hexOf(hash))).to.deep.equal(vectors.manifest.vectors.map(({ hash }) => hash))
    for (const { name, hex, after, between } of refused) {
      const before = [...chain.slice(0, after), ...between == null ? [] : [between]]
      const known = await verifyChain(read(before), options)
      expect(await rejection(verifyChain(read([hex]), { ...options, after: known.at(-1) })), name).to.have.property('code', 'SHARDS_INVALID')
    }
  })

  it('transcripts: what they give each holder, and what is none', async () => {
    const { hex, after, holders, refused, ...expected } = vectors.transcript
    const previous = (await verifyChain(vectors.certificate.chain.slice(0, after).map(hex => SignedManifest.decode(bytesOf(hex))), { vault: bytesOf(vectors.certificate.vault) })).at(-1)!
    const transcript = Transcript.decode(bytesOf(hex))
    const { commitments, verifications } = await checkTranscript(transcript, previous)
    expect([hexOf(proposalHash(transcript.proposal!)), hexOf(transcriptHash(transcript))]).to.deep.equal([expected.proposalHash, expected.hash])
    expect([commitments.map(hexOf), verifications.map(hexOf)]).to.deep.equal([expected.commitments, expected.verifications])
    for (const { index, kemPrivateKey, scalar } of holders) expect(hexOf((await receiveFrom(transcript, previous, index, bytesOf(kemPrivateKey))).scalar)).to.equal(scalar)
    for (const { name, hex } of refused) expect(await rejection(checkTranscript(Transcript.decode(bytesOf(hex)), previous)), name).to.have.property('code', 'SHARDS_INVALID')
  })

  it('requests: who may have sent what, and at whose cost it is refused', async () => {
    const { from, to, nowMs, vectors: good, refused } = vectors.request
    const read = async (hex: string): ReturnType<typeof readRequest> => await readRequest(bytesOf(hex), { from: peerFromBytes(bytesOf(from)), to: peerFromBytes(bytesOf(to)), nowMs })
    for (const { name, hex, hash, value } of good) {
      const got = await read(hex)
      expect([plain(got.request), hexOf(got.hash)], name).to.deep.equal([value, hash])
    }
    for (const { name, hex, code, costs } of refused) {
      const error = await rejection(read(hex))
      expect(error instanceof RefusedError ? error.failure.code : 'INVALID', name).to.equal(code)
      expect(error.code === 'SHARDS_INVALID', name).to.equal(costs)
    }
  })

  it('answers: by that peer, to that request', async () => {
    const { peer, request, vectors: good, refused } = vectors.answer
    const read = async (hex: string): Promise<unknown> => (await readAnswer(bytesOf(hex), { requestHash: bytesOf(request), peer: peerFromBytes(bytesOf(peer)) })).answer
    for (const { name, hex, value } of good) {
      const failure = (value as { failure?: { code: string } }).failure
      if (failure == null) expect(plain(await read(hex)), name).to.deep.equal(value)
      else expect(await rejection(read(hex)), name).to.have.nested.property('failure.code', failure.code)
    }
    for (const { name, hex } of refused) expect(await rejection(read(hex)), name).to.have.property('code', 'SHARDS_ANSWER_INVALID')
  })

  it('delegations, contexts of proofs, logs', async () => {
    const { delegation: { owner, vectors: good, refused }, context, log } = vectors
    for (const { hex, value } of good) expect(plain(await readDelegation(bytesOf(hex), bytesOf(owner)))).to.deep.equal(value)
    for (const { name, hex } of refused) expect(await rejection(readDelegation(bytesOf(hex), bytesOf(owner))), name).to.have.property('code', 'SHARDS_INVALID')
    const facts = { request: bytesOf(context.request), vault: bytesOf(context.vault), transcript: bytesOf(context.transcript), index: context.index }
    expect([openContext(facts), auditContext(facts)].map(hexOf)).to.deep.equal([context.open, context.audit])
    const entries = log.entries.map(({ hex }) => bytesOf(hex))
    const read = verifyLog(entries, EMPTY_LOG)
    expect(read.entries.map(plain)).to.deep.equal(log.entries.map(({ value }) => value))
    expect(hexOf(read.head!.hash)).to.equal(log.head)
    expect(() => verifyLog(entries.toReversed(), EMPTY_LOG)).to.throw().with.property('code', 'SHARDS_INVALID')
  })

  it('evidence: who lied, and what shows nothing', async () => {
    const { vectors: good, none, later } = vectors.evidence
    for (const { name, hex, kind, peer, vault } of good) {
      const lie = await checkEvidence(readEvidence(bytesOf(hex)))
      expect([lie?.kind, lie?.peerId.toString(), lie == null ? '' : hexOf(lie.vault)], name).to.deep.equal([kind, peerFromBytes(bytesOf(peer)).toString(), vault])
      expect(hexOf(Evidence.encode(readEvidence(bytesOf(hex)))), name).to.equal(hex)
    }
    for (const { name, hex } of none) expect(await checkEvidence(readEvidence(bytesOf(hex))), name).to.equal(undefined)
    for (const { name, hex } of later) expect(() => readEvidence(bytesOf(hex)), name).to.throw().with.property('code', 'SHARDS_UNSUPPORTED')
  })

  describe('README', () => {
    let readme: string
    before(async () => { readme = await readFile(new URL('README.md', folder), 'utf8') })

    it('has the limits and rates that the program has', () => {
      const number = (value: number): string => value.toLocaleString('en')
      for (const { ids: [id], shape, maxRequestBytes, maxResponseBytes, timeoutMs, maxConcurrent, rate } of Object.values(shardsProtocols('main'))) {
        const row = `| \`${id}\` | ${shape} | ${maxRequestBytes / 1024} KiB | ${shape === 'notify' ? '-' : `${maxResponseBytes / 1024} KiB`} | ${timeoutMs / 1000} s | ${maxConcurrent} | ${rate.perSecond}/s, burst ${rate.burst} |`
        expect(readme).to.contain(row)
      }
      for (const value of [MAX_LABEL_BYTES, MAX_MANIFEST_BYTES]) expect(readme).to.contain(`${number(value)} bytes`)
      for (const value of [MAX_LIFE_MS / 1000, MAX_SKEW_MS / 1000, MAX_ROUND_AHEAD]) expect(readme).to.contain(`${value} s`)
    })

    it('names every request and every failure', () => {
      for (const kind of REQUEST_KINDS) expect(readme).to.match(new RegExp(`^\\| \`${kind}\` \\|`, 'm'))
      for (const code of FAILURE_CODES) expect(readme).to.match(new RegExp(`^\\| [^|]*\`${code}\`[^|]* \\|`, 'm'))
    })

    it('has an example that is in the vectors', () => {
      const examples = [...readme.matchAll(/```hex (\w+)\n([0-9a-f\s]+)```/g)].map(([, , hex]) => hex!.replaceAll(/\s/g, ''))
      expect(examples).to.have.length(2)
      const known = [...vectors.request.vectors, ...vectors.answer.vectors].map(({ hex }) => hex)
      for (const example of examples) expect(known).to.include(example)
    })
  })
})
