import { generateKeyPair } from '@libp2p/crypto/keys'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { expect } from 'chai'
import { openDataKey } from '../../../../src/crypto/item/envelope.ts'
import { verifyShareProof } from '../../../../src/crypto/threshold/audit.ts'
import { combine } from '../../../../src/crypto/threshold/combine.ts'
import { combinePartials, verifyPartial } from '../../../../src/crypto/threshold/kem.ts'
import { makeDelegation } from '../../../../src/services/shards/model/delegation.ts'
import { verifyLog } from '../../../../src/services/shards/model/log-chain.ts'
import { auditContext, openContext } from '../../../../src/services/shards/model/proof-context.ts'
import { makeRequest, readAnswer } from '../../../../src/services/shards/model/request.ts'
import { Change } from '../../../../src/services/shards/pb/shards.ts'
import { Drill, PAYLOAD } from './support/drill.ts'
import { rejection } from '../../../support/rejection.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { RequestBody } from '../../../../src/services/shards/parts.ts'
import type { Manifest } from '../../../../src/services/shards/pb/shards.ts'
import type { Ask } from './support/drill.ts'

const ABC = ['a', 'b', 'c']
const HOUR_MS = 3_600_000
const NONCE = new Uint8Array(32).fill(5)

describe('shards holder: what it does with its share', () => {
  let drill: Drill
  let manifest: Manifest
  let open: RequestBody
  beforeEach(async () => {
    drill = await Drill.of(ABC)
    manifest = (await drill.store(ABC)).manifest
    open = { open: { epoch: 1, encapsulation: manifest.item!.encapsulation } }
  })
  afterEach(async () => { await drill[Symbol.asyncDispose]() })

  async function code (to: string, body: RequestBody, ask?: Ask): Promise<string> {
    return (await rejection(drill.ask(to, body, ask)) as unknown as { failure: { code: string } }).failure.code
  }

  const as = (signer: PrivateKey, rest: Ask = {}): Ask => ({ signer, ...rest })

  it('partials that open the item, with proofs for this request only', async () => {
    const partials = await Promise.all(['a', 'c'].map(async name => {
      const { holder, peerId } = drill.at(name)
      const { frame, hash } = await makeRequest({ vault: drill.vault, body: open, from: drill.at('b').peerId, to: peerId, signer: drill.owner, nowMs: drill.clock.now(), rng: drill.rng })
      const { answer } = await readAnswer(await holder.receive(drill.at('b').peerId, frame), { requestHash: hash, peer: peerId })
      const { index, point, proof } = answer.partial!
      const { verification } = manifest.holders.find(holder => holder.index === index)!
      const context = (request: Uint8Array): Uint8Array => openContext({ request, vault: drill.vault, transcript: manifest.transcript, index })
      expect(verifyPartial({ point, proof }, verification, manifest.item!.encapsulation, context(hash))).to.equal(true)
      expect(verifyPartial({ point, proof }, verification, manifest.item!.encapsulation, context(sha256(hash)))).to.equal(false)
      return { index, point }
    }))
    const dataKey = openDataKey(combinePartials(partials, 2), manifest.item!, { suite: 1, vault: drill.vault, version: 1 })
    expect(dataKey).to.have.length(32)
  })

  it('only for the point of the item that is certified', async () => {
    const { item } = manifest
    expect(await code('a', { open: { epoch: 1, encapsulation: manifest.commitments[0]! } })).to.equal('STALE')
    expect(await code('a', { open: { epoch: 1, encapsulation: new Uint8Array(32) } })).to.equal('STALE')
    expect(await code('a', { open: { epoch: 0, encapsulation: item!.encapsulation } })).to.equal('STALE')
    // of one that is accepted and not yet certified
    const edit = (next: Manifest): void => { next.item = { ...next.item!, version: 2, encapsulation: manifest.commitments[1]! } }
    const propose = await drill.draft({ change: Change.UPDATE, edit })
    await drill.ask('b', { propose }, { from: drill.at('a') })
    expect(await code('b', { open: { epoch: 1, encapsulation: manifest.commitments[1]! } })).to.equal('STALE')
    expect((await drill.ask('b', open)).partial!.epoch).to.equal(1)
  })

  it('for the owner, and whom the owner lets, as long as that holds', async () => {
    const [stranger, friend] = [await generateKeyPair('Ed25519'), await generateKeyPair('Ed25519')]
    const give = async (rights: Array<'open' | 'audit'>, by = drill.owner): Promise<Uint8Array> => await makeDelegation({ vault: drill.vault, subject: friend.publicKey, rights, expiresMs: drill.clock.now() + HOUR_MS }, by, drill.rng)
    const delegation = await give(['open'])
    expect((await drill.ask('a', open, as(friend, { delegation }))).partial!.index).to.equal(1)
    expect(await code('a', open, as(friend))).to.equal('FORBIDDEN')
    expect(await code('a', open, as(stranger, { delegation }))).to.equal('FORBIDDEN')
    expect(await code('a', open, as(friend, { delegation: await give(['audit']) }))).to.equal('FORBIDDEN')
    expect(await code('a', open, as(friend, { delegation: await give(['open'], friend) }))).to.equal('FORBIDDEN')
    expect(await code('a', open, as(friend, { delegation: Uint8Array.of(1) }))).to.equal('FORBIDDEN')
    expect(await code('a', { export: { epoch: 1 } }, as(friend, { delegation }))).to.equal('FORBIDDEN')
    // holders may audit each other, not open
    expect(await code('a', open, as(drill.at('b').key))).to.equal('FORBIDDEN')
    drill.clock.advance(HOUR_MS)
    expect(await code('a', open, as(friend, { delegation }))).to.equal('FORBIDDEN')
  })

  it('as often as the policy says, for each key', async () => {
    for (let i = 0; i < 5; i++) await drill.ask('a', open)
    const { failure } = await rejection(drill.ask('a', open)) as unknown as { failure: { code: string, retryAfterMs: number } }
    expect(failure).to.include({ code: 'RATE_LIMITED', retryAfterMs: HOUR_MS / 5 })
    // each holder counts for itself, and each key
    expect((await drill.ask('b', open)).partial!.index).to.equal(2)
    drill.clock.advance(failure.retryAfterMs)
    expect((await drill.ask('a', open)).partial!.index).to.equal(1)
    expect(await code('a', open)).to.equal('RATE_LIMITED')
    // a clock that is set makes no openings
    drill.clock.jump(1_000)
    expect(await code('a', open)).to.equal('RATE_LIMITED')
  })

  it('shares for export, which give the scalar; unless the policy says no', async () => {
    const shares = await Promise.all(['b', 'c'].map(async name => (await drill.ask(name, { export: { epoch: 1 } })).share!))
    expect(combine(shares, { threshold: 2, publicKey: manifest.commitments[0]! })).to.have.length(32)
    await drill.change({ change: Change.UPDATE, edit: next => { next.policy = { ...next.policy!, exportable: false } } })
    expect(await code('b', { export: { epoch: 1 } })).to.equal('FORBIDDEN')
  })

  it('audits: that share and payload are there', async () => {
    for (const signer of [drill.owner, drill.at('b').key]) {
      const { holder, peerId } = drill.at('a')
      const { frame, hash } = await makeRequest({ vault: drill.vault, body: { audit: { epoch: 1, nonce: NONCE } }, from: drill.at('b').peerId, to: peerId, signer, nowMs: drill.clock.now(), rng: drill.rng })
      const { answer } = await readAnswer(await holder.receive(drill.at('b').peerId, frame), { requestHash: hash, peer: peerId })
      const { proof, payload } = answer.proof!
      const context = auditContext({ request: hash, vault: drill.vault, transcript: manifest.transcript, index: 1 })
      expect(verifyShareProof(proof, manifest.holders[0]!.verification, context)).to.equal(true)
      expect(payload).to.deep.equal(sha256(concatBytes(NONCE, PAYLOAD)))
      expect(payload).to.deep.equal(await holder.payloadDigest(drill.id, NONCE))
    }
    expect(await code('a', { audit: { epoch: 1, nonce: new Uint8Array(31) } })).to.equal('INVALID')
    for (let i = 0; i < 21; i++) await drill.ask('a', { audit: { epoch: 1, nonce: NONCE } })
    expect(await code('a', { audit: { epoch: 1, nonce: NONCE } })).to.equal('RATE_LIMITED')
  })

  it('notices that its payload is damaged, says so, and takes it again', async () => {
    const { datastore, holder, errors } = drill.at('a')
    for await (const { key, value } of datastore.query({ prefix: '/peerkeep/shards/piece/' })) await datastore.put(key, value.with(7, value[7]! ^ 1))
    const { proof } = await drill.ask('a', { audit: { epoch: 1, nonce: NONCE } })
    expect(proof!.payload).to.deep.equal(new Uint8Array(0))
    expect(errors.join()).to.include('has to be fetched again')
    expect(holder.payloadBytes(drill.id)).to.equal(0)
    expect(await holder.putPayload(drill.id, 0, PAYLOAD.subarray(0, 999))).to.equal(false)
    expect(await holder.putPayload(drill.id, 999, PAYLOAD.subarray(999))).to.equal(true)
    expect(holder.held.get(drill.id)).to.include({ hasPayload: true })
    expect((await drill.ask('a', { audit: { epoch: 1, nonce: NONCE } })).proof!.payload).to.deep.equal(sha256(concatBytes(NONCE, PAYLOAD)))
  })

  it('writes down who asked for what, in a chain', async () => {
    await drill.ask('a', open)
    await code('a', open, as(drill.at('b').key))
    const { log } = await drill.ask('a', { getLog: { from: 0 } })
    const { entries } = verifyLog(log!.entries)
    expect(entries.map(({ what, decision }) => `${what} ${decision}`)).to.deep.equal(['propose granted', 'commit granted', 'open granted', 'open FORBIDDEN'])
    // it goes on after a restart
    await drill.restart('a')
    await drill.ask('a', open)
    const rest = (await drill.ask('a', { getLog: { from: log!.next } })).log!
    expect(verifyLog([...log!.entries, ...rest.entries]).entries.map(({ seq }) => seq)).to.deep.equal([1, 2, 3, 4, 5])
    for (let i = 0; i < 200; i++) await code('a', { export: { epoch: 1 } }, as(drill.at('b').key))
    // who may not ask cannot fill it
    expect(drill.at('a').holder.gauges.logEntries).to.be.lessThan(70)
  })

  it('nothing after the vault has expired, and deletes it later, not at once', async () => {
    const expiresMs = drill.clock.now() + 3 * HOUR_MS
    await drill.change({ change: Change.UPDATE, edit: next => { next.expiresMs = expiresMs } })
    drill.clock.advance(3 * HOUR_MS)
    expect(await code('a', open)).to.equal('EXPIRED')
    // a clock that is ahead for a while deletes nothing
    drill.clock.jump(10 * HOUR_MS)
    drill.clock.jump(-10 * HOUR_MS)
    await drill.clock.advanceAsync(HOUR_MS / 2, 60_000)
    expect(drill.at('a').holder.held.size).to.equal(1)
    await drill.clock.advanceAsync(HOUR_MS, 60_000)
    expect(drill.at('a').holder.gauges).to.include({ vaults: 0, gone: 1, payloads: 0, logEntries: 0 })
    expect(await code('a', open)).to.equal('EXPIRED')
  })
})
