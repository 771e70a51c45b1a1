import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { equals } from 'uint8arrays/equals'
import { group, useGroup } from '../../src/crypto/threshold/group.ts'
import { nobleGroup } from '../../src/crypto/threshold/noble-group.ts'
import { makeRequest, readAnswer, REQUEST_KINDS } from '../../src/services/shards/model/request.ts'
import { RefusedError } from '../../src/services/shards/model/failure.ts'
import { peerBytes } from '../../src/util/peer-bytes.ts'
import { seededRng } from '../../src/util/rng.ts'
import { ShardNetwork } from '../services/shards/support/shard-network.ts'
import { ShardNode } from '../services/shards/support/shard-node.ts'
import { figure } from './support/figures.ts'
import { bodies, equivocation } from './support/shards-frames.ts'
import type { RequestBody } from '../../src/services/shards/parts.ts'
import type { Answer, Manifest } from '../../src/services/shards/pb/shards.ts'
import type { Group } from '../../src/crypto/threshold/group.ts'

const FLOOD = 2_000
const LIARS = 400
const secret = new TextEncoder().encode('correct horse battery staple')

interface Scene extends AsyncDisposable {
  network: ShardNetwork
  alice: ShardNode
  /** Of no vault. */
  stranger: ShardNode
  holders: ShardNode[]
  id: string
  manifest: Manifest
}

async function scene (): Promise<Scene> {
  const network = await ShardNetwork.create({ holders: 5 })
  const alice = await network.addOwner()
  const { id, holders: peers } = await network.until(alice.assembly.owner.store(secret, { threshold: 3, holders: 4, policy: { auditEveryMs: 86_400_000 } }))
  const holders = peers.map(peer => network.node(peer))
  const stranger = network.nodes.find(node => node !== alice && !holders.includes(node))!
  return { network, alice, stranger, holders, id, manifest: holders[0]!.assembly.holder!.held.get(id)!.vouched.manifest, [Symbol.asyncDispose]: async () => { await network[Symbol.asyncDispose]() } }
}

/** What a holder says to a request that the asker signs with its own key: `granted` with the answer, or the code. */
async function ask (from: ShardNode, to: ShardNode, body: RequestBody, { vault, nowMs, seed = 1 }: { vault: Uint8Array, nowMs: number, seed?: number }): Promise<{ code: string, answer?: Answer }> {
  const { frame, hash } = await makeRequest({ vault: body.list == null ? vault : new Uint8Array(0), body, from: from.peerId, to: to.peerId, signer: from.privateKey, nowMs, rng: seededRng(seed) })
  try {
    const { answer } = await readAnswer(await to.assembly.receive(from.peerId, frame), { requestHash: hash, peer: to.peerId })
    return { code: 'granted', answer }
  } catch (err) {
    if (err instanceof RefusedError) return { code: err.failure.code }
    throw err
  }
}

/** What a vault is at with a holder, to the last byte. */
function stateOf (node: ShardNode, id: string): unknown {
  const held = node.assembly.holder!.held.get(id)!
  return { hash: Buffer.from(held.vouched.hash).toString('hex'), hasShare: held.hasShare, hasPayload: held.hasPayload, pending: node.assembly.holder!.pendingSeq(id) }
}

/** Counts what is computed with points. */
async function pointWork (work: () => Promise<void>): Promise<number> {
  const before = group()
  let count = 0
  const counting: Group = {
    name: 'counting',
    isPoint: bytes => nobleGroup.isPoint(bytes),
    timesBase: scalar => { count++; return nobleGroup.timesBase(scalar) },
    times: (point, lists) => { count++; return nobleGroup.times(point, lists) },
    sum: (terms, base) => { count++; return nobleGroup.sum(terms, base) }
  }
  useGroup(counting)
  try {
    await work()
  } finally {
    useGroup(before)
  }
  return count
}

