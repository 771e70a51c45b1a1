import { generateKeyPair } from '@libp2p/crypto/keys'
import { sha256 } from '@noble/hashes/sha2.js'
import { expect } from 'chai'
import { MemoryDatastore } from 'datastore-core'
import { makeRequest, readAnswer } from '../../../../src/services/shards/model/request.ts'
import { proposalOf } from '../model/sample-vault.ts'
import { sign } from '../../../../src/services/shards/model/signed.ts'
import { deriveKeyPair } from '../../../../src/crypto/sealing.ts'
import { Change, KemRecord, Signed } from '../../../../src/services/shards/pb/shards.ts'
import { rejection } from '../../../support/rejection.ts'
import { Drill, PAYLOAD } from './support/drill.ts'
import type { RequestBody } from '../../../../src/services/shards/parts.ts'
import type { Ask } from './support/drill.ts'

const DAY_MS = 86_400_000

const ABC = ['a', 'b', 'c']
const OFFER = { offer: { bytes: 1, expiresMs: 0 } }

async function code (drill: Drill, to: string, body: RequestBody, ask?: Ask): Promise<string> {
  return (await rejection(drill.ask(to, body, ask)) as unknown as { failure: { code: string } }).failure.code
}

describe('shards holder: who asks', () => {
  it('is answered once: the same request gets the same answer, and costs nothing again', async () => {
    await using drill = await Drill.of(ABC)
    const { manifest } = await drill.store(ABC)
    const { holder, peerId } = drill.at('a')
    const from = drill.at('b').peerId
    const { frame } = await makeRequest({ vault: drill.vault, body: { open: { epoch: 1, encapsulation: manifest.item!.encapsulation } }, from, to: peerId, signer: drill.owner, nowMs: drill.clock.now(), rng: drill.rng })
    const answers = await Promise.all(Array.from({ length: 20 }, async () => await holder.receive(from, frame)))
    for (const answer of answers) expect(answer).to.deep.equal(answers[0])
    expect(holder.counters['open:granted']).to.equal(1)
  })

  it('is refused outside the time of the request, and is charged for what is not its own', async () => {
    await using drill = await Drill.of(ABC)
    const { holder, peerId, charges } = drill.at('a')
    const from = drill.at('b').peerId
    const init = { vault: drill.vault, body: OFFER, from, to: peerId, signer: drill.at('b').key, nowMs: drill.clock.now(), rng: drill.rng }
    for (const nowMs of [init.nowMs + 121_000, init.nowMs - 421_000]) {
      const { frame, hash } = await makeRequest({ ...init, nowMs })
      const err = await rejection(readAnswer(await holder.receive(from, frame), { requestHash: hash, peer: peerId }))
      expect((err as unknown as { failure: { code: string } }).failure.code).to.equal('EXPIRED')
    }
    const { frame: skewed } = await makeRequest({ ...init, nowMs: init.nowMs + 119_000 })
    await holder.receive(from, skewed)
    expect(charges).to.deep.equal([])
    const { frame } = await makeRequest(init)
    expect(await rejection(holder.receive(drill.at('c').peerId, frame))).to.have.property('code', 'SHARDS_INVALID')
    const { content, signature } = Signed.decode(frame)
    expect(await rejection(holder.receive(from, Signed.encode({ content, signature: signature.with(9, signature[9]! ^ 1) })))).to.have.property('code', 'SHARDS_INVALID')
    const forAnother = await makeRequest({ ...init, to: drill.at('c').peerId })
    expect(await rejection(holder.receive(from, forAnother.frame))).to.have.property('code', 'SHARDS_INVALID')
    expect(charges).to.deep.equal(Array.from({ length: 3 }, () => 'severe shards:request'))
  })

  it('about vaults that are not here is slowed down', async () => {
    await using drill = await Drill.of(ABC)
    const codes = new Set<string>()
    for (let i = 0; i < 260; i++) codes.add(await code(drill, 'a', { open: { epoch: 1, encapsulation: new Uint8Array(32) } }))
    expect([...codes]).to.deep.equal(['UNKNOWN_VAULT', 'RATE_LIMITED'])
    expect((await drill.ask('a', OFFER, { from: drill.at('c') })).offered!.kem).to.not.equal(undefined)
  })

  it('for contributions to keys that their holders did not sign gets none', async () => {
    await using drill = await Drill.of([...ABC, 'd'])
    const previous = await drill.store(ABC)
    const { holders } = previous.manifest
    const { publicKey } = await deriveKeyPair(new Uint8Array(32).fill(6))
    const expiresMs = drill.clock.now() + 1_000
    const evil = drill.at('c')
    const propose = proposalOf({ vault: drill.vault, threshold: 2, holders: holders.map(({ index, peer }) => ({ index, peer, kemKey: publicKey })), change: Change.RESHARE }, previous)
    const nobody = { content: new Uint8Array(0), signature: new Uint8Array(0) }
    const record = async (peer: Uint8Array): Promise<Signed> => await sign('kem', KemRecord.encode({ peer, key: publicKey, expiresMs }), evil.key)
    const own = await record(evil.peer)
    const forged = await Promise.all([drill.at('a'), drill.at('b')].map(async ({ peer }) => await record(peer)))
    for (const kems of [[], [nobody, nobody, own], [own, own, own], [...forged, own]]) {
      for (const ask of [{ from: evil, signer: evil.key }, { from: evil }]) expect(await code(drill, 'a', { contribute: { proposal: propose, kems } }, ask)).to.equal('FORBIDDEN')
    }
    // nor by replacing those that are there with its own
    const { offered } = await drill.ask('d', OFFER, { from: evil })
    const replaced = proposalOf({ vault: drill.vault, threshold: 2, holders: holders.map(({ index, peer, kemKey }) => index === 2 ? { index, peer: drill.at('d').peer, kemKey: KemRecord.decode(offered!.kem!.content).key } : { index, peer, kemKey }), change: Change.RESHARE }, previous)
    expect(await code(drill, 'a', { contribute: { proposal: replaced, kems: [nobody, offered!.kem!, nobody] } }, { from: evil, signer: evil.key })).to.equal('FORBIDDEN')
    // the owner may
    expect((await drill.ask('a', { contribute: { proposal: replaced, kems: [nobody, offered!.kem!, nobody] } }, { from: evil })).contribution).to.not.equal(undefined)
  })
})

