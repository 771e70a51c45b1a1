import { expect } from 'chai'
import { rejection } from '../../support/rejection.ts'
import { falseAudit, falseProof, falseShare } from './support/lies.ts'
import { ShardNetwork } from './support/shard-network.ts'
import type { ShardNode } from './support/shard-node.ts'
import type { Vault } from '../../../src/services/shards/index.ts'

const secret = new TextEncoder().encode('correct horse battery staple')

/** Nodes that hold it, in the order of their indices. */
function holdersOf (network: ShardNetwork, { holders }: Vault): ShardNode[] {
  return holders.map(peer => network.node(peer))
}

/** Everything that anybody was charged with: `<accused> <offence> <cause>`, by who charged. */
function chargesBy (nodes: Iterable<ShardNode>): Map<ShardNode, string[]> {
  return new Map(Array.from(nodes, node => [node, node.opinion.offences.map(({ peer, offence, cause }) => `${peer} ${offence} ${cause}`).sort()]))
}

describe('shards: many nodes', function () {
  this.timeout(60_000)

  it('stores, and opens on another machine with the same key', async () => {
    await using network = await ShardNetwork.create({ holders: 6 })
    const ownerKey = await network.ownerKey()
    const alice = await network.addOwner({ ownerKey })
    const { id, holders } = await network.until(alice.assembly.owner.store(secret, { threshold: 3, holders: 5, label: 'wallet' }))
    expect(holders).to.have.length(5)
    const elsewhere = await network.addOwner({ ownerKey })
    expect(await network.until(elsewhere.assembly.owner.open(id))).to.deep.equal(secret)
    expect((await network.until(elsewhere.assembly.owner.list())).map(({ label }) => label)).to.deep.equal(['wallet'])
  })

  it('as many liars as there may be: it opens, each is charged once by everybody, and nobody else is', async () => {
    await using network = await ShardNetwork.create({ holders: 7 })
    const alice = await network.addOwner()
    const vault = await network.until(alice.assembly.owner.store(secret, { threshold: 3, holders: 6, policy: { auditEveryMs: 86_400_000 } }))
    const liars = holdersOf(network, vault).slice(0, 3)
    for (const [i, liar] of liars.entries()) liar.lie = [falseShare, falseProof, falseShare][i]

    for (let i = 0; i < 3; i++) expect(await network.until(alice.assembly.owner.open(vault.id))).to.deep.equal(secret)
    const accused = liars.map(({ id }) => `${id} severe shards:partial`).sort()
    const everybody = (): string[][] => [...chargesBy(network.nodes)].map(([node, charges]) => [...charges, ...accused.filter(text => text.startsWith(node.id))].sort())
    await network.becomes('all know', () => everybody().every(charges => charges.length === liars.length), 20_000)
    await network.pass(10_000)
    for (const charges of everybody()) expect(charges).to.deep.equal(accused)

    for (const node of network.nodes) {
      const lies = node.events.flatMap(({ type, detail }) => type === 'holder:lied' ? [detail as { peerId: { toString (): string }, vault: string, kind: string, told: boolean }] : [])
      expect(lies.map(({ peerId }) => peerId.toString()).sort()).to.deep.equal(liars.filter(liar => liar !== node).map(({ id }) => id).sort())
      for (const { vault: id, kind, told } of lies) expect([id, kind, told]).to.deep.equal([vault.id, 'partial', node !== alice])
    }
  })

  it('holders find who lies in an audit, without the owner, and replace it', async () => {
    await using network = await ShardNetwork.create({ holders: 6 })
    const alice = await network.addOwner()
    const vault = await network.until(alice.assembly.owner.store(secret, { threshold: 3, holders: 4, policy: { auditEveryMs: 5_000, lostAfterMs: 20_000, refreshEveryMs: 0 } }))
    await alice.stop()
    const [liar, ...honest] = holdersOf(network, vault) as [ShardNode, ...ShardNode[]]
    liar.lie = falseAudit
    await network.becomes('it is replaced', () => honest.every(node => node.assembly.holder!.held.get(vault.id)!.vouched.manifest.holders.every(({ peer }) => !Buffer.from(peer).equals(liar.peerId.toMultihash().bytes))), 120_000)
    for (const node of honest) expect(node.opinion.offences.map(({ peer, cause }) => `${peer} ${cause}`), node.id).to.deep.equal([`${liar.id} shards:audit`])
    await alice.start()
    expect(await network.until(alice.assembly.owner.open(vault.id))).to.deep.equal(secret)
  })

  it('n - t holders are killed: within a minute there are n again', async () => {
    await using network = await ShardNetwork.create({ holders: 9 })
    const alice = await network.addOwner()
    const vault = await network.until(alice.assembly.owner.store(secret, { threshold: 4, holders: 6, policy: { auditEveryMs: 5_000, lostAfterMs: 15_000, refreshEveryMs: 0 } }))
    await alice.stop()
    for (const node of holdersOf(network, vault).slice(0, 2)) node.kill()
    const whole = (what: 'hasShare' | 'hasPayload'): boolean => network.living.filter(node => node.assembly.holder?.held.get(vault.id)?.[what] === true).length >= 6
    await network.becomes('six have shares, and the payload', () => whole('hasShare') && whole('hasPayload'), 60_000)
    await alice.start()
    const status = await network.until(alice.assembly.owner.audit(vault.id))
    expect([status.healthy, status.openable]).to.deep.equal([6, true])
    expect(await network.until(alice.assembly.owner.open(vault.id))).to.deep.equal(secret)
    for (const node of network.nodes) expect(node.opinion.offences, 'nobody is charged for being dead').to.deep.equal([])
  })

  it('three of (5, 9) are dead and two lie: the dead are replaced though the honest alone are too few to agree, and it opens', async () => {
    await using network = await ShardNetwork.create({ holders: 12 })
    const alice = await network.addOwner()
    const vault = await network.until(alice.assembly.owner.store(secret, { threshold: 5, holders: 9, policy: { auditEveryMs: 5_000, lostAfterMs: 15_000, refreshEveryMs: 0 } }))
    const [one, two, ...rest] = holdersOf(network, vault) as [ShardNode, ShardNode, ...ShardNode[]]
    one.lie = falseShare
    two.lie = falseProof
    const dead = rest.slice(-3)
    for (const node of dead) node.kill()
    // four prove what they give, and one gives what is right with a false proof
    const named: string[] = []
    expect(await network.until(alice.assembly.owner.open(vault.id, { onProgress: progress => { if (progress.step === 'liar') named.push(progress.peer.toString()) } }))).to.deep.equal(secret)
    expect(named.toSorted()).to.deep.equal([one.id, two.id].toSorted())
    await network.becomes('the dead are replaced', () => network.living.filter(node => node.assembly.holder?.held.get(vault.id)?.hasShare === true).length >= 9, 60_000)
    expect(await network.until(alice.assembly.owner.open(vault.id))).to.deep.equal(secret)
    const { holders } = await network.until(alice.assembly.owner.status(vault.id))
    for (const { id } of dead) expect(holders.map(({ peerId }) => peerId.toString())).not.to.include(id)
    for (const node of network.nodes) for (const { peer } of node.opinion.offences) expect([one.id, two.id]).to.include(peer)
  })

  it('everybody is killed and comes back: nothing is lost, and nothing is charged', async () => {
    await using network = await ShardNetwork.create({ holders: 5 })
    const alice = await network.addOwner()
    const vault = await network.until(alice.assembly.owner.store(secret, { threshold: 3, holders: 5 }))
    for (const node of network.nodes) node.kill()
    for (const node of network.nodes) await node.start()
    expect(await network.until(alice.assembly.owner.open(vault.id))).to.deep.equal(secret)
    expect((await network.until(alice.assembly.owner.refresh(vault.id))).epoch).to.equal(2)
    expect(await network.until(alice.assembly.owner.open(vault.id))).to.deep.equal(secret)
    for (const node of network.nodes) expect(node.opinion.offences).to.deep.equal([])
  })

  it('a link that loses a tenth of all frames', async () => {
    await using network = await ShardNetwork.create({ holders: 8, loss: 0.1 })
    const alice = await network.addOwner()
    const vault = await network.until(alice.assembly.owner.store(secret, { threshold: 3, holders: 6, timeoutMs: 120_000 }))
    expect(await network.until(alice.assembly.owner.open(vault.id, { timeoutMs: 120_000 }))).to.deep.equal(secret)
    expect((await network.until(alice.assembly.owner.refresh(vault.id, { timeoutMs: 120_000 }))).epoch).to.be.at.least(2)
    network.links.loss = 0
    expect(await network.until(alice.assembly.owner.open(vault.id))).to.deep.equal(secret)
    for (const node of network.nodes) expect(node.opinion.offences).to.deep.equal([])
  })

  it('cut off from all but t - 1 holders it cannot be opened, and can when they are back', async () => {
    await using network = await ShardNetwork.create({ holders: 5 })
    const alice = await network.addOwner()
    const vault = await network.until(alice.assembly.owner.store(secret, { threshold: 3, holders: 5, policy: { lostAfterMs: 86_400_000 } }))
    network.links.partition([alice, ...holdersOf(network, vault).slice(0, 2)].map(({ peerId }) => peerId))
    expect(await network.until(rejection(alice.assembly.owner.open(vault.id)))).to.include({ code: 'SHARDS_TOO_FEW_SHARES' })
    network.links.partition()
    expect(await network.until(alice.assembly.owner.open(vault.id))).to.deep.equal(secret)
  })
})
