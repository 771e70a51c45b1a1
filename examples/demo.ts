/**
 * Seven nodes on this machine, each a process of its own as a user starts it: they find each other from one address, talk, ban
 * somebody who misbehaves, and keep a secret that survives two of them. Told as it happens; the dashboard of the first node can be
 * watched meanwhile.
 *
 *   npm run demo -- [--slow] [--keep] [--json]
 */
import { parseArgs } from 'node:util'
import { ApiProblem } from './demo/demo-node.ts'
import { untilSignal } from './demo/interruption.ts'
import { Stage } from './demo/stage.ts'
import { Teller } from './demo/teller.ts'
import type { DemoNode } from './demo/demo-node.ts'

const NODES = 7
const HOLDERS = 5
const THRESHOLD = 3
const SECRET = 'the treasure is buried under the third birch'
const LIMIT_MS = 60_000
const POLL_MS = 100
const SLOW_MS = 6_000
const HELP = `npm run demo -- [--slow] [--keep] [--json]

  --slow  pauses between the parts, to watch the dashboard
  --keep  leaves the nodes running at the end, until Ctrl-C
  --json  one JSON object a line
`

const options = readOptions()
const teller = new Teller(options.json)
const stage = await Stage.open()
const signalled = untilSignal(() => { stage.abandon() })

process.exitCode = await Promise.race([play(), signalled])
await stage.close()
if (process.exitCode === 0) teller.tell('all nodes said goodbye and ended; nothing of them is left', { done: true })
process.exit()

/** Resolves to the exit code. */
async function play (): Promise<number> {
  try {
    const nodes = await form()
    await talk(nodes)
    await misbehave(nodes)
    await keepSecret(nodes)
    if (options.keep) {
      teller.begin('The nodes stay, until Ctrl-C')
      teller.add(nodes[0]?.dashboard ?? '')
      await signalled
    }
    return 0
  } catch (err) {
    // what is interrupted fails
    if (!stage.isClosed) teller.tell(err instanceof Error ? err.message : String(err), { failed: true }, 'bad')
    return 1
  }
}

async function form (): Promise<DemoNode[]> {
  teller.begin(`${NODES} nodes form a network from one address`)
  const first = await stage.add('node 1')
  teller.tell(`node 1 is up at ${first.address.replace(/\/p2p\/.*/, '')}, and knows nobody`, { peerId: first.peerId, dashboard: first.dashboard })
  teller.add('watch it in a browser:')
  teller.add(first.dashboard)
  await pause()
  await Promise.all(Array.from({ length: NODES - 1 }, async (_, i) => {
    const node = await stage.add(`node ${i + 2}`, first.address)
    teller.tell(`${node.name} is up, and knows node 1 only`, { peerId: node.peerId })
  }))
  const nodes = stage.nodes.toSorted((a, b) => a.name.localeCompare(b.name))
  await Promise.all(nodes.map(async node => {
    await until(`${node.name} to be connected to all others`, async () => (await node.get<{ counts: { connected: number } }>('/v1/node')).counts.connected >= NODES - 1)
  }))
  teller.tell(`everybody is connected to everybody: ${NODES * (NODES - 1) / 2} links`, { links: NODES * (NODES - 1) / 2 })
  await pause()
  return nodes
}

async function talk (nodes: readonly DemoNode[]): Promise<void> {
  teller.begin('They exchange messages')
  const [, alice, bob] = nodes as [DemoNode, DemoNode, DemoNode]
  const text = 'hello, only you can read this'
  await alice.post('/v1/messages', { peerId: bob.peerId, text })
  await until(`the message to arrive at ${bob.name}`, async () => await has(bob, text))
  teller.tell(`${alice.name} to ${bob.name}: "${text}" (end-to-end encrypted, receipt came back)`, { from: alice.peerId, to: bob.peerId })

  await Promise.all(nodes.map(async node => { await node.post('/v1/topics', { topic: 'news' }) }))
  const news = 'hello to all of you'
  // by gossip: it takes a moment until everybody knows who listens
  await until('somebody to listen', async () => await alice.post<{ peers: number }>('/v1/broadcast', { topic: 'news', text: news }).then(({ peers }) => peers > 0, early('MESSAGING_NOBODY')))
  const listeners = nodes.filter(node => node !== alice)
  await Promise.all(listeners.map(async node => { await until(`the broadcast to arrive at ${node.name}`, async () => await has(node, news)) }))
  teller.tell(`${alice.name} to everybody: "${news}" (arrived at ${listeners.length})`, { arrived: listeners.length })
  await pause()
}

