import { protocolPair } from './protocol-nodes.ts'
import { watchUnhandled } from './unhandled.ts'
import type { Connection } from '@libp2p/interface'
import type { ProtocolNode, ProtocolPair } from './protocol-nodes.ts'
import type { Protocols, ProtocolsInit } from '../../src/services/protocols/index.ts'

/** The pair of the test that is running. */
export interface EachPair extends Omit<ProtocolPair, 'stop'> {
  readonly caller: Protocols
  readonly callee: Protocols
}

/** Gives each test of the suite a pair of its own, and fails those that leave a rejection to nobody; `quiet`: or a stream open. */
export function eachPair ({ init = () => ({}), quiet = false }: { init?: () => ProtocolsInit, quiet?: boolean } = {}): EachPair {
  let pair: ProtocolPair
  let unhandled: ReturnType<typeof watchUnhandled>

  beforeEach(async () => {
    unhandled = watchUnhandled()
    pair = await protocolPair(init())
  })

  afterEach(async () => {
    try {
      if (quiet) await pair.quiet()
      await pair.stop()
    } finally {
      await unhandled.stop()
    }
  })

  return {
    get client (): ProtocolNode { return pair.client },
    get server (): ProtocolNode { return pair.server },
    get connection (): Connection { return pair.connection },
    get inbound (): Connection { return pair.inbound },
    get caller (): Protocols { return pair.client.services.protocols },
    get callee (): Protocols { return pair.server.services.protocols },
    streams: () => pair.streams(),
    quiet: async count => { await pair.quiet(count) }
  }
}
