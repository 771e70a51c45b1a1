import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { KEEP_ALIVE } from '@libp2p/interface'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import { Crowd, holdStream } from '../attacks/support/crowd.ts'
import { eventually } from '../support/eventually.ts'
import { keyOf } from '../support/signed-records.ts'
import { stillAtFault } from '../support/upstream.ts'
import type { ConnectionGater, Libp2p } from '@libp2p/interface'

const SLOTS = 6
const HELD = '/test/held/1.0.0'

async function listener (init: { maxConnections?: number, connectionGater?: ConnectionGater } = {}): Promise<Libp2p> {
  const { maxConnections, connectionGater } = init
  return await createLibp2p({
    privateKey: await keyOf(1),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater,
    connectionManager: { ...maxConnections == null ? {} : { maxConnections }, inboundConnectionThreshold: Infinity, reconnectRetries: 2, reconnectRetryInterval: 10 },
    connectionMonitor: { enabled: false },
    services: { identify: identify() }
  })
}

describe('upstream: connection manager', () => {
  let node: Libp2p
  afterEach(async () => { await node.stop() })

  it('E10: one IP fills every slot, and with a stream each nobody is let go of', async () => {
    await using crowd = new Crowd()
    node = await listener({ maxConnections: SLOTS })
    await node.handle(HELD, () => {})
    for (let i = 0; i < SLOTS; i++) {
      const attacker = await crowd.add({ seed: 10 + i, from: '127.0.0.1' })
      await holdStream(await attacker.dial(node.getMultiaddrs()), HELD)
    }
    const honest = await crowd.add({ seed: 9, from: '127.9.0.1', listens: true })
    const refusal = await honest.dial(node.getMultiaddrs()).then(() => undefined, (err: Error) => err)
    // over the limit now: somebody would have to go
    const pruned = new Promise(resolve => { node.addEventListener('connection:prune', resolve, { once: true }) })
    await node.dial(honest.getMultiaddrs())
    await pruned
    const taken = node.getConnections().filter(({ direction, status }) => direction === 'inbound' && status === 'open').length
    stillAtFault(refusal != null && taken === SLOTS, 'src/services/pool (gate.ts, eviction.ts)', `${taken} of ${SLOTS} slots are one IP's, an honest peer was ${refusal == null ? 'let in' : 'refused'}`)
  })

  it('E12: a peer to be kept that stays away is given up for ever', async () => {
    await using crowd = new Crowd()
    node = await listener()
    const wanted = await crowd.add({ seed: 20, from: '127.0.0.1', listens: true })
    const givenUp = new Promise(resolve => { node.addEventListener('peer:reconnect-failure', resolve, { once: true }) })
    await node.dial(wanted.getMultiaddrs())
    await node.peerStore.merge(wanted.peerId, { tags: { [KEEP_ALIVE]: { value: 1 } } })
    await wanted.stop()
    await givenUp
    const { tags } = await node.peerStore.get(wanted.peerId)
    stillAtFault(!tags.has(KEEP_ALIVE), 'src/services/pool/keepers.ts and src/app-node/libp2p-options.ts (reconnectRetries)', `tags ${[...tags.keys()].join()}`)
  })

  /** The hooks of the listener that are asked about one dial, when the named one refuses. */
  async function asked (refusing: keyof ConnectionGater): Promise<{ hooks: string[], withId: string[] }> {
    await using crowd = new Crowd()
    const hooks: string[] = []
    const withId: string[] = []
    const hook = (name: keyof ConnectionGater) => (first: object): boolean => {
      hooks.push(name)
      if ('toMultihash' in first) withId.push(name)
      return name === refusing
    }
    const names = ['denyInboundConnection', 'denyInboundEncryptedConnection', 'denyInboundUpgradedConnection'] as const
    node = await listener({ connectionGater: Object.fromEntries(names.map(name => [name, hook(name)])) })
    const dialler = await crowd.add({ seed: 30, from: '127.0.0.1' })
    await dialler.dial(node.getMultiaddrs()).catch(() => {})
    await eventually('the listener has refused', () => hooks.includes(refusing))
    await node.stop()
    return { hooks, withId }
  }

  it('E17: who a peer is, is known only after the handshake, so only its address can be refused before', async () => {
    const byAddress = await asked('denyInboundConnection')
    const byId = await asked('denyInboundEncryptedConnection')
    expect(byAddress.hooks).to.deep.equal(['denyInboundConnection'])
    const first = byId.hooks[0] ?? ''
    stillAtFault(first === 'denyInboundConnection' && !byId.withId.includes(first) && byId.withId.includes('denyInboundEncryptedConnection'), 'src/services/pool/gate.ts', `asked ${byId.hooks.join(', ')}, with the peer id ${byId.withId.join(', ')}`)
  })
})
