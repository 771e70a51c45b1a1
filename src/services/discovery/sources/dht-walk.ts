import { timeoutSignal } from '../../../util/clock.ts'
import { until } from '../wait.ts'
import { repeat } from './repeat.ts'
import type { DiscoveryComponents, Source, SourceContext } from '../index.ts'

export type DhtWalkComponents = Pick<DiscoveryComponents, 'addressBook' | 'connectionManager' | 'events' | 'peerId' | 'peerRouting'>

const PACE = { minMs: 1_000, maxMs: 60_000 }
const WALK_TIMEOUT_MS = 30_000
const MAX_PEERS_PER_WALK = 64
const KEY_BYTES = 32

/**
 * Strangers from the DHT: asks for the peers nearest to a random key, at most once a second, once a minute while that
 * brings nobody new. Waits until there is a connection; ends when the node has no peer routing.
 *
 * Why not libp2p's own random walk: it asks again as soon as an answer is in. A router that answers at once (kad-dht
 * with `allowQueryWithZeroPeers`) then blocks the event loop for ever: no timer, no abort gets through.
 */
export function dhtWalk (): (components: DhtWalkComponents) => Source {
  return (components) => ({
    name: 'dht',
    async * find (context) {
      const { connectionManager, events } = components
      try {
        yield * repeat(context, PACE, async function * () {
          await until(() => connectionManager.getConnections().length > 0, context.signal, [events, 'connection:open'])
          return yield * walk(components, context)
        })
      } catch (err) {
        if (!(err instanceof Error) || err.name !== 'NoPeerRoutersError') throw err
        context.log('no random walk: this node has no DHT')
      }
    }
  })
}

async function * walk ({ addressBook, peerId, peerRouting }: DhtWalkComponents, { clock, rng, signal }: SourceContext): ReturnType<Parameters<typeof repeat>[2]> {
  const timeout = timeoutSignal(clock, WALK_TIMEOUT_MS, signal)
  let found = 0
  let fruitful = false
  try {
    for await (const { id, multiaddrs } of peerRouting.getClosestPeers(rng.bytes(KEY_BYTES), { signal: timeout.signal })) {
      if (id.equals(peerId)) continue
      if (addressBook.get(id) == null) fruitful = true
      yield { peerId: id, multiaddrs }
      if (++found === MAX_PEERS_PER_WALK) break
    }
  } catch (err) {
    // a walk that takes too long keeps what it found
    if (signal.aborted || !timeout.signal.aborted) throw err
  } finally {
    timeout.clear()
  }
  return fruitful
}
