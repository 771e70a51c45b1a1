import { one, optional } from '../../../config/option.ts'
import { integer, oneOf } from '../../../config/value-types.ts'
import { sleep, systemClock } from '../../../util/clock.ts'
import { client, needed } from '../../command.ts'
import { shortId, shortTime } from '../../screen.ts'
import { peerIdOf, targetOf } from '../names.ts'
import { ago, count } from '../output.ts'
import { anyText, dialTarget, peerName } from '../value-types.ts'
import type { DialAnswer, DialRequest, Peer, PeerDetail, PeerPage, PingAnswer } from '../../../http/schemas/peer.ts'
import type { Palette } from '../../screen.ts'
import type { ApiClient } from '../api-client.ts'
import type { Output } from '../output.ts'
import type { Column } from '../table.ts'

const PING_GAP_MS = 500
/** The node gives up first, and says why. */
const DIAL_MS = 90_000

export const COLUMNS: ReadonlyArray<Column<Peer>> = [
  { title: 'PEER', of: ({ peerId }) => peerId, short: ({ peerId }) => shortId(peerId) },
  { title: 'LINK', of: linkOf },
  { title: 'SCORE', of: ({ score }) => score.toFixed(1), right: true, paint: (text, { score }, p) => score < 0 ? p.red(text) : text },
  { title: 'STANDING', of: ({ standing }) => standing, paint: (text, { standing }, p) => standing === 'good' ? p.green(text) : p.yellow(text) },
  { title: 'RTT', of: ({ rttMs }) => rttMs == null ? undefined : shortTime(rttMs), right: true },
  { title: 'SINCE', of: ({ connectedMs }) => ago(connectedMs), spare: 2 },
  { title: 'ADDRESS', of: ({ address }) => address?.replace(/\/p2p\/[^/]+$/, ''), least: 20, spare: 3 },
  { title: 'AGENT', of: ({ agent }) => agent, least: 8, spare: 1 }
]

export const peers = client({
  summary: 'list the peers that are connected, or known',
  about: 'The best come first. In a narrow terminal ids are shortened; what they end with is enough for other commands.',
  example: 'peers --state all --search 192.0.2.',
  arguments: {},
  flags: {
    state: one(oneOf('<state>', ['connected', 'known', 'all']), 'connected', 'which of them; known are those that are not connected'),
    standing: optional(oneOf('<standing>', ['good', 'discouraged', 'refused', 'banned']), 'only those in that standing'),
    search: optional(anyText, 'only those with that in their id, an address, a role or what they call themselves'),
    sort: one(oneOf('<field>', ['score', 'quality', 'rttMs', 'connectedMs', 'peerId']), 'score', 'by what'),
    order: optional(oneOf('<order>', ['asc', 'desc']), 'lowest or highest first'),
    limit: one(integer(1, 1_000), 200, 'so many at most')
  },
  json: 'one object: peers, total, offset, connected',
  run: async ({ api, out, flags }) => {
    const page = await api.get<PeerPage>('/v1/peers', { query: { ...flags, order: flags.order ?? (flags.sort === 'score' || flags.sort === 'quality' ? 'desc' : 'asc') } })
    out.answer(page, () => page.peers.length === 0 ? 'no peers' : [
      ...out.table(page.peers, COLUMNS),
      out.palette.dim(`${page.peers.length} of ${count(page.total, 'peer')}, ${page.connected} connected`)
    ])
  }
})

export const peer = client({
  summary: 'show everything that is known of one peer',
  about: 'Its addresses, connections, score and what it is made of, what it did wrong and what was decided about it.',
  example: 'peer 5fGk2pQz',
  arguments: { peer: needed(peerName, 'a peer id, or its end') },
  flags: {},
  json: 'one object',
  run: async ({ api, out, args }) => {
    const detail = await api.get<PeerDetail>(`/v1/peers/${encodeURIComponent(await peerIdOf(api, args.peer))}`)
    out.answer(detail, (p) => describePeer(detail, out, p))
  }
})

export const dial = client({
  summary: 'connect to a peer',
  about: 'A peer id alone is looked for in the address book and the network; of one that the node knows its end is enough.',
  example: 'dial /ip4/127.0.0.1/tcp/4701',
  arguments: { target: needed(dialTarget, 'a multiaddr or a peer id') },
  flags: {},
  json: 'one object: peerId, address, direction, tookMs',
  run: async ({ api, out, args }) => {
    const answer = await connect(api, await targetOf(api, args.target))
    out.answer(answer, (p) => `${p.green('+')} connected to ${answer.peerId} (${answer.direction}, ${answer.address}) in ${shortTime(answer.tookMs)}`)
  }
})

