import { expect } from 'chai'
import { ClassicLevel } from 'classic-level'
import { MemoryDatastore } from 'datastore-core'
import { LevelDatastore } from 'datastore-level'
import { Key } from 'interface-datastore'
import { join } from 'node:path'
import { CachedDatastore } from '../../../../src/platform/cached-datastore.ts'
import { StoredVault } from '../../../../src/services/shards/pb/holder-store.ts'
import { Change } from '../../../../src/services/shards/pb/shards.ts'
import { makeTempDir } from '../../../support/temp-dir.ts'
import { Mortal } from '../support/mortal.ts'
import { Drill, PAYLOAD, hashOfManifest } from './support/drill.ts'
import { FailingDatastore } from './support/failing-datastore.ts'
import type { Datastore } from 'interface-datastore'
import type { Signed } from '../../../../src/services/shards/pb/shards.ts'

const AB = ['a', 'b']

interface Said {
  /** The hash of what was accepted last, hexadecimal; and the seq that was certified last. */
  accepted?: string
  seq: number
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** One life of a vault. `at` runs a step that only b can spoil, and runs it again when it did. */
async function life (drill: Drill, said: Said, at: (what: string, step: () => Promise<unknown>) => Promise<void>): Promise<void> {
  const agree = async (draft: () => ReturnType<Drill['draft']>, names = AB): Promise<void> => {
    let propose = undefined as unknown as Awaited<ReturnType<typeof draft>>
    await at('prepare', async () => { propose = await draft() })
    const accepts = new Map<string, Signed>()
    await at('propose', async () => {
      accepts.set('b', await drill.signedAnswer('b', { propose }, { from: drill.at('a') }))
      said.accepted = hex(hashOfManifest(propose))
    })
    for (const name of names) if (name !== 'b') accepts.set(name, await drill.signedAnswer(name, { propose }))
    const vouched = await drill.certify(propose, accepts)
    for (const name of names) if (name !== 'b') await drill.ask(name, { commit: { manifest: vouched.signed } }, { from: drill.at('a') })
    await at('commit', async () => {
      await drill.ask('b', { commit: { manifest: vouched.signed } }, { from: drill.at('a') })
      drill.vouched = vouched
      said.accepted = undefined
      said.seq = vouched.manifest.seq
    })
  }
  await drill.upload('a')
  await at('upload', async () => { await drill.upload('b', PAYLOAD, 700) })
  await agree(async () => await drill.genesis(AB))
  await agree(async () => await drill.draft())
  await agree(async () => await drill.draft({ byHolders: true }))
  await agree(async () => await drill.draft({ change: Change.UPDATE, edit: manifest => { manifest.label = Uint8Array.of(1) } }))
  await at('open', async () => {
    const { manifest: { epoch, item } } = drill.vouched!
    await drill.ask('b', { open: { epoch, encapsulation: item!.encapsulation } })
  })
  await at('revoke', async () => {
    await drill.ask('b', { revoke: { seq: 4 } })
    said.seq = Infinity
  })
}

/** What b has after it began anew is all that it said it has. */
function check (drill: Drill, { accepted, seq }: Said, what: string): void {
  const { holder, errors } = drill.at('b')
  expect(errors, what).to.deep.equal([])
  const held = holder.held.get(drill.id)
  if (seq === Infinity) expect(held, what).to.equal(undefined)
  else if (seq > 0 && what !== 'revoke') {
    expect(held?.vouched.manifest.seq, what).to.be.at.least(seq)
    expect(held, what).to.include({ hasShare: true, hasPayload: true })
  }
  if (accepted != null && (held == null || hex(held.vouched.hash) !== accepted)) expect(holder.pendingSeq(drill.id), what).to.equal(seq + 1)
}

async function dying (k: number, afterWrite: boolean, open: () => Promise<{ datastore: Datastore, close: () => Promise<void> }>): Promise<number> {
  let disk = await open()
  const drill = await Drill.of(['a'])
  const said: Said = { seq: 0 }
  let died = Promise.withResolvers<void>()
  let mortal = new Mortal(drill.clock, disk.datastore)
  mortal.onWrite = count => {
    if (count !== k) return
    const die = (): void => { mortal.die(); died.resolve() }
    if (afterWrite) queueMicrotask(die)
    else die()
  }
  await drill.start('b', mortal.datastore, { clock: mortal.clock })
  await life(drill, said, async (what, step) => {
    const done = step().then(() => true)
    done.catch(() => {})
    if (await Promise.race([done, died.promise.then(() => false)])) return
    await disk.close()
    disk = await open()
    died = Promise.withResolvers<void>()
    mortal = new Mortal(drill.clock, disk.datastore)
    await drill.start('b', mortal.datastore, { clock: mortal.clock })
    check(drill, said, what)
    await step()
  })
  const { writes } = mortal
  await drill[Symbol.asyncDispose]()
  await disk.close()
  return writes
}

describe('shards holder: killed', () => {
  it('before every other of its writes, it has what it said', async function () {
    this.timeout(60_000)
    const writes = await dying(Infinity, false, memory())
    expect(writes).to.be.greaterThan(20)
    // after one write is before the next; only the answer of the last differs
    for (let k = 1; k <= writes; k += 2) await dying(k, false, memory())
    await dying(writes, true, memory())
  })

  it('on a real disk, too', async function () {
    this.timeout(60_000)
    for (const k of [3, 6, 8, 12, 16]) {
      await using dir = await makeTempDir()
      await dying(k, k % 3 === 0, async () => {
        const level = new ClassicLevel<string, Uint8Array>(join(dir.path, 'db'), { keyEncoding: 'utf8', valueEncoding: 'view', compression: false })
        await level.open()
        const datastore = new CachedDatastore(new LevelDatastore(level as unknown as ConstructorParameters<typeof LevelDatastore>[0]))
        return { datastore, close: async () => { await level.close() } }
      })
    }
  })
})

describe('shards holder: with a full disk', () => {
  it('says NO_SPACE, keeps what it had, and goes on when there is space', async function () {
    this.timeout(60_000)
    let k = 1
    let refusals = 0
    for (; k < 100; k += 2) {
      const disk = new FailingDatastore(k)
      const drill = await Drill.of(['a'])
      await drill.start('b', disk)
      const said: Said = { seq: 0 }
      await life(drill, said, async (what, step) => {
        try {
          await step()
        } catch (err) {
          expect((err as { failure?: { code: string } }).failure?.code, what).to.equal('NO_SPACE')
          refusals++
          drill.at('b').errors.splice(0)
          check(drill, said, what)
          await drill.restart('b')
          check(drill, said, what)
          await step()
        }
        // what could only not be written down, or deleted, keeps nobody from what is theirs
        for (const error of drill.at('b').errors.splice(0)) expect(error).to.match(/could not be (written down|deleted yet)/)
        check(drill, said, 'in between')
      }).catch((err: unknown) => { throw new Error(`write ${k}`, { cause: err }) })
      await drill[Symbol.asyncDispose]()
      if (!disk.failed) break
    }
    expect(k).to.be.greaterThan(20)
    expect(refusals).to.be.greaterThan(5)
  })
})

describe('shards holder: at rest', () => {
  it('has no share in clear, and none of an old epoch', async () => {
    const disk = new MemoryDatastore()
    await using drill = await Drill.of(['a'])
    await drill.start('b', disk)
    await drill.store(AB)
    const all = async (): Promise<string> => {
      let text = ''
      for await (const { value } of disk.query({})) text += hex(value)
      return text
    }
    const scalar = async (epoch: number): Promise<string> => hex((await drill.ask('b', { export: { epoch } })).share!.scalar)
    const first = await scalar(1)
    const lockedFirst = await locked(disk, drill.id)
    expect(await all()).to.not.include(first)
    expect(await all()).to.include(lockedFirst)
    const propose = await drill.draft()
    const accepts = await drill.accepts(AB, propose)
    expect(await all()).to.include(lockedFirst)
    await drill.commit(AB, propose, accepts)
    const text = await all()
    expect(text).to.not.include(lockedFirst)
    expect(text).to.not.include(await scalar(2))
    expect(drill.at('b').errors).to.deep.equal([])
  })
})

async function locked (disk: Datastore, id: string): Promise<string> {
  return hex(StoredVault.decode(await disk.get(new Key(`/peerkeep/shards/vault/${id}`))).share!.locked)
}

function memory (): () => Promise<{ datastore: Datastore, close: () => Promise<void> }> {
  const datastore = new MemoryDatastore()
  return async () => ({ datastore, close: async () => {} })
}
