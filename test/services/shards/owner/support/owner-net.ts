import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { MemoryDatastore } from 'datastore-core'
import { loadFastGroup } from '../../../../../src/crypto/threshold/fast-group.ts'
import { SignedCaller } from '../../../../../src/services/shards/caller.ts'
import { VaultChanges } from '../../../../../src/services/shards/change/changes.ts'
import { Holder } from '../../../../../src/services/shards/holder/holder.ts'
import { checkEvidence } from '../../../../../src/services/shards/model/evidence.ts'
import { Owner } from '../../../../../src/services/shards/owner/owner.ts'
import { Answer, Request, Signed } from '../../../../../src/services/shards/pb/shards.ts'
import { neutralScoring } from '../../../../../src/components.ts'
import { seededRng } from '../../../../../src/util/rng.ts'
import { ManualClock } from '../../../../support/manual-clock.ts'
import { START_MS } from '../../../../support/open-book.ts'
import { silentLogger } from '../../../messaging/direct/silent-log.ts'
import { retold } from '../../support/lies.ts'
import { MemoryLinks } from '../../support/memory-links.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { HolderInit } from '../../../../../src/services/shards/holder/holder.ts'
import type { OwnerKeySource } from '../../../../../src/services/shards/index.ts'
import type { Caller, Candidate, Evidence } from '../../../../../src/services/shards/parts.ts'
import type { Lie } from '../../support/lies.ts'

// as in a service that is used; test/crypto/threshold tries both
await loadFastGroup()

export interface TestHolder {
  name: string
  peerId: PeerId
  key: PrivateKey
  holder: Holder
  disk: Datastore
  /** What it says instead of the truth. */
  lie?: Lie
  /** Of its candidate. */
  domains: string[]
}

export interface Seat {
  owner: Owner
  peerId: PeerId
  disk: Datastore
  errors: string[]
  charges: string[]
  /** Evidence that was passed on and holds, as `<kind> <peer id>`. */
  lies: string[]
  caller: Caller
  /** Ends what it does behind the back of its callers. */
  stop (): Promise<void>
}

export interface OwnerNetOptions extends Partial<HolderInit> {
  holders?: number
  seed?: number
}

/** Holders in one process, and nodes with owner keys that know them; time moves only as far as somebody waits for it. */
export class OwnerNet {
  readonly clock = new ManualClock(START_MS)
  readonly rng
  readonly links: MemoryLinks
  readonly holders = new Map<string, TestHolder>()
  /** Peer ids that the DHT gives for everything. */
  provided: PeerId[] = []
  readonly #options: OwnerNetOptions
  readonly #owners: Owner[] = []
  readonly #changes: VaultChanges[] = []

  private constructor (options: OwnerNetOptions) {
    this.#options = options
    this.rng = seededRng(options.seed ?? 1)
    this.links = new MemoryLinks({ clock: this.clock, rng: this.rng, latencyMs: [0, 0] })
  }

  static async of (options: OwnerNetOptions = {}): Promise<OwnerNet> {
    const net = new OwnerNet(options)
    for (let i = 1; i <= (options.holders ?? 5); i++) await net.start(`h${i}`)
    return net
  }

  at (name: string): TestHolder {
    const found = this.holders.get(name)
    if (found == null) throw new Error(`there is no ${name}`)
    return found
  }

  byPeer (peer: PeerId): TestHolder {
    return [...this.holders.values()].find(({ peerId }) => peerId.equals(peer))!
  }

  async start (name: string, options: Partial<HolderInit> = {}): Promise<TestHolder> {
    const key = await keyNamed(name)
    const peerId = peerIdFromPrivateKey(key)
    const disk = options.datastore ?? this.holders.get(name)?.disk ?? new MemoryDatastore()
    const { holders, seed, ...common } = this.#options
    const holder = new Holder({ datastore: disk, privateKey: key, peerId, clock: this.clock, rng: seededRng(key.publicKey.raw[0]!), log: silentLogger([]).forComponent('shards'), ...common, ...options })
    await holder.load()
    const test: TestHolder = { name, peerId, key, holder, disk, domains: this.holders.get(name)?.domains ?? [] }
    this.holders.set(name, test)
    this.links.attach(peerId, {
      receive: async (from, frame) => {
        const answer = await holder.receive(from, frame)
        return test.lie == null ? answer : await retold(answer, test.lie, key, { Answer, Signed })
      },
      told: async () => {}
    })
    return test
  }

