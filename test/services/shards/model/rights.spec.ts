import { expect } from 'chai'
import { decide, MAY } from '../../../../src/services/shards/model/rights.ts'
import { makeDelegation, peekDelegation, readDelegation } from '../../../../src/services/shards/model/delegation.ts'
import { keyBytes } from '../../../../src/services/shards/model/keys.ts'
import { REQUEST_KINDS } from '../../../../src/services/shards/model/request.ts'
import { sign } from '../../../../src/services/shards/model/signed.ts'
import { Delegation, Right, Signed } from '../../../../src/services/shards/pb/shards.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { rejection } from '../../../support/rejection.ts'
import { genesis, nodeOf, NOW, reshare } from './sample-vault.ts'
import type { VaultRight } from '../../../../src/services/shards/index.ts'
import type { Asking, Known } from '../../../../src/services/shards/model/rights.ts'
import type { Manifest } from '../../../../src/services/shards/pb/shards.ts'
import type { Node, Sample } from './sample-vault.ts'

const ALL: string[] = REQUEST_KINDS.filter(kind => kind !== 'offer' && kind !== 'list')
const rng = seededRng(1)

describe('shards: rights', () => {
  let sample: Sample
  let next: Manifest
  let delegate: Node
  let manifest: Manifest
  let former: Manifest

  before(async () => {
    const first = await genesis()
    sample = await reshare(first, { holders: ['b', 'c', 'x'] })
    next = (await reshare(sample, { holders: ['c', 'x', 'y'] })).vouched.manifest
    former = first.vouched.manifest
    manifest = sample.vouched.manifest
    delegate = await nodeOf('delegate')
  })

  const byNode = (name: string): Partial<Asking> => {
    const { peer, key } = sample.nodes.get(name)!
    return { from: peer, signer: keyBytes(key.publicKey), byPeer: true }
  }
  const asked = (asking: Partial<Asking>, known: Known = { manifest, accepted: next, former: [former] }, nowMs = NOW): Record<string, string> => {
    const { peer } = sample.nodes.get('z')!
    return Object.fromEntries(REQUEST_KINDS.map(kind => [kind, decide({ kind, vault: manifest.vault, from: peer, signer: delegateKey(), byPeer: false, ...asking }, known, nowMs)]))
  }
  const delegateKey = (): Uint8Array => keyBytes(delegate.key.publicKey)
  const granted = (decisions: Record<string, string>): string[] => Object.entries(decisions).filter(([kind, decision]) => decision === 'granted' && ALL.includes(kind)).map(([kind]) => kind)
  const delegated = async (rights: VaultRight[], options: object = {}): Promise<Partial<Asking>> => {
    const bytes = await makeDelegation({ vault: manifest.vault, subject: delegate.key.publicKey, rights, expiresMs: NOW + 1_000, ...options }, sample.owner, rng)
    return { signer: delegateKey(), delegation: await readDelegation(bytes, manifest.owner) }
  }

  it('are all the owner\'s', () => {
    expect(granted(asked({ signer: manifest.owner }))).to.deep.equal(ALL)
  })

  it('are few for holders, fewer for those to come and those that were', () => {
    expect(granted(asked(byNode('b')))).to.have.members(['get', 'prepare', 'contribute', 'propose', 'commit', 'getState', 'audit'])
    expect(granted(asked(byNode('y')))).to.have.members(['get', 'commit', 'getState'])
    expect(granted(asked(byNode('a')))).to.have.members(['commit', 'getState'])
    expect(granted(asked(byNode('z')))).to.deep.equal([])
    for (const decision of ALL.map(kind => asked(byNode('z'))[kind])) expect(decision).to.equal('FORBIDDEN')
  })

  it('of a holder are for its own key, not for whoever comes from there', () => {
    expect(granted(asked({ from: sample.nodes.get('b')!.peer, byPeer: false }))).to.deep.equal([])
  })

  it('of a delegate are those it was given', async () => {
    const table: Record<VaultRight, string[]> = { open: ['get', 'getState', 'open'], export: ['getState', 'export'], audit: ['getState', 'audit'], list: ['getState', 'getLog'] }
    for (const [right, kinds] of Object.entries(table)) expect(granted(asked(await delegated([right as VaultRight])))).to.have.members(kinds)
    expect(granted(asked(await delegated(['open', 'list'])))).to.have.members(['get', 'getState', 'open', 'getLog'])
  })

  it('of a delegate end, are of one vault and one key, and can be taken back', async () => {
    const open = await delegated(['open'])
    expect(asked(open, { manifest }, NOW + 999).open).to.equal('granted')
    expect(asked(open, { manifest }, NOW + 1_000).open).to.equal('FORBIDDEN')
    expect(asked({ ...open, signer: keyBytes(sample.nodes.get('z')!.key.publicKey) }).open).to.equal('FORBIDDEN')
    expect(asked(await delegated(['open'], { vault: new Uint8Array(32) })).open).to.equal('FORBIDDEN')
    expect(asked(open, { manifest: { ...manifest, revoked: [new Uint8Array(16), open.delegation!.id] } }).open).to.equal('FORBIDDEN')
  })

  it('are anybody\'s to offer, and to list what is his', () => {
    for (const known of [{}, { manifest }]) expect(asked(byNode('z'), known)).to.include({ offer: 'granted', list: 'granted' })
  })

  it('of a vault that is not here: to begin one', () => {
    const decisions = asked({ signer: manifest.owner }, {})
    expect(granted(decisions)).to.have.members(['put', 'propose'])
    expect(decisions.open).to.equal('UNKNOWN_VAULT')
    // accepted, but not yet decided: its owner and its holders
    expect(granted(asked({ signer: manifest.owner }, { accepted: next }))).to.deep.equal(ALL)
    expect(granted(asked(byNode('y'), { accepted: next }))).to.have.members(['put', 'propose', 'get', 'commit', 'getState'])
    expect(granted(asked(byNode('z'), { accepted: next }))).to.have.members(['put', 'propose'])
  })

  it('follow the policy', () => {
    const strict = { ...manifest, policy: { ...manifest.policy!, exportable: false, holdersMayReshare: false } }
    expect(asked({ signer: manifest.owner }, { manifest: strict })).to.include({ export: 'FORBIDDEN', contribute: 'granted', open: 'granted' })
    expect(asked(byNode('b'), { manifest: strict })).to.include({ contribute: 'FORBIDDEN', prepare: 'granted', audit: 'granted' })
  })

  it('end with the vault, but for what cleans up after it', () => {
    const expired = { ...manifest, expiresMs: NOW + 5 }
    expect(granted(asked({ signer: manifest.owner }, { manifest: expired }, NOW + 4))).to.deep.equal(ALL)
    const decisions = asked({ signer: manifest.owner }, { manifest: expired }, NOW + 5)
    expect(granted(decisions)).to.have.members(['getLog', 'revoke'])
    expect(decisions.open).to.equal('EXPIRED')
    expect(asked(byNode('z'), { manifest: expired }, NOW + 5).open).to.equal('FORBIDDEN')
  })

  it('are listed for every kind of request', () => {
    expect(Object.keys(MAY)).to.have.members(REQUEST_KINDS)
  })

  describe('in delegations', () => {
    it('are signed by the owner, or are none', async () => {
      const bytes = await makeDelegation({ vault: manifest.vault, subject: delegate.key.publicKey, rights: ['list', 'open'], expiresMs: NOW }, sample.owner, rng)
      expect(await readDelegation(bytes, manifest.owner)).to.deep.include({ rights: [Right.OPEN, Right.LIST], subject: delegateKey(), vault: manifest.vault })
      expect(await rejection(readDelegation(bytes, delegateKey()))).to.have.property('code', 'SHARDS_INVALID')
      for (let at = 0; at < bytes.byteLength; at++) {
        expect(await rejection(readDelegation(bytes.with(at, bytes[at]! ^ (1 << (at % 8))), manifest.owner)), `byte ${at}`).to.have.property('code', 'SHARDS_INVALID')
      }
    })

    it('are some of those there are', async () => {
      expect(await rejection(makeDelegation({ vault: manifest.vault, subject: delegate.key.publicKey, rights: [], expiresMs: NOW }, sample.owner, rng))).to.have.property('code', 'SHARDS_INVALID')
      const good = peekDelegation(await makeDelegation({ vault: manifest.vault, subject: delegate.key.publicKey, rights: ['open'], expiresMs: NOW }, sample.owner, rng))
      const edits: Array<Partial<Delegation>> = [{ rights: [Right.LIST, Right.OPEN] }, { rights: [Right.OPEN, Right.OPEN] }, { rights: [Right.UNKNOWN_RIGHT] }, { id: new Uint8Array(3) }, { subject: new Uint8Array(36) }, { vault: new Uint8Array(0) }, { expiresMs: 0 }]
      for (const edit of edits) {
        const bytes = Signed.encode(await sign('delegation', Delegation.encode({ ...good, ...edit }), sample.owner))
        expect(await rejection(readDelegation(bytes, manifest.owner)), Object.keys(edit)[0]).to.have.property('code', 'SHARDS_INVALID')
      }
      expect(await rejection(readDelegation(new Uint8Array(1_000), manifest.owner))).to.have.property('code', 'SHARDS_INVALID')
    })
  })
})
