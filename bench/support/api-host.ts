/** A process with a node and its admin API, or with a bare web server; told what to do by the process that forked it. */
import { randomBytes } from 'node:crypto'
import { multiaddr } from '@multiformats/multiaddr'
import fastify from 'fastify'
import { createAdminApi } from 'peerkeep/admin'
import { createAppNode } from 'peerkeep'
import { networkTopic } from './speaker-contract.ts'
import { pause } from './wait.ts'
import type { GossipSub } from '@libp2p/gossipsub'
import type { AppNode } from 'peerkeep'
import type { ApiHostAnswers, ApiHostCommand } from './api-contract.ts'

const EVENT = 'bench'
// time of saying, run
const HEADER_BYTES = 12

let node: AppNode | undefined
let heard: { run: number, latenciesMs: number[] } = { run: 0, latenciesMs: [] }

function started (): AppNode {
  if (node == null) throw new Error('there is no node')
  return node
}

/** The same in all processes of a machine. */
function nowMs (): number {
  return Number(process.hrtime.bigint()) / 1e6
}

function hear (bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const run = view.getUint32(8)
  if (run > heard.run) heard = { run, latenciesMs: [] }
  if (run === heard.run) heard.latenciesMs.push(nowMs() - view.getFloat64(0))
}

type Obey = { [What in ApiHostCommand['what']]: (command: ApiHostCommand & { what: What }) => Promise<ApiHostAnswers[What]> }

const obey: Obey = {
  async start ({ api, most }) {
    node = await createAppNode({
      listen: ['/ip4/127.0.0.1/tcp/0'],
      presence: false,
      dht: { mode: 'off' },
      autonat: false,
      dcutr: false,
      connectionMonitor: { enabled: false },
      pool: { feelerIntervalMs: 0, limits: { minPeers: 0, minOutbound: 0, maxPeers: most, maxInbound: most, acceptRate: { perSecond: 1e6, burst: 1e6 } } }
    })
    node.services.messaging.on(EVENT, { encode: (bytes: Uint8Array) => bytes, decode: bytes => bytes }, hear)
    const token = randomBytes(32).toString('base64url')
    // a fast machine asks for more than one address may
    const url = api ? await (await createAdminApi({ node, token, limits: { readsPerSecond: 1e6 } })).listen({ host: '127.0.0.1', port: 0 }) : ''
    return { address: String(node.getMultiaddrs()[0]), url, token }
  },
  async dial ({ address }) {
    await started().dial(multiaddr(address))
    return null
  },
  async neighbours () {
    // the router's table, which the interface does not show
    const { mesh } = started().services.pubsub as GossipSub & { mesh: Map<string, Set<string>> }
    return mesh.get(networkTopic(EVENT))?.size ?? 0
  },
  async say ({ run, count, overMs, bytes }) {
    const { messaging } = started().services
    const startMs = performance.now()
    let said = 0
    for (let i = 0; i < count; i++) {
      await pause(startMs + overMs * i / count - performance.now())
      const data = new Uint8Array(Math.max(HEADER_BYTES, bytes))
      const view = new DataView(data.buffer)
      view.setFloat64(0, nowMs())
      view.setUint32(8, run)
      await messaging.broadcast(EVENT, data)
      said++
    }
    return said
  },
  heard: async ({ run }) => run === heard.run ? heard.latenciesMs : [],
  async serve ({ path, bytes }) {
    const app = fastify()
    const body = Buffer.from(bytes)
    app.get(path, async (_, reply) => await reply.type('application/json; charset=utf-8').send(body))
    return await app.listen({ host: '127.0.0.1', port: 0 })
  }
}

process.on('message', ({ id, command }: { id: number, command: ApiHostCommand }) => {
  (obey[command.what] as (command: ApiHostCommand) => Promise<unknown>)(command).then(answer => process.send?.({ id, answer }), (err: unknown) => process.send?.({ id, error: String(err) }))
})
// whoever forked it has gone
process.on('disconnect', () => process.exit())
