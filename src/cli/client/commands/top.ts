import { systemClock } from '../../../util/clock.ts'
import { client } from '../../command.ts'
import { NodeRefusal } from '../../failure.ts'
import { palette, shortId, shortTime } from '../../screen.ts'
import { cut, oneLine, shortBytes } from '../../text.ts'
import { describeApiEvent } from '../event-lines.ts'
import { openEvents } from '../event-stream.ts'
import { FullScreen } from '../full-screen.ts'
import { untilInterrupted } from '../interrupt.ts'
import { COLUMNS } from './peers.ts'
import type { Stats } from '../../../http/schemas/network.ts'
import type { NodeInfo } from '../../../http/schemas/node.ts'
import type { PeerPage } from '../../../http/schemas/peer.ts'
import type { ApiClient } from '../api-client.ts'
import type { ApiEvent } from '../event-stream.ts'
import type { Output } from '../output.ts'

const ASK_EVERY_MS = 2_000
const MAX_EVENTS = 200
const BARE = palette(false)

/** What is on the screen. */
interface View {
  node: NodeInfo
  page: PeerPage
  stats?: Stats
  events: ApiEvent[]
  lost: boolean
}

export const top = client({
  summary: 'watch the node: health, rates, peers by score, the last events',
  about: 'Takes the whole terminal until q or Ctrl-C; without one it prints a line each second.',
  example: 'top',
  arguments: {},
  flags: {},
  json: 'one object a line, each second: figures of that second',
  run: async ({ api, out }) => {
    await untilInterrupted(out, async (signal, end) => {
      if (out.live && !out.json) await watch(api, out, signal, end)
      else await tell(api, out, signal)
    })
  }
})

async function tell (api: ApiClient, out: Output, signal: AbortSignal): Promise<void> {
  for await (const event of await openEvents(api, { types: ['stats'], signal, onLost: () => { out.note('lost the node, trying again') } })) {
    const stats = event as ApiEvent & Stats
    out.answer(event, () => `${event.time.slice(11, 19)} ${ratesOf(stats)}`)
  }
}

async function watch (api: ApiClient, out: Output, signal: AbortSignal, end: () => void): Promise<void> {
  const view: View = { ...await askAll(api, signal), events: [], lost: false }
  const screen = new FullScreen(out.terminal.stdout, (key) => { if (key === 'q' || key === '\u0003') end() })
  const stream = await openEvents(api, {
    signal,
    onLost: () => {
      view.lost = true
      screen.draw(linesOf(view, out, screen))
    }
  })
  screen.enter()
  try {
    let askedMs = systemClock.monotonic()
    screen.draw(linesOf(view, out, screen))
    for await (const event of stream) {
      if (event.event === 'stats') view.stats = event as ApiEvent & Stats
      else view.events = [...view.events, event].slice(-MAX_EVENTS)
      view.lost = false
      if (systemClock.monotonic() - askedMs > ASK_EVERY_MS) {
        askedMs = systemClock.monotonic()
        try {
          Object.assign(view, await askAll(api, signal))
        } catch (err) {
          // it is being started anew
          if (signal.aborted || err instanceof NodeRefusal) throw err
          view.lost = true
        }
      }
      screen.draw(linesOf(view, out, screen))
    }
  } finally {
    screen.leave()
  }
}

async function askAll (api: ApiClient, signal: AbortSignal): Promise<Pick<View, 'node' | 'page'>> {
  const [node, page] = await Promise.all([
    api.get<NodeInfo>('/v1/node', { signal }),
    api.get<PeerPage>('/v1/peers', { signal, query: { state: 'connected', sort: 'score', order: 'desc', limit: 100 } })
  ])
  return { node, page }
}

function linesOf ({ node, page, stats, events, lost }: View, out: Output, { columns, rows }: FullScreen): string[] {
  const p = out.palette
  const { state, reasons } = node.health
  const health = state === 'healthy' ? p.green(state) : p.yellow(oneLine(`${state}: ${reasons.join('; ')}`).slice(0, Math.max(10, columns - 60)))
  const head = [
    `${p.bold(shortId(node.peerId))} on ${node.network}, ${lost ? p.red('not reachable') : health}, for ${shortTime(node.uptimeMs)}  ${p.dim('q ends')}`,
    cut(stats == null ? `${node.counts.connected} connected, ${node.counts.known} known` : `${ratesOf(stats)}, ${node.counts.known} known, ${node.counts.banned} banned`, columns),
    ''
  ]
  const room = Math.max(4, rows - head.length - 3)
  const ofEvents = Math.min(events.length, Math.max(3, Math.floor(room / 3)))
  const peers = page.peers.length === 0 ? ['no peer is connected'] : out.table(page.peers.slice(0, room - ofEvents), COLUMNS)
  return [
    ...head, ...peers,
    ...ofEvents === 0 ? [] : ['', ...events.slice(-ofEvents).map(event => fitted(event, out, columns))]
  ]
}

/** Coloured where it fits: colours cannot be cut. */
function fitted (event: ApiEvent, out: Output, columns: number): string {
  const bare = describeApiEvent(event, BARE)
  const short = cut(bare, columns)
  return short === bare ? describeApiEvent(event, out.palette) : short
}

function ratesOf (stats: Stats): string {
  return [
    `${stats.connected} connected (${stats.inbound} in, ${stats.outbound} out)`,
    ...stats.bytesInPerSecond == null ? [] : [`${shortBytes(stats.bytesInPerSecond)}/s in`],
    ...stats.bytesOutPerSecond == null ? [] : [`${shortBytes(stats.bytesOutPerSecond)}/s out`],
    `${stats.messagesInPerSecond.toFixed(0)} messages/s in`, `${stats.messagesOutPerSecond.toFixed(0)} out`,
    `${shortBytes(stats.rssBytes)} of memory`, `event loop ${stats.eventLoopP99Ms.toFixed(0)} ms`
  ].join(', ')
}