export const disconnect = client({
  summary: 'close the connections to a peer',
  about: 'It may come back, unless it is banned.',
  example: 'disconnect 5fGk2pQz',
  arguments: { peer: needed(peerName, 'a peer id, or its end') },
  flags: {},
  json: 'one object: peerId',
  run: async ({ api, out, args }) => {
    const peerId = await peerIdOf(api, args.peer)
    await api.delete(`/v1/peers/${encodeURIComponent(peerId)}/connection`)
    out.answer({ peerId }, () => `disconnected from ${peerId}`)
  }
})

export const ping = client({
  summary: 'measure the round trip to a peer',
  about: 'Over libp2p\'s ping, connecting first where need be.',
  example: 'ping 5fGk2pQz --count 3',
  arguments: { peer: needed(peerName, 'a peer id, or its end') },
  flags: { count: one(integer(1, 1_000), 1, 'so many times') },
  json: 'one object: peerId, rttMs (one of each), minMs, meanMs, maxMs',
  run: async ({ api, out, args, flags }) => {
    const peerId = await peerIdOf(api, args.peer)
    await connect(api, peerId)
    const rttMs: number[] = []
    while (rttMs.length < flags.count) {
      if (rttMs.length > 0) await sleep(systemClock, PING_GAP_MS)
      const answer = await api.post<PingAnswer>(`/v1/peers/${encodeURIComponent(peerId)}/ping`)
      rttMs.push(answer.rttMs)
      if (out.live) out.note(`${shortId(peerId)}: ${answer.rttMs.toFixed(1)} ms`)
    }
    const [minMs, meanMs, maxMs] = [Math.min(...rttMs), rttMs.reduce((sum, ms) => sum + ms, 0) / rttMs.length, Math.max(...rttMs)]
    out.answer({ peerId, rttMs, minMs, meanMs, maxMs }, () => `${peerId}: ${rttMs.length === 1 ? '' : `least/mean/most of ${rttMs.length}: ${minMs.toFixed(1)} / `}${meanMs.toFixed(1)}${rttMs.length === 1 ? '' : ` / ${maxMs.toFixed(1)}`} ms`)
  }
})

/** An open connection is taken as it is. */
async function connect (api: ApiClient, target: string): Promise<DialAnswer> {
  return await api.post<DialAnswer>('/v1/peers/dial', { body: { target } satisfies DialRequest, timeoutMs: DIAL_MS })
}

function linkOf ({ connected, direction, relayed }: Peer): string {
  if (!connected) return '-'
  return `${direction === 'inbound' ? 'in' : 'out'}${relayed === true ? ', relayed' : ''}`
}

function describePeer (peer: PeerDetail, out: Output, p: Palette): string[] {
  const lines = out.facts({
    peer: peer.peerId,
    link: peer.connected ? `${linkOf(peer)} since ${ago(peer.connectedMs) ?? '-'}` : 'not connected',
    calls: peer.agent,
    roles: peer.roles.join(', ') || undefined,
    score: `${peer.score.toFixed(1)} (${peer.standing}${peer.banned ? ', banned' : ''}${peer.explicit ? ', wanted for ever' : ''})`,
    'made of': peer.parts == null ? undefined : Object.entries(peer.parts).filter(([, value]) => value !== 0).map(([name, value]) => `${name} ${value.toFixed(1)}`).join(', ') || undefined,
    quality: peer.quality.toFixed(0),
    'round trip': peer.rttMs == null ? undefined : shortTime(peer.rttMs),
    tags: peer.tags.map(({ name, value }) => `${name} ${value}`).join(', ') || undefined,
    protocols: peer.protocols.join(', ') || undefined
  })
  const part = (title: string, rows: string[]): void => { if (rows.length > 0) lines.push('', p.bold(title), ...rows) }
  part('Addresses', out.table(peer.addresses, [{ title: 'ADDRESS', of: ({ address }) => address, least: 30 }, { title: 'FROM', of: ({ source }) => source }]).slice(peer.addresses.length === 0 ? 1 : 0))
  part('Connections', peer.connections.flatMap(({ direction, address, openedMs, streams }) => [
    ...out.facts({ [direction]: `${address}, ${ago(openedMs) ?? ''}` }), ...streams.length === 0 ? [] : out.facts({ streams: streams.map(({ protocol }) => protocol).join(', ') })
  ]))
  part('What it did wrong', peer.evidence.length === 0 ? [] : out.table(peer.evidence, [
    { title: 'WHEN', of: ({ timeMs }) => ago(timeMs) }, { title: 'OFFENCE', of: ({ offence }) => offence }, { title: 'CAUSE', of: ({ cause }) => cause }, { title: 'IT SENT', of: ({ sample }) => sample, least: 8, spare: 1 }
  ]))
  part('What was decided', peer.decisions.length === 0 ? [] : out.table(peer.decisions, [
    { title: 'WHEN', of: ({ timeMs }) => ago(timeMs) }, { title: 'DECISION', of: ({ decision }) => decision }, { title: 'WHERE', of: ({ where }) => where }, { title: 'WHY', of: ({ rule }) => rule, least: 20 }
  ]))
  return lines
}
