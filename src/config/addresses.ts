import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { Circuit, DNSADDR, Memory, QUIC_V1, TCP, WebSockets, WebSocketsSecure } from '@multiformats/multiaddr-matcher'
import { Refused, same, textual } from './value-types.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { ValueType } from './value-types.ts'

const EXAMPLE_PEER = '12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE'

const matches = (parsed: Multiaddr, matchers: ReadonlyArray<{ matches (ma: Multiaddr): boolean }>): boolean => matchers.some(matcher => matcher.matches(parsed))

const SERVED = [TCP, WebSockets, WebSocketsSecure, QUIC_V1]

function port (parsed: Multiaddr): string | undefined {
  return parsed.getComponents().find(({ name }) => name === 'tcp' || name === 'udp')?.value
}

/** Where another node is. May lack the peer id. */
export const dialAddress: ValueType<string> = address(`/ip4/127.0.0.1/tcp/4701/p2p/${EXAMPLE_PEER}`, (parsed) => {
  if (!matches(parsed, [...SERVED, Circuit, DNSADDR, Memory])) return 'no transport of this node can dial it'
  return port(parsed) === '0' ? 'port 0 cannot be dialled' : undefined
})

/** Where this node listens. Port 0 lets the system choose; `/p2p-circuit` after a relay's address listens through it. */
export const listenAddress: ValueType<string> = address('/ip4/0.0.0.0/tcp/4701 or /ip4/0.0.0.0/tcp/4702/ws', (parsed) => {
  const names = parsed.getComponents().map(({ name }) => name)
  if (names.at(-1) === 'p2p-circuit' || Memory.matches(parsed)) return undefined
  if (names.includes('p2p')) return 'leave out /p2p/..., this node adds its own peer id'
  if (!matches(parsed, SERVED)) return 'no transport of this node can listen on it'
  return names[0] === 'ip4' || names[0] === 'ip6' ? undefined : 'an address to listen on begins with /ip4/ or /ip6/'
})

/** What others are told to dial. */
export const announceAddress: ValueType<string> = address('/dns4/node.example.org/tcp/4701', (parsed) => {
  if (!matches(parsed, [...SERVED, Circuit, Memory])) return 'no transport can dial it'
  return port(parsed) === '0' ? 'port 0 cannot be dialled' : undefined
})

/** A multiaddr, kept as canonical text. `example` shows a right one. */
function address (example: string, check: (parsed: Multiaddr) => string | undefined): ValueType<string> {
  return textual('<multiaddr>', `a multiaddr like ${example}`, (value) => {
    const parsed = parse(value)
    const reason = check(parsed)
    if (reason != null) throw new Refused(reason)
    return parsed.toString()
  }, same)
}

function parse (value: string): Multiaddr {
  let parsed: Multiaddr
  try {
    parsed = multiaddr(value)
  } catch (err) {
    throw new Refused(err instanceof Error ? lowerFirst(err.message) : String(err))
  }
  const peerId = parsed.getComponents().findLast(({ name }) => name === 'p2p')?.value
  try {
    if (peerId != null) peerIdFromString(peerId)
  } catch {
    throw new Refused(`"${peerId}" is not a peer id`)
  }
  return parsed
}

function lowerFirst (sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}
