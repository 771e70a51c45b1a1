import { expect } from 'chai'
import { ShardNetwork } from '../../support/shard-network.ts'
import { pass, settled } from './sim-time.ts'
import type { OwnerKeySource } from '../../../../../src/services/shards/index.ts'
import type { HeldShare } from '../../../../../src/services/shards/parts.ts'
import type { Manifest } from '../../../../../src/services/shards/pb/shards.ts'
import type { NetworkInit } from '../../support/shard-network.ts'
import type { ShardNode } from '../../support/shard-node.ts'

export const SECRET = new TextEncoder().encode('correct horse battery staple')
/** The default, hours as seconds. */
export const FAST_POLICY = { auditEveryMs: 6_000, refreshEveryMs: 168_000, lostAfterMs: 24_000 }

export interface SceneInit extends NetworkInit {
  threshold: number
  /** Of the nodes, how many hold a share. */
  of: number
  policy?: { auditEveryMs?: number, refreshEveryMs?: number, lostAfterMs?: number, holdersMayReshare?: boolean }
  secret?: Uint8Array
}

/** One vault among nodes in one process. */
export class Scene implements AsyncDisposable {
  readonly network: ShardNetwork
  readonly owner: ShardNode
  readonly id: string
  readonly secret: Uint8Array
  readonly #ownerKey: OwnerKeySource

  private constructor (network: ShardNetwork, owner: ShardNode, ownerKey: OwnerKeySource, id: string, secret: Uint8Array) {
    this.network = network
    this.owner = owner
    this.#ownerKey = ownerKey
    this.id = id
    this.secret = secret
  }

  static async of ({ threshold, of, policy = FAST_POLICY, secret = SECRET, ...init }: SceneInit): Promise<Scene> {
    const network = await ShardNetwork.create(init)
    const ownerKey = await network.ownerKey()
    const owner = await network.add({ hold: false, ownerKey })
    const { id } = await settled(network.clock, owner.assembly.owner.store(secret, { threshold, holders: of, policy }))
    return new Scene(network, owner, ownerKey, id, secret)
  }

  held (node: ShardNode): HeldShare | undefined {
    return node.alive ? node.assembly.holder?.held.get(this.id) : undefined
  }

  /** The newest that somebody who runs has a certificate of. */
  get manifest (): Manifest {
    const all = this.network.living.flatMap(node => this.held(node)?.vouched.manifest ?? [])
    return all.reduce((best, manifest) => manifest.seq > best.seq ? manifest : best)
  }

  /** Those that run and have all that a holder of it should have. */
  get able (): ShardNode[] {
    const { seq } = this.manifest
    return this.network.living.filter(node => {
      const held = this.held(node)
      return held?.vouched.manifest.seq === seq && held.hasShare && held.hasPayload
    })
  }

  /** Nodes that hold nothing of it. */
  get others (): ShardNode[] {
    return this.network.living.filter(node => node !== this.owner && this.held(node) == null)
  }

  /** Messages of `vault:failed`. */
  get failures (): string[] {
    return this.network.nodes.flatMap(({ events }) => events.flatMap(event => event.type === 'vault:failed' ? event.detail.error.message : []))
  }

  async pass (ms: number, until?: () => boolean | Promise<boolean>): Promise<boolean> {
    return await pass(this.network.clock, ms, until)
  }

  async settled<T> (work: Promise<T>): Promise<T> {
    return await settled(this.network.clock, work)
  }

  /** As another machine of the owner's does, that has the key and nothing else. */
  async expectToOpenAnew (): Promise<void> {
    const machine = await this.network.add({ hold: false, ownerKey: this.#ownerKey })
    expect(await this.settled(machine.assembly.owner.open(this.id))).to.deep.equal(this.secret)
    await this.settled(machine.stop())
  }

  async expectToOpen (): Promise<void> {
    expect(await this.settled(this.owner.assembly.owner.open(this.id))).to.deep.equal(this.secret)
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await this.settled(Promise.all(this.network.living.map(async node => { await node.stop() })))
  }
}
