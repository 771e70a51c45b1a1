import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { memory } from '@libp2p/memory'
import { MemoryDatastore } from 'datastore-core'
import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import { Files } from '../../../../src/services/messaging/files/files.ts'
import { protocols } from '../../../../src/services/protocols/index.ts'
import { systemClock } from '../../../../src/util/clock.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { passes } from '../../../support/eventually.ts'
import { Opinion } from '../../../support/protocol-nodes.ts'
import { stopAll } from '../../../support/stop-all.ts'
import type { Libp2p, PeerId, PrivateKey, Startable } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { FilesComponents } from '../../../../src/services/messaging/files/files.ts'
import type { Protocols } from '../../../../src/services/protocols/index.ts'
import type { Clock } from '../../../../src/util/clock.ts'

let nodes = 0

export interface FileNodeInit {
  privateKey?: PrivateKey
  datastore?: Datastore
  clock?: Clock
  /** Where it listens. @default one of its own */
  name?: string
}

export interface FileNode extends Libp2p<{ protocols: Protocols }> {
  name: string
  files: Files
  opinion: Opinion
  datastore: Datastore
  /** What it has logged as an error. */
  errors: string[]
}

/** The part of messaging that is about files, as a service of its own. */
class FileService implements Startable {
  readonly files: Files

  constructor (components: FilesComponents, clock: Clock, errors: string[]) {
    const log = Object.assign(() => {}, { error: (format: string, ...args: unknown[]) => { errors.push([format, ...args].join(' ')) }, trace: () => {}, enabled: true, newScope: () => log })
    this.files = new Files(components, { clock, rng: seededRng(nodes), log: log as never })
  }

  async beforeStart (): Promise<void> { await this.files.beforeStart() }
  async start (): Promise<void> { await this.files.start() }
  async beforeStop (): Promise<void> { await this.files.stop() }
  async stop (): Promise<void> {}
}

/** A node on the memory transport with files, and with scoring, bans and pool that only take notes. */
export async function fileNode ({ privateKey, datastore = new MemoryDatastore(), clock = systemClock, name = `files-${nodes++}` }: FileNodeInit = {}): Promise<FileNode> {
  const opinion = new Opinion()
  const errors: string[] = []
  let service: FileService | undefined
  const node = await createLibp2p({
    ...privateKey == null ? {} : { privateKey },
    datastore,
    addresses: { listen: [`/memory/${name}`] },
    transports: [memory()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: Infinity, reconnectRetries: 0 },
    connectionMonitor: { enabled: false },
    services: {
      identify: identify(),
      scoring: () => opinion.scoring,
      pool: () => ({ useful: (peerId: PeerId) => { opinion.useful.push(peerId.toString()) } }),
      protocols: protocols(),
      files: (components: unknown) => service = new FileService(components as FilesComponents, clock, errors)
    }
  })
  return Object.assign(node, { files: service?.files, opinion, datastore, errors, name }) as unknown as FileNode
}

/** What looks random, and is quickly made: every kilobyte differs. */
export function someBytes (length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  const rng = seededRng(seed)
  for (let at = 0; at < length; at += 1_024) bytes.set(rng.bytes(Math.min(16, length - at)), at)
  return bytes
}

/** Streams of the file protocol that are open between these nodes, seen from all. */
export function fileStreams (...among: FileNode[]): number {
  return among.flatMap(node => node.getConnections()).flatMap(({ streams }) => streams).filter(({ protocol }) => protocol.endsWith('/messaging/file/1.0.0')).length
}

/** Nothing is left of any transfer. */
export async function nothingLeft (...among: FileNode[]): Promise<void> {
  await passes(() => {
    for (const { files } of among) expect(files.gauges).to.deep.include({ outgoingFiles: 0, outgoingFileStreams: 0, incomingFiles: 0 })
    expect(fileStreams(...among)).to.equal(0)
  })
}

/** `await using nodes = new FileNodes()`: they stop with the block. */
export class FileNodes {
  readonly #nodes: FileNode[] = []

  async create (init?: FileNodeInit): Promise<FileNode> {
    const node = await fileNode(init)
    this.#nodes.push(node)
    return node
  }

  /** Two that are connected; the first has dialled. */
  async pair (): Promise<[FileNode, FileNode]> {
    const sender = await this.create()
    const receiver = await this.create()
    await sender.dial(receiver.getMultiaddrs())
    return [sender, receiver]
  }

  /** The same identity, datastore and address, in a new node. */
  async restart (node: FileNode, change: FileNodeInit = {}): Promise<FileNode> {
    await node.stop()
    const { privateKey } = (node as unknown as { components: { privateKey: PrivateKey } }).components
    const again = await this.create({ privateKey, datastore: node.datastore, name: node.name, ...change })
    return again
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await stopAll(this.#nodes)
  }
}