describe('attacks on shards: strangers', function () {
  this.timeout(180_000)

  it('T31: nothing that uses or changes a vault is done for them', async () => {
    await using stage = await scene()
    const { network, stranger, holders, id, manifest } = stage
    const target = holders[0]!
    const before = stateOf(target, id)
    const rng = seededRng(1)
    const codes: Record<string, string> = {}
    for (const [i, body] of bodies(stranger.peerId, rng).entries()) {
      const kind = REQUEST_KINDS.find(each => body[each] != null)!
      const { code, answer } = await ask(stranger, target, body, { vault: manifest.vault, nowMs: network.clock.now(), seed: 100 + i })
      codes[kind] = code
      if (kind === 'list') expect(answer!.vaults!.vaults).to.deep.equal([])
    }
    const { offer, list, ...others } = codes
    expect([offer, list]).to.deep.equal(['granted', 'granted'])
    expect(Object.keys(others).sort()).to.deep.equal(REQUEST_KINDS.filter(kind => kind !== 'offer' && kind !== 'list').sort())
    for (const [kind, code] of Object.entries(others)) expect(code, kind).to.be.oneOf(['FORBIDDEN', 'INVALID', 'UNKNOWN_VAULT'])
    expect(stateOf(target, id)).to.deep.equal(before)
    expect(target.opinion.offences.filter(({ peer }) => peer === stranger.id)).to.deep.equal([])
  })

  it(`T31: ${FLOOD} requests to prepare, propose, open and put: no point is computed, no ceremony is held up, no memory is taken`, async () => {
    await using stage = await scene()
    const { network, alice, stranger, holders, id, manifest } = stage
    const [target] = holders as [ShardNode]
    const gaugesBefore = { ...target.assembly.gauges }
    const codes = new Map<string, number>()
    const rng = seededRng(2)
    const kinds = ['offer', 'put', 'prepare', 'contribute', 'propose', 'commit', 'open', 'audit'] as const
    const work = await pointWork(async () => {
      for (let i = 0; i < FLOOD; i++) {
        const kind = kinds[i % kinds.length]!
        const body = bodies(stranger.peerId, rng).find(each => each[kind] != null)!
        // of this vault, and of some that are not here
        const { code } = await ask(stranger, target, body, { vault: i % 3 === 0 ? rng.bytes(32) : manifest.vault, nowMs: network.clock.now(), seed: 1_000 + i })
        codes.set(`${kind}:${code}`, (codes.get(`${kind}:${code}`) ?? 0) + 1)
      }
    })
    const granted = [...codes].filter(([what]) => what.endsWith(':granted') && !what.startsWith('offer') && !what.startsWith('put')).map(([what]) => what)
    figure({ test: 'T31', what: `${FLOOD} requests of a stranger: points computed, ceremonies held up`, value: `${work}, ${target.assembly.holder!.pendingSeq(id) ?? 0}`, limit: '0, 0' })
    expect(granted, 'done for a stranger').to.deep.equal([])
    expect(work, 'points computed').to.equal(0)
    expect(target.assembly.holder!.pendingSeq(id), 'a change that is under way').to.equal(undefined)
    // of what anybody may leave there is a part for each
    expect(target.assembly.gauges.staged! - gaugesBefore.staged!).to.be.at.most(8)
    expect(target.assembly.gauges.answers).to.be.at.most(4_096)

    // and while it goes on the owner changes the vault
    const changing = new AbortController()
    const flood = (async () => {
      for (let i = 0; !changing.signal.aborted; i++) {
        const ballot = { round: Math.floor(network.clock.now() / 1_000) + 100, proposer: peerBytes(stranger.peerId) }
        for (const holder of holders) await ask(stranger, holder, { prepare: { seq: 2, ballot } }, { vault: manifest.vault, nowMs: network.clock.now(), seed: 50_000 + i })
        await new Promise(resolve => { setImmediate(resolve) })
      }
    })()
    const { seq, epoch } = await network.until(alice.assembly.owner.refresh(id))
    changing.abort()
    await flood
    expect([seq, epoch]).to.deep.equal([2, 2])
    expect(await network.until(alice.assembly.owner.open(id))).to.deep.equal(secret)
  })

  it('T31: what was overheard and is said again is answered the same, or refused, and done once', async () => {
    await using stage = await scene()
    const { network, alice, stranger, holders, id } = stage
    const heard: Array<{ to: ShardNode, from: ShardNode, bytes: Uint8Array }> = []
    const answers = new Map<string, Uint8Array>()
    const leave = network.links.tap(({ from, to, bytes, answer }) => {
      if (!answer && network.node(from) === alice) heard.push({ from: network.node(from), to: network.node(to), bytes: bytes.slice() })
      return bytes
    })
    await network.until(alice.assembly.owner.open(id))
    await network.until(alice.assembly.owner.refresh(id))
    leave()
    const before = holders.map(node => stateOf(node, id))
    const counted = holders.map(node => ({ ...node.assembly.holder!.counters }))
    for (const { from, to, bytes } of heard) {
      if (to.assembly.holder == null) continue
      const again = await to.assembly.receive(from.peerId, bytes)
      answers.set(`${to.id} ${Buffer.from(bytes).toString('base64')}`, again)
      expect(await to.assembly.receive(from.peerId, bytes)).to.deep.equal(again)
    }
    expect(answers.size).to.be.above(10)
    expect(holders.map(node => stateOf(node, id))).to.deep.equal(before)
    expect(holders.map(node => ({ ...node.assembly.holder!.counters })), 'what was done').to.deep.equal(counted)

    // by somebody else it is not even read
    for (const { to, bytes } of heard.slice(0, 20)) {
      const said = await to.assembly.receive(stranger.peerId, bytes).then(() => 'answered', (err: { code: string }) => err.code)
      expect(said).to.equal('SHARDS_INVALID')
    }
    // and later it is over
    await network.pass(20 * 60_000, 10_000)
    for (const { from, to, bytes } of heard) {
      if (to.assembly.holder == null) continue
      await to.assembly.receive(from.peerId, bytes)
    }
    expect(holders.map(node => stateOf(node, id))).to.deep.equal(before)
  })

  it('T31: certificates of before do not set a vault back', async () => {
    await using stage = await scene()
    const { network, alice, holders, id, manifest } = stage
    const old = holders[0]!.assembly.holder!.held.get(id)!.vouched.signed
    await network.until(alice.assembly.owner.refresh(id))
    const before = holders.map(node => stateOf(node, id))
    const [by, ...others] = holders as [ShardNode, ...ShardNode[]]
    for (const node of others) {
      const { code } = await ask(by, node, { commit: { manifest: old } }, { vault: manifest.vault, nowMs: network.clock.now() })
      expect(code).to.be.oneOf(['granted', 'STALE'])
    }
    expect(holders.map(node => stateOf(node, id))).to.deep.equal(before)
    expect(await network.until(alice.assembly.owner.open(id))).to.deep.equal(secret)
  })

  it(`T31: ${LIARS} peers that somebody made up and that lie to themselves: few are passed on, and nobody else is charged`, async () => {
    await using stage = await scene()
    const { network, alice, stranger } = stage
    const rng = seededRng(9)
    const liars: ShardNode[] = []
    let sent = 0
    const tell = network.links.tell.bind(network.links)
    network.links.tell = async (from, to, bytes, signal) => {
      sent++
      await tell(from, to, bytes, signal)
    }
    for (let i = 0; i < LIARS; i++) {
      const liar = await ShardNode.create({ seed: 9_000_000 + i }, { links: network.links, clock: network.clock, all: () => [] })
      liars.push(liar)
      await alice.assembly.informer.receive(stranger.peerId, await equivocation({ key: liar.privateKey, id: liar.peerId }, rng))
    }
    await network.pass(5_000)
    figure({ test: 'T31', what: `${LIARS} made-up liars: notices sent by all nodes`, value: String(sent), limit: String(40 * network.nodes.length * network.nodes.length) })
    expect(sent).to.be.below(40 * network.nodes.length * network.nodes.length)
    const madeUp = new Set(liars.map(({ id }) => id))
    for (const node of network.nodes) for (const { peer } of node.opinion.offences) expect(madeUp.has(peer), `${peer} is charged`).to.equal(true)
  })

  it('T31: an audit decrypts nothing, whatever is given for the nonce', async () => {
    await using stage = await scene()
    const { network, holders, id, manifest } = stage
    const { encapsulation } = manifest.item!
    const nowMs = network.clock.now()
    const [asker, ...others] = holders as [ShardNode, ...ShardNode[]]
    const alice = network.nodes.find(node => node.assembly.own().some(vault => vault.id === id))!
    // what an opening of the owner's gives for this point
    const points: Uint8Array[] = []
    const leave = network.links.tap(({ bytes, answer }) => {
      if (answer) points.push(bytes.slice())
      return bytes
    })
    await network.until(alice.assembly.owner.open(id))
    leave()
    for (const node of others) {
      const { code, answer } = await ask(asker, node, { audit: { epoch: manifest.epoch, nonce: encapsulation } }, { vault: manifest.vault, nowMs })
      expect(code).to.equal('granted')
      const { proof, payload } = answer!.proof!
      for (const part of [proof.subarray(0, 32), proof.subarray(32), payload]) {
        expect(points.some(bytes => Buffer.from(bytes).includes(Buffer.from(part))), 'part of a partial decryption').to.equal(false)
        expect(equals(part, encapsulation)).to.equal(false)
      }
      // and only who is a holder may ask
      expect((await ask(asker, node, { open: { epoch: manifest.epoch, encapsulation } }, { vault: manifest.vault, nowMs })).code).to.equal('FORBIDDEN')
    }
  })

  it('T31: no secret is compared byte by byte: that takes longer the more of it is right', async () => {
    const roots = ['src/crypto/threshold', 'src/crypto/item', 'src/crypto/secret-box.ts', 'src/services/shards', 'src/platform/owner-key-file.ts']
    const root = join(import.meta.dirname, '../..')
    const files = (await Promise.all(roots.map(async path => path.endsWith('.ts') ? [path] : (await readdir(join(root, path), { recursive: true })).map(name => join(path, name))))).flat().filter(path => path.endsWith('.ts') && !path.includes('/pb/'))
    const complaints: string[] = []
    for (const path of files) {
      const lines = (await readFile(join(root, path), 'utf8')).split('\n')
      for (const [i, line] of lines.entries()) {
        for (const [, what = ''] of line.matchAll(/\b(?:equals|compare|equalBytes)\(([^()]*(?:\([^()]*\)[^()]*)*)\)/g)) {
          if (/\b(?:scalar|secret|dataKey|sharedPoint|seed|passphrase|privateKey)\b/i.test(what)) complaints.push(`${path}:${i + 1} ${line.trim()}`)
        }
      }
    }
    expect(files.length).to.be.above(50)
    expect(complaints).to.deep.equal([])
  })
})
