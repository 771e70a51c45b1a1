import { createHash, randomBytes } from 'node:crypto'
import { cp, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { combine } from '../../src/crypto/threshold/combine.ts'
import { eventually, passes } from '../support/eventually.ts'
import { tell } from '../support/figure.ts'
import { killPrograms } from '../support/program.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import { fileHas, filesWith, memoryHas, spellings } from './support/canary.ts'
import { copiedShare } from './support/copied-share.ts'
import { VaultProcess } from './support/vault-process.ts'
import type { VaultCommands } from './support/vault-node.ts'
import type { CopiedShare } from './support/copied-share.ts'

const PROCESSES = 12
const THRESHOLD = 5
const HOLDERS = 9
const KILLED = 3
const REFRESHES = 3
const POLICY = { auditEveryMs: 1_000, lostAfterMs: 4_000, refreshEveryMs: 0 }
const HEALED_LIMIT_MS = 60_000

/** Data directories as they are at one moment, though the nodes run. */
async function copyOf (holders: readonly VaultProcess[], to: string): Promise<string[]> {
  return await Promise.all(holders.map(async ({ program, dataDir, peerId }) => {
    const path = join(to, peerId)
    process.kill(program.pid, 'SIGSTOP')
    try {
      await cp(dataDir, path, { recursive: true })
    } finally {
      process.kill(program.pid, 'SIGCONT')
    }
    return path
  }))
}

async function sharesIn (copies: readonly string[], id: string): Promise<CopiedShare[]> {
  const shares: CopiedShare[] = []
  for (const copy of copies) shares.push(await copiedShare(copy, id))
  return shares
}

/** Whether these give the vault's key. */
function opens (shares: readonly CopiedShare[]): boolean {
  const [{ vouched }] = shares as [CopiedShare]
  try {
    combine(shares, { threshold: THRESHOLD, publicKey: vouched.manifest.commitments[0]! })
    return true
  } catch {
    return false
  }
}

describe('story: a vault', () => {
  const running: VaultProcess[] = []

  afterEach(async function () {
    // what the nodes had to say about it
    if (this.currentTest?.state === 'failed') for (const { peerId, told } of running) for (const one of told) if (/^(?:vault:failed|holder:)/.test(one.event)) process.stdout.write(`${peerId.slice(-6)} ${JSON.stringify(one).slice(0, 900)}\n`)
    running.length = 0
    await killPrograms()
  })

  it(`${PROCESSES} processes: killed holders are replaced, liars named, old shares worthless, and the secret is nowhere`, async function () {
    this.timeout(300_000)
    await using dir = await makeTempDir()
    const canary = randomBytes(32)
    const needles = spellings(canary)
    const secret = Buffer.concat([Buffer.from('seed: '), canary])
    const hash = createHash('sha256').update(secret).digest('hex')
    const dataDir = (name: string | number): string => join(dir.path, `node-${name}`)

    const owner = await VaultProcess.start({ dataDir: dataDir('owner'), ownerPassphrase: 'hunter2' })
    const others = await Promise.all(Array.from({ length: PROCESSES - 1 }, async (_, i) => await VaultProcess.start({ dataDir: dataDir(i), bootstrap: [owner.address] })))
    running.push(owner, ...others)
    await eventually('everybody to be connected', async () => await owner.call('connections') >= PROCESSES - 1, 30_000)

    // twelve that start together have few processors between them
    const { id, holders: ids } = await eventually('the vault to be stored', async () => await owner.call('store', secret.toString('hex'), { threshold: THRESHOLD, holders: HOLDERS, label: 'wallet', policy: POLICY }).catch((err: Error & { code?: string }) => {
      expect(err.code, err.message).to.equal('SHARDS_TOO_FEW_PEERS')
      return undefined
    }), 60_000) as Awaited<ReturnType<VaultCommands['store']>>
    const chosen = others.filter(({ peerId }) => ids.map(String).includes(peerId))
    expect(chosen).to.have.length(HOLDERS)
    const killed = chosen.slice(0, KILLED)
    const [falseShare, falseProof, ...honest] = chosen.slice(KILLED) as [VaultProcess, VaultProcess, ...VaultProcess[]]
    const liars = [falseShare, falseProof]
    const survivors = [owner, ...others.filter(node => !killed.includes(node))]

    // somebody has been to all but one of those that it takes
    const oldShares = await sharesIn(await copyOf(honest.slice(0, THRESHOLD - 1), join(dir.path, 'before')), id)

    await Promise.all(killed.map(async ({ program }) => { await program.kill() }))
    await falseShare.call('lie', 'falseShare')
    await falseProof.call('lie', 'falseProof')
    const sinceMs = performance.now()
    // nine without three dead and two that lie are four: it opens as soon as the dead have been replaced
    let attempts = 0
    const opened = await eventually('the vault to open', async () => {
      attempts++
      return await owner.call('open', id).catch((err: Error & { code?: string }) => {
        expect(err.code, err.message).to.equal('SHARDS_TOO_FEW_SHARES')
      })
    }, HEALED_LIMIT_MS)
    tell('three killed, two lying: it opens', `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s, attempt ${attempts}`, `${HEALED_LIMIT_MS / 1_000} s`)
    expect(opened?.hash).to.equal(hash)

    // both are named, and scored down here and, by evidence, elsewhere
    for (const liar of liars) {
      await owner.waitFor('holder:lied', told => told.peerId === liar.peerId && told.kind === 'partial' && told.told === false, 10_000)
      await Promise.all(honest.map(async node => { await node.waitFor('holder:lied', told => told.peerId === liar.peerId && told.told === true, 10_000) }))
      for (const node of [owner, ...honest]) expect(await node.call('misbehaviour', liar.peerId), `${liar.peerId} for ${node.peerId}`).to.be.above(20)
    }
    for (const node of survivors) for (const told of node.told) if (told.event === 'holder:lied') expect(liars.map(({ peerId }) => peerId), 'those accused').to.include(told.peerId)

    // three others have shares that prove themselves
    await passes(async () => {
      const { holders, epoch } = await owner.call('status', id)
      // of five that are to be replaced: there are no more
      const added = holders.filter(({ peerId }) => !ids.map(String).includes(String(peerId)))
      expect(added.map(({ health }) => health)).to.deep.equal(Array.from({ length: KILLED }, () => 'healthy'))
      expect(epoch).to.be.above(1)
    }, HEALED_LIMIT_MS)
    tell('three new holders with shares that fit', `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`, `${HEALED_LIMIT_MS / 1_000} s`)
    expect(performance.now() - sinceMs).to.be.below(HEALED_LIMIT_MS)

    const before = await owner.call('status', id)
    for (let i = 0; i < REFRESHES; i++) await owner.call('refresh', id)
    const after = await owner.call('status', id)
    expect(after.epoch).to.be.at.least(before.epoch + REFRESHES)
    const current = survivors.filter(node => after.holders.some(({ peerId, health }) => String(peerId) === node.peerId && health === 'healthy'))
    const newShares = await sharesIn(await copyOf(current.slice(0, THRESHOLD), join(dir.path, 'after')), id)
    expect(opens(newShares), 'shares of one epoch').to.equal(true)
    expect(opens(newShares.slice(1)), 'one too few').to.equal(false)
    for (let old = 1; old <= oldShares.length; old++) {
      const mixed = [...oldShares.slice(0, old), ...newShares.filter(({ index }) => !oldShares.slice(0, old).some(share => share.index === index))].slice(0, THRESHOLD)
      expect(mixed.length).to.equal(THRESHOLD)
      expect(opens(mixed), `${old} old shares and ${THRESHOLD - old} new ones`).to.equal(false)
    }
    expect((await owner.call('open', id)).hash).to.equal(hash)

    // a new machine, the key file, and one address
    const elsewhere = dataDir('elsewhere')
    const keyFile = join(dir.path, 'owner-key.json')
    await copyFile(join(owner.dataDir, 'owner-key.json'), keyFile)
    const fresh = await VaultProcess.start({ dataDir: elsewhere, bootstrap: [honest[0]!.address], hold: false, ownerKeyFile: keyFile, ownerPassphrase: 'hunter2' })
    const listed = await fresh.call('list')
    expect(listed.map(({ id, label }) => [id, label])).to.deep.equal([[id, 'wallet']])
    expect((await fresh.call('open', id)).hash).to.equal(hash)

    // and nobody has written it down
    const heap = join(dir.path, 'holder.heapsnapshot')
    await honest[0]!.call('heap', heap)
    expect(await fileHas(heap, needles), 'heap snapshot of a holder').to.equal(false)
    for (const node of current) if (node !== owner) expect(await memoryHas(node.program.pid, needles), `memory of ${node.peerId}`).not.to.equal(true)
    expect(await filesWith(dir.path, needles), 'files').to.deep.equal([])
    for (const node of [...survivors, ...killed, fresh]) {
      const log = Buffer.from(node.program.lines.join('\n') + node.program.stderr)
      expect(needles.some(needle => log.includes(needle)), `what ${node.peerId} said`).to.equal(false)
    }
    // what is looked for can be found
    expect(await memoryHas(process.pid, needles)).not.to.equal(false)
  })
})