describe('shards holder: how much it keeps', () => {
  it('of one owner, of all, and no more', async () => {
    await using drill = await Drill.of(ABC, { bytesPerOwner: 5_000, capacityBytes: 9_000, maxVaultsPerOwner: 2, maxVaults: 3 })
    const big = new Uint8Array(5_001)
    expect(await code(drill, 'a', { put: { payload: sha256(big), offset: 0, bytes: 5_001, data: big } })).to.equal('QUOTA')
    await drill.store(ABC)
    const second = await drill.other('owner', 8)
    await second.store(ABC)
    const third = await drill.other('owner', 9)
    expect(await code(third, 'a', { put: { payload: sha256(PAYLOAD), offset: 0, bytes: 2_100, data: PAYLOAD } })).to.equal('QUOTA')
    const other = await drill.other('somebody')
    await other.store(ABC)
    const more = await drill.other('else')
    expect(await code(more, 'a', { put: { payload: sha256(PAYLOAD), offset: 0, bytes: 2_100, data: PAYLOAD } })).to.equal('NO_SPACE')
    expect(await code(more, 'a', OFFER)).to.equal('NO_SPACE')
    expect(drill.at('a').holder.gauges).to.include({ vaults: 3, payloadBytes: 6_300, staged: 0 })
    // and there is place again
    await second.ask('a', { revoke: { seq: 1 } })
    await more.upload('a')
  })

  it('of what nobody has promised to keep: an hour, a part, and what is idle makes room', async () => {
    await using drill = await Drill.of(ABC, { bytesPerOwner: 3_000, capacityBytes: 12_000 })
    const put = async (owner: string, bytes: number, body = new Uint8Array(bytes).fill(owner.charCodeAt(0))): Promise<string> => {
      const other = await drill.other(owner)
      return await other.ask('a', { put: { payload: sha256(body), offset: 0, bytes: 3_000, data: body } }).then(() => 'ok', (err: unknown) => (err as { failure: { code: string } }).failure.code)
    }
    // what is only declared takes no place
    expect([await put('d', 1), await put('e', 1), await put('f', 1), await put('g', 1), await put('h', 2_990)]).to.deep.equal(['ok', 'ok', 'ok', 'ok', 'ok'])
    expect(await put('i', 100)).to.equal('BUSY')
    expect(drill.at('a').holder.gauges).to.include({ staged: 5, stagedBytes: 2_994 })
    await drill.clock.advanceAsync(6 * 60_000, 60_000)
    expect(await put('i', 2_999)).to.equal('ok')
    expect(drill.at('a').holder.gauges.stagedBytes).to.be.at.most(3_000)
    await drill.clock.advanceAsync(90 * 60_000, 60_000)
    expect(drill.at('a').holder.gauges).to.include({ staged: 0, stagedBytes: 0, payloads: 0 })
    let left = 0
    for await (const key of drill.at('a').datastore.queryKeys({ prefix: '/peerkeep/shards/p' })) left += key.toString().length
    expect(left).to.equal(0)
    for (let i = 0; i < 8; i++) expect(await put(`owner ${i}`, 10)).to.equal('ok')
    expect(await put('one more', 10)).to.equal('BUSY')
  })

  it('of strangers that block its places: who gets on least makes room, and an owner whose vault is here has its own', async () => {
    await using drill = await Drill.of(ABC)
    await drill.store(ABC)
    const put = async (owner: string, { bytes, length, from = owner }: { bytes: number, length: number, from?: string }): Promise<string> => {
      if (!drill.places.has(from)) await drill.start(from, new MemoryDatastore())
      const [other, body] = [owner === 'owner' ? drill : await drill.other(owner), new Uint8Array(bytes).fill(1)]
      return await other.ask('a', { put: { payload: sha256(body), offset: 0, bytes, data: body.subarray(0, length) } }, { from: drill.at(from) }).then(() => 'ok', (err: unknown) => (err as { failure: { code: string } }).failure.code)
    }
    expect(await put('honest', { bytes: 60_000, length: 40_000 })).to.equal('ok')
    for (let i = 0; i < 70; i++) expect(await put(`stranger ${i}`, { bytes: 2_000, length: 1, from: `peer ${i % 9}` })).to.equal('ok')
    expect(drill.at('a').holder.gauges).to.include({ staged: 64 })
    for (let i = 0; i < 8; i++) expect(await put('owner', { bytes: 3_000 + i, length: 10, from: 'peer 1' })).to.equal('ok')
    expect(await put('owner', { bytes: 4_000, length: 10, from: 'peer 1' })).to.equal('BUSY')
    expect(drill.at('a').holder.gauges).to.include({ staged: 72 })
    // it goes on with what it has begun
    const honest = await drill.other('honest')
    await honest.ask('a', { put: { payload: sha256(new Uint8Array(60_000).fill(1)), offset: 40_000, bytes: 60_000, data: new Uint8Array(20_000).fill(1) } }, { from: drill.at('honest') })
  })

  it('pieces in order, each once, and a payload only when its hash is right', async () => {
    await using drill = await Drill.of(['a', 'b'])
    const hash = sha256(PAYLOAD)
    const put = async (offset: number, data: Uint8Array, bytes = PAYLOAD.byteLength): Promise<unknown> => await drill.ask('a', { put: { payload: hash, offset, bytes, data } })
    const codeOf = async (offset: number, data: Uint8Array, bytes?: number): Promise<string> => (await rejection(put(offset, data, bytes)) as unknown as { failure: { code: string } }).failure.code
    await put(0, PAYLOAD.subarray(0, 700))
    expect(await codeOf(701, PAYLOAD.subarray(701))).to.equal('CONFLICT')
    expect(await codeOf(700, PAYLOAD.subarray(700), 4_000)).to.equal('INVALID')
    expect(await codeOf(700, new Uint8Array(2_000))).to.equal('INVALID')
    await put(0, PAYLOAD.subarray(0, 600))
    await drill.restart('a')
    await put(600, PAYLOAD.subarray(600, 1_500))
    expect(await codeOf(1_500, new Uint8Array(600))).to.equal('INVALID')
    // all of it has to come again
    expect(await codeOf(1_500, PAYLOAD.subarray(1_500))).to.equal('CONFLICT')
    await drill.upload('a', PAYLOAD, 333)
    await drill.ask('a', { propose: await drill.genesis(['a', 'b']) }, { from: drill.at('a') })
    for (const offset of [0, 5, 2_099]) expect((await drill.ask('a', { get: { payload: hash, offset } })).data!.data).to.deep.equal(PAYLOAD.slice(offset))
    expect(await code(drill, 'a', { get: { payload: hash, offset: 2_100 } })).to.equal('NO_PAYLOAD')
    expect(await code(drill, 'a', { get: { payload: hash, offset: 0 } }, { signer: (await generateKeyPair('Ed25519')) })).to.equal('UNKNOWN_VAULT')
  })

  it('of a first manifest that is never certified: thirty days, and the key that it is sealed to', async () => {
    await using drill = await Drill.of(['a', 'b'])
    await drill.upload('a')
    await drill.ask('a', { propose: await drill.genesis(['a', 'b']) }, { from: drill.at('a') })
    await drill.clock.advanceAsync(29 * DAY_MS, 6 * 3_600_000)
    expect(drill.at('a').holder.gauges).to.include({ vaults: 1, held: 0, payloads: 1, kemKeys: 1 })
    await drill.clock.advanceAsync(2 * DAY_MS, 6 * 3_600_000)
    expect(drill.at('a').holder.gauges).to.include({ vaults: 0, payloads: 0, gone: 1 })
  })
})
