/**
 * A node in a process of its own that does what it is told, one JSON object in a line each way: `{ id, name, args }`, answered by
 * `{ event: 'done', id, value }` or `{ event: 'failed', id, code, message }`. Runs what is in `dist`.
 */
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { writeHeapSnapshot } from 'node:v8'
import { isPeerId } from '@libp2p/interface'
import { createAppNode, protocols } from 'peerkeep'
import { Answer, Signed } from '../../../dist/services/shards/pb/shards.js'
import { LIES, retold } from '../../services/shards/support/lies.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { Lie } from '../../services/shards/support/lies.ts'
import type { Protocols, ShardsEvents, StoreOptions } from 'peerkeep'

export interface VaultNodeInit {
  dataDir: string
  bootstrap?: string[]
  /** @default true */
  hold?: boolean
  ownerKeyFile?: string
  ownerPassphrase?: string
}

const MIN_INTERVAL_MS = 250
const EVENTS: ReadonlyArray<keyof ShardsEvents> = ['vault:changed', 'holder:lied', 'holder:lost', 'vault:failed']

const init = JSON.parse(process.argv[2] ?? '{}') as VaultNodeInit
const { dataDir, bootstrap, hold, ownerKeyFile, ownerPassphrase } = init
/** What it says instead of what is so. */
let lie: Lie | undefined
const node = await createAppNode({
  dataDir,
  bootstrap,
  listen: ['/ip4/127.0.0.1/tcp/0'],
  dht: { mode: 'off' },
  presence: false,
  shards: { hold, ownerKeyFile, ownerPassphrase, minIntervalMs: MIN_INTERVAL_MS },
  services: { protocols: components => lying(protocols()(components), components.privateKey) }
})
const { shards, scoring } = node.services

/** The same, but that answers on shards may be told otherwise, and signed. */
function lying (honest: Protocols, privateKey: PrivateKey): Protocols {
  const handle = honest.handle.bind(honest)
  honest.handle = async (protocol, handler) => {
    if (!protocol.ids[0].includes('/shards/call/')) {
      await handle(protocol, handler)
      return
    }
    const answer = handler as unknown as (frame: Uint8Array, context: unknown) => Promise<Uint8Array>
    const retelling = async (frame: Uint8Array, context: unknown): Promise<Uint8Array> => {
      const truth = await answer(frame, context)
      return lie == null ? truth : await retold(truth, lie, privateKey, { Answer, Signed })
    }
    await handle(protocol, retelling as unknown as typeof handler)
  }
  return honest
}

const tell = (message: object): void => { process.stdout.write(`${JSON.stringify(message)}\n`) }
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

const commands = {
  store: async (secret: string, options: StoreOptions) => plain(await shards.store(bytesOf(secret), { timeoutMs: 60_000, ...options })),
  /** The hash of what was opened: the secret itself stays in the process. */
  open: async (id: string) => {
    const told: object[] = []
    const secret = await shards.open(id, { timeoutMs: 60_000, onProgress: progress => { if (progress.step === 'liar') told.push(plain(progress)) } })
    return { hash: createHash('sha256').update(secret).digest('hex'), liars: told }
  },
  status: async (id: string) => plain(await shards.status(id)),
  refresh: async (id: string) => plain(await shards.refresh(id, { timeoutMs: 60_000 })),
  list: async () => plain(await shards.list()),
  snapshot: async () => plain(shards.snapshot()),
  misbehaviour: async (peerId: string) => scoring.get(peerId)?.misbehaviour ?? 0,
  connections: async () => node.getConnections().length,
  lie: async (name: keyof typeof LIES) => { lie = LIES[name] },
  heap: async (path: string) => writeHeapSnapshot(path)
} as const

export type VaultCommands = typeof commands

/** Peer ids as text. */
function plain<T> (value: T): T {
  return JSON.parse(JSON.stringify(value, (_, part: unknown) => isPeerId(part) ? part.toString() : part)) as T
}

for (const name of EVENTS) {
  shards.addEventListener(name, ({ detail }) => {
    const { error, ...facts } = detail as { error?: Error }
    tell({ event: name, ...plain(facts), ...error == null ? {} : { error: error.message } })
  })
}
tell({ event: 'ready', peerId: node.peerId.toString(), address: String(node.getMultiaddrs()[0]) })

for await (const line of createInterface({ input: process.stdin })) {
  const { id, name, args } = JSON.parse(line) as { id: number, name: keyof VaultCommands, args: unknown[] }
  const run = commands[name] as (...args: unknown[]) => Promise<unknown>
  run(...args).then(
    value => { tell({ event: 'done', id, value }) },
    (err: unknown) => { tell({ event: 'failed', id, code: (err as { code?: string }).code, message: String(err) }) }
  )
}
await node.stop()
