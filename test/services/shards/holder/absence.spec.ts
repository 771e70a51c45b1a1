import { expect } from 'chai'
import { Key } from 'interface-datastore'
import { KemRecord } from '../../../../src/services/shards/pb/shards.ts'
import { rejection } from '../../../support/rejection.ts'
import { Drill, PAYLOAD } from './support/drill.ts'
import type { RequestBody } from '../../../../src/services/shards/parts.ts'

const ABC = ['a', 'b', 'c']

async function code (drill: Drill, to: string, body: RequestBody): Promise<string> {
  return (await rejection(drill.ask(to, body)) as unknown as { failure: { code: string } }).failure.code
}

describe('shards holder: one that was away', () => {
  it('takes the certificates that it missed, is inert until the next reshare, and whole after it', async () => {
    await using drill = await Drill.of(ABC)
    const first = await drill.store(ABC)
    const second = await drill.change({ byHolders: true, to: ['a', 'b'], holders: ABC })
    const third = await drill.change({ byHolders: true, to: ['a', 'b'], holders: ABC })
    expect(await code(drill, 'c', { commit: { manifest: third.signed } })).to.equal('UNAVAILABLE')
    await drill.ask('c', { commit: { manifest: second.signed } })
    await drill.ask('c', { commit: { manifest: third.signed } })
    expect(drill.at('c').holder.held.get(drill.id)).to.include({ hasShare: false, hasPayload: true })
    expect(await code(drill, 'c', { open: { epoch: 3, encapsulation: third.manifest.item!.encapsulation } })).to.equal('NO_SHARE')
    // what is older changes nothing, and is told what is newer
    const { failure } = await rejection(drill.ask('c', { commit: { manifest: first.signed } })) as unknown as { failure: { code: string, newer: object } }
    expect(failure).to.deep.include({ code: 'STALE', newer: third.signed })
    await drill.restart('c')
    await drill.change({ byHolders: true })
    expect(drill.at('c').holder.held.get(drill.id)).to.include({ hasShare: true })
  })

  it('is given the chain, where it does not know the vault', async () => {
    await using drill = await Drill.of([...ABC, 'd'])
    await drill.store(ABC)
    await drill.change({ byHolders: true })
    const { state } = await drill.ask('a', { getState: { from: 0 } })
    expect(state!.manifests).to.have.length(2)
    const propose = await drill.draft({ holders: ['a', 'b', 'd'] })
    expect(await code(drill, 'd', { propose: { ...propose, chain: [] } })).to.equal('UNKNOWN_VAULT')
    expect(await code(drill, 'd', { propose: { ...propose, chain: state!.manifests.slice(1) } })).to.equal('INVALID')
    const whole = { ...propose, chain: state!.manifests }
    await drill.upload('d')
    const accepts = await drill.accepts(['a', 'b', 'c', 'd'], whole)
    await drill.restart('d')
    await drill.commit(['a', 'b', 'c', 'd'], whole, accepts)
    expect(drill.at('d').holder.held.get(drill.id)).to.include({ index: 3, hasShare: true })
    // the owner signed this one: no more is needed
    expect((await drill.ask('d', { getState: { from: 0 } })).state!.manifests).to.deep.equal([drill.vouched!.signed])
  })

  it('takes a first manifest that it did not accept, without a share', async () => {
    await using drill = await Drill.of(ABC)
    for (const name of ABC) await drill.upload(name)
    const propose = await drill.genesis(ABC)
    await drill.commit(ABC, propose, await drill.accepts(['a', 'b'], propose))
    expect(drill.at('c').holder.held.get(drill.id)).to.include({ index: 3, hasShare: false, hasPayload: true })
  })

  it('binds itself by what it accepted of a vault that it has forgotten', async () => {
    await using drill = await Drill.of(['a', 'b'])
    await drill.upload('a')
    const first = await drill.genesis(['a', 'b'])
    await drill.ask('a', { propose: first }, { from: drill.at('a') })
    await drill.ask('a', { revoke: { seq: 1 } })
    expect(drill.at('a').holder.gauges).to.include({ vaults: 0, gone: 1, payloads: 0 })
    await drill.restart('a')
    await drill.upload('a')
    const second = await drill.genesis(['a', 'b'], { edit: manifest => { manifest.label = Uint8Array.of(1) } })
    expect((await rejection(drill.ask('a', { propose: { ...second, ballot: first.ballot } }, { from: drill.at('a') })) as unknown as { failure: { code: string } }).failure.code).to.equal('CONFLICT')
    expect((await drill.ask('a', { propose: second }, { from: drill.at('a') })).accept!.seq).to.equal(1)
  })

  it('stays away from a vault that was revoked', async () => {
    await using drill = await Drill.of(ABC)
    const { signed } = await drill.store(ABC)
    expect((await drill.ask('a', { revoke: { seq: 1 } })).deleted!.vault).to.deep.equal(drill.vault)
    expect((await drill.ask('a', { revoke: { seq: 1 } })).deleted!.vault).to.deep.equal(drill.vault)
    expect(await code(drill, 'a', { commit: { manifest: signed } })).to.equal('EXPIRED')
    let left = 0
    for await (const { key } of drill.at('a').datastore.query({ prefix: '/peerkeep/shards/' })) if (!/gone|kem/.test(key.toString())) left++
    expect(left).to.equal(0)
    expect(await code(drill, 'b', { revoke: { seq: 0 } })).to.equal('STALE')
  })
})