async function misbehave (nodes: readonly DemoNode[]): Promise<void> {
  teller.begin('Somebody misbehaves, and is banned for what it does')
  teller.tell('a stranger connects to all of them, and says that it is somebody else', {}, 'plain')
  const { peerId, letIn, letInAgain } = await stage.pretend()
  interface Listed { bans: Array<{ key: string, reason: string, sinceMs: number, untilMs?: number }> }
  const bans = await Promise.all(nodes.map(async node => await until(`${node.name} to ban it`, async () => (await node.get<Listed>('/v1/bans')).bans.find(({ key }) => key === peerId))))
  const [{ reason, sinceMs, untilMs = Infinity }] = bans as [typeof bans[number]]
  teller.tell(`${bans.length} of ${NODES} nodes banned it, each by its own judgement, for ${Math.round((untilMs - sinceMs) / 60_000)} minutes`, { peerId, bannedBy: bans.length, reason })
  teller.add(`the reason: ${reason}`, 'dim')
  if (letInAgain > 0) throw new Error(`${letInAgain} nodes let the banned one in again`)
  teller.tell(`${letIn} had let it in at first, none does any more`, { letIn, letInAgain })
  await pause()
}

async function keepSecret (nodes: readonly DemoNode[]): Promise<void> {
  teller.begin('A secret is kept by the others, and survives two of them')
  const [owner] = nodes as [DemoNode]
  interface Vault { id: string, holders: string[] }
  const vault = await until('holders for the secret', async () =>
    await owner.post<Vault>('/v1/shards', { text: SECRET, threshold: THRESHOLD, holders: HOLDERS, label: 'treasure', timeoutMs: 20_000 }).catch(early('SHARDS_TOO_FEW_PEERS', 'SHARDS_TOO_FEW_HOLDERS')))
  const holders = nodes.filter(({ peerId }) => vault.holders.includes(peerId))
  teller.tell(`node 1 stored it with ${holders.map(({ name }) => name.replace('node ', '')).join(', ')}: any ${THRESHOLD} of these ${HOLDERS} give it back to its owner, ${THRESHOLD - 1} know nothing`, { vault: vault.id, holders: vault.holders })
  await pause()

  const victims = holders.filter(node => node !== owner).slice(0, HOLDERS - THRESHOLD)
  await Promise.all(victims.map(async node => { await node.end('SIGKILL') }))
  interface Page { peers: Array<{ peerId: string }> }
  await until('node 1 to notice', async () => {
    const { peers } = await owner.get<Page>('/v1/peers?state=connected')
    return !peers.some(({ peerId }) => victims.some(victim => victim.peerId === peerId))
  })
  teller.tell(`${victims.map(({ name }) => name).join(' and ')} died (kill -9); node 1 has noticed`, { killed: victims.map(({ peerId }) => peerId) }, 'bad')
  await pause()

  const { text } = await until('the secret to open', async () => await owner.post<{ text?: string }>(`/v1/shards/${vault.id}/open`, { timeoutMs: 20_000 }).catch(early('SHARDS_TOO_FEW_SHARES')))
  if (text !== SECRET) throw new Error('what was opened is not what was stored')
  teller.tell(`node 1 opened it again: "${text}"`, { opened: true })
  await pause()
}

async function has (node: DemoNode, text: string): Promise<boolean> {
  const { messages } = await node.get<{ messages: Array<{ text: string }> }>('/v1/messages')
  return messages.some(message => message.text === text)
}

/** For `catch`: the network is not far enough yet, which is told by these codes. */
function early (...codes: string[]): (err: unknown) => undefined {
  return err => {
    if (!(err instanceof ApiProblem) || !codes.includes(err.code)) throw err
    return undefined
  }
}

/** Asks until there is something. */
async function until<T> (what: string, ask: () => Promise<T>): Promise<NonNullable<T>> {
  const limit = AbortSignal.timeout(LIMIT_MS)
  while (!limit.aborted) {
    const found = await ask()
    if (found) return found
    await new Promise(resolve => { setTimeout(resolve, POLL_MS) })
  }
  throw new Error(`not within ${LIMIT_MS / 1_000} s: ${what}`)
}

async function pause (): Promise<void> {
  if (options.slow) await new Promise(resolve => { setTimeout(resolve, SLOW_MS) })
}

function readOptions (): { slow: boolean, keep: boolean, json: boolean } {
  const flag = { type: 'boolean', default: false } as const
  const { help, ...values } = parsed({ slow: flag, keep: flag, json: flag, help: flag })
  if (help) {
    process.stdout.write(HELP)
    process.exit()
  }
  return values
}

function parsed<K extends string> (flags: Record<K, { type: 'boolean', default: false }>): Record<K, boolean> {
  try {
    return parseArgs({ options: flags }).values as unknown as Record<K, boolean>
  } catch (err) {
    process.stderr.write(`error: ${err instanceof Error ? err.message : String(err)}\n\n${HELP}`)
    return process.exit(2)
  }
}
