import { generateKeyPair } from '@libp2p/crypto/keys'
import { MemoryDatastore } from 'datastore-core'
import { expect } from 'chai'
import { AppNodes } from '../../support/app-nodes.ts'
import { rejection } from '../../support/rejection.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { AppNode, AppNodeInit } from '../../../src/index.ts'

const secret = new TextEncoder().encode('correct horse battery staple')
const OPTIONS = { threshold: 2, holders: 3 }

describe('shards: between real nodes', function () {
  this.timeout(60_000)
  let nodes: AppNodes
  let holders: AppNode[]
  let key: PrivateKey

  const address = (): string[] => holders[0]!.getMultiaddrs().map(String)
  const node = async (init: AppNodeInit): Promise<AppNode> => await nodes.create({ presence: false, dht: { mode: 'off' }, ...init })
  const owner = async (init: AppNodeInit['shards'] = {}): Promise<AppNode> => {
    const made = await node({ shards: { hold: false, ownerKey: key, ...init } })
    await Promise.all(holders.map(async holder => { await made.dial(holder.getMultiaddrs()) }))
    return made
  }

  before(async () => {
    nodes = new AppNodes()
    key = await generateKeyPair('Ed25519')
    holders = [await node({ shards: { hold: true } })]
    for (let i = 1; i < 4; i++) holders.push(await node({ shards: { hold: true }, bootstrap: address() }))
  })

  after(async () => { await nodes[Symbol.asyncDispose]() })

  it('stores, opens, and opens on another machine with the same key', async () => {
    const alice = await owner()
    const changed = new Promise<{ id: string }>(resolve => { alice.services.shards.addEventListener('vault:changed', ({ detail }) => { resolve(detail) }, { once: true }) })
    const { id } = await alice.services.shards.store(secret, { ...OPTIONS, label: 'wallet' })
    expect((await changed).id).to.equal(id)
    expect(await alice.services.shards.open(id)).to.deep.equal(secret)
    const elsewhere = await owner()
    expect(await elsewhere.services.shards.open(id)).to.deep.equal(secret)
    expect((await elsewhere.services.shards.list()).map(({ id, label }) => [id, label])).to.deep.equal([[id, 'wallet']])

    const shown = elsewhere.services.shards.snapshot()
    expect([shown.holding, shown.held, shown.own.map(vault => vault.id)]).to.deep.equal([false, [], [id]])
    const held = holders.flatMap(({ services: { shards } }) => shards.snapshot().held.filter(vault => vault.id === id))
    expect(held.map(({ index, threshold, holders, hasShare }) => [index, threshold, holders, hasShare]).sort(([a], [b]) => Number(a) - Number(b))).to.deep.equal([[1, 2, 3, true], [2, 2, 3, true], [3, 2, 3, true]])
    expect(JSON.stringify(shown), 'plain JSON').to.be.a('string')
  })

  it('whoever has another key, or none, does not', async () => {
    const alice = await owner()
    const { id } = await alice.services.shards.store(secret, OPTIONS)
    const mallory = await owner({ ownerKey: await generateKeyPair('Ed25519') })
    expect((await rejection(mallory.services.shards.open(id))).code).to.be.oneOf(['SHARDS_FORBIDDEN', 'SHARDS_UNKNOWN_VAULT'])
    const nobody = await node({ bootstrap: address(), shards: { hold: false } })
    expect((await rejection(nobody.services.shards.open(id))).code).to.equal('SHARDS_NO_OWNER_KEY')
    for (const { services: { scoring } } of holders) expect(scoring.get(mallory.peerId)?.misbehaviour ?? 0).to.equal(0)
  })

  it('somebody with a delegation does, until it is taken back', async () => {
    const alice = await owner()
    const bobsKey = await generateKeyPair('Ed25519')
    const { id } = await alice.services.shards.store(secret, OPTIONS)
    const delegation = await alice.services.shards.delegate(id, bobsKey.publicKey, ['open'], { expiresAt: Date.now() + 3_600_000 })
    const bob = await owner({ ownerKey: undefined })
    expect(await bob.services.shards.open(id, { delegation, key: bobsKey })).to.deep.equal(secret)
    await alice.services.shards.undelegate(id, delegation)
    expect((await rejection(bob.services.shards.open(id, { delegation, key: bobsKey }))).code).to.equal('SHARDS_FORBIDDEN')
  })

  it('holders that were stopped and started again have their shares', async () => {
    const alice = await owner()
    const { id } = await alice.services.shards.store(secret, { threshold: 3, holders: 4 })
    await Promise.all(holders.map(async holder => {
      await holder.stop()
      await holder.start()
    }))
    expect(holders.map(({ services: { shards } }) => shards.snapshot().held.find(vault => vault.id === id)?.hasShare)).to.deep.equal([true, true, true, true])
    await alice.stop()
    expect((await rejection(alice.services.shards.open(id))).code).to.equal('SHARDS_STOPPED')
    await alice.start()
    for (const holder of holders) await alice.dial(holder.getMultiaddrs())
    expect(await alice.services.shards.open(id)).to.deep.equal(secret)
  })

  it('a holder that stays out of it: hold: false, and keys that cannot sign for others', async () => {
    const lone = await node({ shards: { hold: false } })
    const served = lone.getProtocols().filter(id => id.includes('/shards/'))
    expect(served.filter(id => !id.includes('/shards/evidence/'))).to.deep.equal([])
    const other = await node({ privateKey: await generateKeyPair('secp256k1'), shards: { hold: true } })
    expect(other.services.shards.snapshot().holding).to.equal(false)
  })

  it('networks are apart', async () => {
    const other = await node({ network: 'other', datastore: new MemoryDatastore() })
    expect(other.services.shards.snapshot().holding).to.equal(true)
    expect(other.getProtocols()).to.include('/peerkeep/other/shards/call/1.0.0')
    expect(other.getProtocols().some(id => id.startsWith('/peerkeep/shards/'))).to.equal(false)
  })

  it('options that mean nothing are refused', async () => {
    for (const shards of [{ capacityBytes: 0 }, { maxVaults: 1.5 }, { domains: [''] }, { domains: ['a', 'b', 'c', 'd', 'e'] }, { minIntervalMs: -1 }]) {
      expect((await rejection(node({ shards: { hold: true, ...shards } }))).code).to.equal('SHARDS_INVALID')
    }
  })
})