describe('shards holder: keys that sub-shares are sealed to', () => {
  it('with a promise lives as long as the change', async () => {
    await using drill = await Drill.of(ABC)
    await drill.store(ABC)
    const key = async (): Promise<Uint8Array> => KemRecord.decode((await drill.ask('a', { prepare: { seq: drill.vouched!.manifest.seq + 1, ballot: drill.ballot() } }, { from: drill.at('a') })).promise!.kem!.content).key
    const first = await key()
    expect(await key()).to.deep.equal(first)
    await drill.restart('a')
    expect(await key()).to.deep.equal(first)
    const vouched = await drill.change()
    expect(vouched.manifest.holders[0]!.kemKey).to.deep.equal(first)
    expect(await key()).to.not.deep.equal(first)
  })

  it('with an offer lives for a day', async () => {
    await using drill = await Drill.of(ABC)
    const key = async (): Promise<string> => String(KemRecord.decode((await drill.ask('a', { offer: { bytes: 0, expiresMs: 0 } })).offered!.kem!.content).key)
    const keys = new Set<string>()
    for (let hour = 0; hour < 48; hour++) {
      keys.add(await key())
      await drill.clock.advanceAsync(3_600_000, 600_000)
    }
    expect(keys.size).to.equal(48)
    expect(drill.at('a').holder.gauges.kemKeys).to.be.within(23, 25)
  })
})

describe('shards holder: a damaged disk', () => {
  it('holds the rest, and promises nothing anew for what it cannot read', async () => {
    await using drill = await Drill.of(ABC)
    await drill.store(ABC)
    const other = await drill.other('another')
    await other.store(ABC)
    const { datastore } = drill.at('a')
    await datastore.put(new Key(`/peerkeep/shards/vault/${drill.id}`), Uint8Array.of(255, 255))
    const { holder, errors } = await drill.restart('a')
    expect(errors.join()).to.include('is left as it is')
    expect([...holder.held.keys()]).to.deep.equal([other.id])
    expect(await code(drill, 'a', { prepare: { seq: 2, ballot: drill.ballot() } })).to.equal('UNAVAILABLE')
    expect(await code(drill, 'a', { commit: { manifest: drill.vouched!.signed } })).to.equal('UNAVAILABLE')
    expect(await datastore.get(new Key(`/peerkeep/shards/vault/${drill.id}`))).to.have.length(2)
    expect(holder.gauges.damaged).to.equal(1)
    // a payload is fetched again
    for await (const { key } of datastore.query({ prefix: '/peerkeep/shards/payload/' })) await datastore.put(key, Uint8Array.of(255))
    await datastore.put(new Key('/peerkeep/shards/gone/00'), Uint8Array.of(255))
    const again = (await drill.restart('a')).holder
    expect(again.held.get(other.id)).to.include({ hasShare: true, hasPayload: false })
    expect(await again.putPayload(other.id, 0, PAYLOAD)).to.equal(true)
    expect(again.gauges.damaged).to.equal(2)
  })
})
