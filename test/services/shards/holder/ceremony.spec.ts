import { generateKeyPair } from '@libp2p/crypto/keys'
import { sha256 } from '@noble/hashes/sha2.js'
import { expect } from 'chai'
import { nextRound, OWNER_ROUND_LEAD } from '../../../../src/services/shards/change/ballot.ts'
import { sign } from '../../../../src/services/shards/model/signed.ts'
import { Change, Contribution, Manifest, State } from '../../../../src/services/shards/pb/shards.ts'
import { Drill, PAYLOAD, hashOfManifest } from './support/drill.ts'
import { rejection } from '../../../support/rejection.ts'
import type { RequestBody } from '../../../../src/services/shards/parts.ts'
import type { Propose } from '../../../../src/services/shards/pb/shards.ts'
import type { Ask } from './support/drill.ts'

const ABC = ['a', 'b', 'c']

async function refusal (drill: Drill, to: string, body: RequestBody, ask?: Ask): Promise<string> {
  const { failure } = await rejection(drill.ask(to, body, ask)) as unknown as { failure: { code: string } }
  return failure.code
}

describe('shards holder: what it promises', () => {
  let drill: Drill
  beforeEach(async () => {
    drill = await Drill.of(['p', ...ABC])
    await drill.store(ABC)
  })
  afterEach(async () => { await drill[Symbol.asyncDispose]() })

  it('a ballot once, also after a restart, and tells what it has accepted', async () => {
    const propose = await drill.draft()
    const accepts = await drill.accepts(['a'], propose)
    expect(accepts.size).to.equal(1)
    const again = { prepare: { seq: 2, ballot: propose.ballot! } }
    expect(await refusal(drill, 'a', again)).to.equal('CONFLICT')
    await drill.restart('a')
    expect(await refusal(drill, 'a', again)).to.equal('CONFLICT')
    const { promise } = await drill.ask('a', { prepare: { seq: 2, ballot: drill.ballot() } })
    expect(promise).to.deep.include({ acceptedBallot: propose.ballot, accepted: hashOfManifest(propose), hasShare: true })
    const { state } = await drill.ask('a', { getState: { from: 0, accepted: true } })
    expect(state!.accepted).to.deep.equal({ manifest: propose.manifest, transcript: propose.transcript, promises: [], chain: [] })
  })

  it('only its own asker\'s ballots, about now, of the next seq', async () => {
    const round = Math.floor(drill.clock.now() / 1000)
    const own = drill.at('p').peer
    const cases: Array<[RequestBody, string]> = [
      [{ prepare: { seq: 2 } }, 'INVALID'],
      [{ prepare: { seq: 2, ballot: { round, proposer: drill.at('b').peer } } }, 'INVALID'],
      [{ prepare: { seq: 2, ballot: { round: round + 130, proposer: own } } }, 'CONFLICT'],
      [{ prepare: { seq: 2, ballot: { round: round - 3_700, proposer: own } } }, 'CONFLICT'],
      [{ prepare: { seq: 1, ballot: { round, proposer: own } } }, 'STALE'],
      [{ prepare: { seq: 3, ballot: { round, proposer: own } } }, 'UNAVAILABLE']
    ]
    for (const [body, code] of cases) expect(await refusal(drill, 'a', body)).to.equal(code)
    expect(drill.at('a').holder.pendingSeq(drill.id)).to.equal(undefined)
  })

  it('ahead of the time more to the owner than to a holder, which is told what is in its way', async () => {
    const now = Math.floor(drill.clock.now() / 1000)
    const [ours, theirs] = [drill.at('p').peer, drill.at('b').peer]
    const asB = { from: drill.at('b'), signer: drill.at('b').key }
    expect(await refusal(drill, 'a', { prepare: { seq: 2, ballot: { round: now + 12, proposer: theirs } } }, asB)).to.equal('CONFLICT')
    expect((await drill.ask('a', { prepare: { seq: 2, ballot: { round: now + 10, proposer: theirs } } }, asB)).promise!.seq).to.equal(2)
    const ballot = { round: nextRound(drill.clock.now(), 0, OWNER_ROUND_LEAD), proposer: ours }
    expect((await drill.ask('a', { prepare: { seq: 2, ballot } })).promise!.ballot).to.deep.equal(ballot)
    const { failure } = await rejection(drill.ask('a', { prepare: { seq: 2, ballot: { round: now + 10, proposer: theirs } } }, asB)) as unknown as { failure: object }
    expect(failure).to.deep.include({ code: 'CONFLICT', ballot })
    // an owner that has gone away is in the way for as long as it was ahead
    await drill.clock.advanceAsync(OWNER_ROUND_LEAD * 1_000)
    expect((await drill.ask('a', { prepare: { seq: 2, ballot: { round: nextRound(drill.clock.now(), ballot.round), proposer: theirs } } }, asB)).promise!.seq).to.equal(2)
  })

  it('to a holder not again and again', async () => {
    const asB = { from: drill.at('b'), signer: drill.at('b').key }
    const codes = new Set<string>()
    for (let i = 0; i < 40; i++) {
      const ballot = { round: nextRound(drill.clock.now()), proposer: drill.at('b').peer }
      codes.add(await drill.ask('a', { prepare: { seq: 2, ballot } }, asB).then(() => 'ok', (err: unknown) => (err as { failure: { code: string } }).failure.code))
      await drill.clock.advanceAsync(1_000)
    }
    expect([...codes]).to.deep.equal(['ok', 'RATE_LIMITED'])
    expect((await drill.ask('a', { prepare: { seq: 2, ballot: drill.ballot() } })).promise!.seq).to.equal(2)
  })

  it('nothing to strangers', async () => {
    const stranger = await generateKeyPair('Ed25519')
    expect(await refusal(drill, 'a', { prepare: { seq: 2, ballot: drill.ballot() } }, { signer: stranger })).to.equal('FORBIDDEN')
    expect(await refusal(drill, 'a', { prepare: { seq: 2, ballot: drill.ballot() } }, { signer: drill.at('p').key })).to.equal('FORBIDDEN')
  })
})