  /** The process is gone; its disk stays. */
  kill (...names: string[]): void {
    for (const name of names) this.links.detach(this.at(name).peerId)
  }

  /** Nobody answers there, and nobody says so. */
  hang (...names: string[]): void {
    this.links.partition(names.map(name => this.at(name).peerId))
  }

  async seat (name: string, { key = 'owner', disk = new MemoryDatastore(), source, known = () => this.candidates() }: { key?: string, disk?: Datastore, source?: OwnerKeySource, known?: () => Candidate[] } = {}): Promise<Seat> {
    const privateKey = await keyNamed(name)
    const peerId = peerIdFromPrivateKey(privateKey)
    const [errors, charges, lies]: [string[], string[], string[]] = [[], [], []]
    const scoring = () => ({ ...neutralScoring, report: (peer: PeerId, offence: string, cause: string) => { charges.push(`${peer.toString()} ${offence} ${cause}`) } })
    const log = silentLogger(errors).forComponent('shards')
    const informer = {
      inform: async (evidence: Evidence) => {
        const lie = await checkEvidence(evidence)
        if (lie != null) lies.push(`${lie.kind} ${lie.peerId.toString()}`)
      }
    }
    const common = { self: peerId, clock: this.clock, rng: seededRng(privateKey.publicKey.raw[1]!), log, scoring, informer }
    const caller = new SignedCaller({ ...common, privateKey, transport: this.links.transportOf(peerId) })
    const changes = new VaultChanges({ ...common, caller })
    const owner = new Owner({
      ...common,
      caller,
      changes,
      datastore: disk,
      ownerKey: source ?? await fixedKey(key),
      peers: {
        candidates: async () => known(),
        providers: async function * (this: void) { yield * provided() }
      }
    })
    const provided = (): PeerId[] => this.provided
    this.links.attach(peerId, { receive: async () => { throw new Error('it holds nothing') }, told: async () => {} })
    await owner.load()
    changes.start()
    owner.start()
    this.#owners.push(owner)
    this.#changes.push(changes)
    const stop = async (): Promise<void> => { await this.run(Promise.all([owner.stop(), changes.stop()])) }
    return { owner, peerId, disk, errors, charges, lies, caller, stop }
  }

  candidates (names = [...this.holders.keys()]): Candidate[] {
    return names.map(name => {
      const { peerId, domains } = this.at(name)
      return { peerId, quality: 50, knownMs: 86_400_000, domains, connected: true }
    })
  }

  /** Lets time pass until it is settled. */
  async run<T> (work: Promise<T>): Promise<T> {
    const state = { settled: false }
    const over = (): void => { state.settled = true }
    work.then(over, over)
    for (let i = 0; !state.settled && i < 20_000; i++) await this.clock.advanceAsync(5, 5)
    if (!state.settled) throw new Error('not settled within 100 s of the clock')
    return await work
  }

  async stop (): Promise<void> {
    await this.run(Promise.all([...this.#owners.map(async owner => { await owner.stop() }), ...this.#changes.map(async changes => { await changes.stop() })]))
    for (const { holder } of this.holders.values()) await holder.stop()
  }
}

export async function keyNamed (name: string): Promise<PrivateKey> {
  return await generateKeyPairFromSeed('Ed25519', sha256(utf8ToBytes(name)))
}

async function fixedKey (name: string): Promise<OwnerKeySource> {
  const key = await keyNamed(name)
  return { load: async () => key, create: async () => key }
}

/** What a frame on its way asks; undefined for an answer. */
export function asked ({ bytes, answer }: { bytes: Uint8Array, answer: boolean }): Request | undefined {
  return answer ? undefined : Request.decode(Signed.decode(bytes).content)
}

/** What a disk has now. */
export async function copyOf (disk: Datastore): Promise<MemoryDatastore> {
  const copy = new MemoryDatastore()
  for await (const { key, value } of disk.query({})) await copy.put(key, value)
  return copy
}

/** Of an error: which holders it is about, ascending. */
export function indicesOf ({ details }: { details: Record<string, unknown> }): number[] {
  return (details['indices'] as number[]).toSorted((a, b) => a - b)
}

/** The error that a call rejects with. */
export async function failure (work: Promise<unknown>): Promise<Error & { code: string, details: Record<string, unknown> }> {
  try {
    await work
  } catch (err) {
    return err as Error & { code: string, details: Record<string, unknown> }
  }
  throw new Error('it did not reject')
}
