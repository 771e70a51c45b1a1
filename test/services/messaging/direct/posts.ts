import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { memory } from '@libp2p/memory'
import { MemoryDatastore } from 'datastore-core'
import { createLibp2p } from 'libp2p'
import { addressBook } from '../../../../src/services/address-book/index.ts'
import { messaging } from '../../../../src/services/messaging/index.ts'
import { pool } from '../../../../src/services/pool/index.ts'
import { protocols } from '../../../../src/services/protocols/index.ts'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Messaging, MessagingInit } from '../../../../src/services/messaging/index.ts'
import type { Pool } from '../../../../src/services/pool/index.ts'
import type { Protocols } from '../../../../src/services/protocols/index.ts'

export type Post = Libp2p<{ messaging: Messaging, protocols: Protocols, pool: Pool }>

let places = 0

/** A node on the memory transport that may end and begin anew with the same key, address and datastore. */
export class Place {
  readonly datastore: Datastore
  readonly address: string
  readonly init: MessagingInit
  readonly #key: PrivateKey
  #node?: Post

  private constructor (key: PrivateKey, init: MessagingInit, datastore: Datastore) {
    this.#key = key
    this.init = init
    this.datastore = datastore
    this.address = `/memory/post-${places++}`
  }

  static async make (init: MessagingInit = {}, datastore: Datastore = new MemoryDatastore()): Promise<Place> {
    return new Place(await generateKeyPair('Ed25519'), { minRetryMs: 20, maxRetryMs: 200, ...init }, datastore)
  }

  get node (): Post {
    if (this.#node == null) throw new Error('nobody is there')
    return this.#node
  }

  get messaging (): Messaging {
    return this.node.services.messaging
  }

  /** `before` is called when it has its services, and does not run yet. */
  async open (before: (node: Post) => void = () => {}): Promise<Post> {
    const node = await createLibp2p({
      start: false,
      privateKey: this.#key,
      datastore: this.datastore,
      addresses: { listen: [this.address] },
      transports: [memory()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager: { inboundConnectionThreshold: Infinity, reconnectRetries: 0 },
      connectionMonitor: { enabled: false },
      services: {
        identify: identify(),
        pubsub: gossipsub(),
        addressBook: addressBook(),
        pool: pool({ limits: { minPeers: 0, minOutbound: 0 } }),
        protocols: protocols(),
        messaging: messaging(this.init)
      }
    }) as unknown as Post
    before(node)
    await node.start()
    this.#node = node
    return node
  }

  async close (): Promise<void> {
    await this.#node?.stop()
    this.#node = undefined
  }
}

/** `await using posts = new Posts()`: places that close with the block. */
export class Posts implements AsyncDisposable {
  readonly #places: Place[] = []

  async add (init: MessagingInit = {}, datastore?: Datastore): Promise<Place> {
    const place = await Place.make(init, datastore)
    this.#places.push(place)
    return place
  }

  /** Both open, and connected. */
  async pair (sender: MessagingInit = {}, receiver: MessagingInit = {}): Promise<[Place, Place]> {
    const pair: [Place, Place] = [await this.add(sender), await this.add(receiver)]
    await Promise.all(pair.map(async place => await place.open()))
    await connect(...pair)
    return pair
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await Promise.all(this.#places.map(async place => { await place.close() }))
  }
}

export async function connect (from: Place, to: Place): Promise<void> {
  await from.node.dial(to.node.getMultiaddrs())
}