describe('shards holder: what it accepts', () => {
  let drill: Drill
  let silent: Set<string>
  beforeEach(async () => {
    silent = new Set()
    drill = await Drill.of(['a', 'b', 'c', 'd'], { isSilent: (_, peer) => silent.has(peer.toString()) })
    await drill.store(ABC)
  })
  afterEach(async () => { await drill[Symbol.asyncDispose]() })

  const edited = async (propose: Propose, edit: Partial<Propose>, ask: Ask = {}): Promise<string> => await refusal(drill, 'b', { propose: { ...propose, ...edit } }, { from: drill.at('a'), ...ask })

  it('what fits, written down first', async () => {
    const propose = await drill.draft()
    const { accept } = await drill.ask('b', { propose }, { from: drill.at('a') })
    expect(accept).to.deep.include({ seq: 2, epoch: 2, index: 2, ballot: propose.ballot, manifest: hashOfManifest(propose), peer: drill.at('b').peer })
    expect(drill.at('b').holder.pendingSeq(drill.id)).to.equal(2)
    await drill.restart('b')
    expect(drill.at('b').holder.pendingSeq(drill.id)).to.equal(2)
    // the share before is still the one that opens
    const { encapsulation } = drill.vouched!.manifest.item!
    expect((await drill.ask('b', { open: { epoch: 1, encapsulation } })).partial!.epoch).to.equal(1)
    expect(await refusal(drill, 'b', { open: { epoch: 2, encapsulation } })).to.equal('UNAVAILABLE')
  })

  it('a trial without a trace', async () => {
    const propose = await drill.draft()
    expect(await drill.ask('b', { propose: { ...propose, trial: true } }, { from: drill.at('a') })).to.have.deep.property('done', {})
    expect(drill.at('b').holder.pendingSeq(drill.id)).to.equal(undefined)
    expect((await drill.ask('b', { propose }, { from: drill.at('a') })).accept!.index).to.equal(2)
  })

  it('nothing that breaks the contract', async () => {
    const propose = await drill.draft()
    const { manifest, promises, transcript, ballot } = propose
    const other = await drill.draft()
    const forged = (await sign('manifest', manifest!.manifest, drill.at('a').key)).signature
    const cases: Record<string, [Partial<Propose>, string]> = {
      'no manifest': [{ manifest: undefined }, 'INVALID'],
      'no ballot': [{ ballot: undefined }, 'INVALID'],
      'a ballot of another': [{ ballot: { round: ballot!.round, proposer: drill.at('c').peer } }, 'INVALID'],
      'no promises': [{ promises: [] }, 'INVALID'],
      'one promise twice': [{ promises: [promises[0]!, promises[0]!] }, 'INVALID'],
      'promises of another ballot': [{ promises: other.promises }, 'INVALID'],
      'promises in another order': [{ promises: promises.toReversed() }, 'INVALID'],
      'an owner\'s signature that is none': [{ manifest: { ...manifest!, ownerSignature: forged } }, 'INVALID'],
      'no owner\'s signature and another signer': [{ manifest: { ...manifest!, ownerSignature: new Uint8Array(0) }, promises: [] }, 'INVALID'],
      'no transcript': [{ transcript: undefined }, 'INVALID'],
      'another transcript': [{ transcript: other.transcript }, 'INVALID'],
      'fewer contributions': [{ transcript: { ...transcript!, contributions: transcript!.contributions.slice(1) } }, 'INVALID'],
      'rubbish': [{ manifest: { ...manifest!, manifest: Uint8Array.of(8, 1, 255) } }, 'INVALID']
    }
    // the lower ballot has been overtaken
    for (const [name, [edit, code]] of Object.entries(cases)) expect(await edited(propose, edit), name).to.equal(code)
    expect(await edited(propose, {})).to.equal('CONFLICT')
    expect(drill.at('b').holder.pendingSeq(drill.id)).to.equal(undefined)
  })

  it('nothing else when the promises say that something may have been decided', async () => {
    const first = await drill.draft()
    await drill.accepts(ABC, first, { from: drill.at('a') })
    const second = await drill.draft()
    expect(await edited(second, {})).to.equal('CONFLICT')
    // the same, in the new ballot, by whoever took over
    const { accept } = await drill.ask('b', { propose: { ...first, ballot: second.ballot, promises: second.promises } }, { from: drill.at('a') })
    expect(accept!.manifest).to.deep.equal(hashOfManifest(first))
  })

  it('not the transcript of one sharing with the points of another that it has accepted: with that it would seem to lie about either', async () => {
    const one = await drill.draft()
    await drill.accepts(['a'], one)
    const { holders, commitments } = Manifest.decode(one.manifest!.manifest)
    const mixed = await drill.draft({ to: ['b', 'c', 'a'], edit: manifest => { Object.assign(manifest, { holders, commitments }) } })
    for (const transcript of [mixed.transcript, one.transcript]) expect((await rejection(drill.ask('a', { propose: { ...mixed, transcript } }, { from: drill.proposer() }))).message).to.match(/does not fit its transcript/)
  })

  it('no bad sub-share, and names its dealer', async () => {
    const { key } = drill.at('c')
    const propose = await drill.draft({
      dealers: ['b', 'c'],
      tamper: async ([first, second]) => {
        const contribution = Contribution.decode(second!.content)
        contribution.sealed[1] = contribution.sealed[1]!.with(40, contribution.sealed[1]![40]! ^ 1)
        return [first!, await sign('contribution', Contribution.encode(contribution), key)]
      }
    })
    for (const trial of [true, false]) {
      const { failure } = await rejection(drill.ask('b', { propose: { ...propose, trial } }, { from: drill.at('a') })) as unknown as { failure: object }
      expect(failure).to.include({ code: 'BAD_SUB_SHARE', index: 3 })
    }
    // only its receiver can see it
    expect((await drill.ask('c', { propose }, { from: drill.at('a') })).accept!.index).to.equal(3)
  })

  it('by holders alone only what is silent here, too, is replaced', async () => {
    silent.add(drill.at('c').peerId.toString())
    const replacing = { byHolders: true, to: ['a', 'b'], holders: ['a', 'b', 'd'] }
    const propose = await drill.draft(replacing)
    silent.clear()
    expect(await refusal(drill, 'b', { propose }, { signer: drill.at('a').key, from: drill.at('a') })).to.equal('FORBIDDEN')
    expect(((await rejection(drill.draft(replacing))) as unknown as { failure: { code: string } }).failure.code).to.equal('FORBIDDEN')
    silent.add(drill.at('c').peerId.toString())
    const { manifest } = await drill.change({ ...replacing, to: ['a', 'b'] })
    expect(drill.names(manifest)).to.deep.equal(['a', 'b', 'd'])
    // who has been replaced may hear of it, which is looked up on the disk, so not again and again
    const asC = { from: drill.at('c'), signer: drill.at('c').key }
    for (let i = 0; i < 20; i++) expect((await drill.ask('a', { getState: { from: 0 } }, asC)).state!.seq).to.equal(2)
    expect(await refusal(drill, 'a', { getState: { from: 0 } }, asC)).to.equal('FORBIDDEN')
    expect((await drill.askAs('b', 'a', { getState: { from: 0 } })).state!.seq).to.equal(2)
  })

  it('as one that leaves, with no share of its own', async () => {
    const propose = await drill.draft({ holders: ['a', 'b', 'd'] })
    const { accept } = await drill.ask('c', { propose }, { from: drill.at('a') })
    expect(accept).to.deep.include({ index: 0, verification: new Uint8Array(0) })
    // whom the owner has chosen has the payload first
    expect(await refusal(drill, 'd', { propose }, { from: drill.at('a') })).to.equal('NO_PAYLOAD')
    await drill.upload('d')
    const accepts = await drill.accepts(['a', 'b', 'c', 'd'], propose)
    await drill.commit(['a', 'b', 'c', 'd'], propose, accepts)
    expect(drill.at('c').holder.held.size).to.equal(0)
    expect(drill.at('d').holder.held.get(drill.id)).to.include({ index: 3, hasShare: true, hasPayload: true })
    await drill.restart('c')
    expect(await refusal(drill, 'c', { open: { epoch: 1, encapsulation: drill.vouched!.manifest.item!.encapsulation } })).to.equal('NOT_HOLDER')
    // the payload is there for who has come, for a day
    const get = { get: { payload: sha256(PAYLOAD), offset: 5 } }
    expect((await drill.askAs('d', 'c', get)).data!.data).to.deep.equal(PAYLOAD.slice(5))
    expect(await refusal(drill, 'c', get, { signer: (await generateKeyPair('Ed25519')) })).to.equal('FORBIDDEN')
    await drill.clock.advanceAsync(23 * 3_600_000, 600_000)
    expect(drill.at('c').holder.gauges).to.include({ payloads: 1, gone: 0, vaults: 1, held: 0 })
    await drill.clock.advanceAsync(2 * 3_600_000, 600_000)
    expect(drill.at('c').holder.gauges).to.include({ payloads: 0, gone: 1, vaults: 0 })
  })

  it('no payload that it does not have', async () => {
    const other = await drill.other('another')
    const propose = await other.genesis(['a', 'b'])
    expect(await refusal(other, 'b', { propose }, { from: drill.at('a') })).to.equal('NO_PAYLOAD')
    await other.upload('b', PAYLOAD.subarray(1))
    expect(await refusal(other, 'b', { propose }, { from: drill.at('a') })).to.equal('NO_PAYLOAD')
    await other.upload('b')
    expect((await other.ask('b', { propose }, { from: drill.at('a') })).accept!.seq).to.equal(1)
  })

  it('updates only with the share that they are about', async () => {
    await drill.change({ change: Change.UPDATE, edit: manifest => { manifest.state = State.EXPOSED } })
    expect(drill.at('b').holder.held.get(drill.id)!.vouched.manifest).to.include({ seq: 2, epoch: 1, state: State.EXPOSED })
    expect((await drill.ask('b', { open: { epoch: 1, encapsulation: drill.vouched!.manifest.item!.encapsulation } })).partial!.epoch).to.equal(1)
    await drill.change({ to: ['a', 'b'], holders: ABC })
    await drill.ask('c', { commit: { manifest: drill.vouched!.signed } })
    expect(drill.at('c').holder.held.get(drill.id)).to.include({ hasShare: false })
    const propose = await drill.draft({ change: Change.UPDATE, edit: manifest => { manifest.label = Uint8Array.of(1) } })
    expect(await refusal(drill, 'c', { propose }, { from: drill.at('a') })).to.equal('NO_SHARE')
  })
})
