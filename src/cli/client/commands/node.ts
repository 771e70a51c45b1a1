import { UsageError } from '../../argv.ts'
import { didYouMean } from '../../../config/suggest.ts'
import { client, several } from '../../command.ts'
import { shortTime } from '../../screen.ts'
import { oneLine, shortBytes } from '../../text.ts'
import { ago, count } from '../output.ts'
import { word } from '../value-types.ts'
import type { NetworkInfo } from '../../../http/schemas/network.ts'
import type { Health, NodeInfo } from '../../../http/schemas/node.ts'
import type { Settings } from '../../../http/schemas/settings.ts'
import type { Palette } from '../../screen.ts'

export const status = client({
  summary: 'say how the running node is',
  about: 'Who it is, whether it is well and what it has to do.',
  example: 'status --json',
  arguments: {},
  flags: {},
  json: 'one object',
  run: async ({ api, out }) => {
    const node = await api.get<NodeInfo>('/v1/node')
    const { counts, versions, process } = node
    out.answer(node, () => out.facts({
      'I am': node.peerId,
      network: node.network,
      roles: node.roles.join(', '),
      health: (p) => healthOf(node.health, p),
      running: `for ${shortTime(node.uptimeMs)}, process ${process.pid}`,
      uses: `${shortBytes(process.rssBytes)} of memory, ${shortTime(process.cpuSeconds * 1_000)} of CPU`,
      peers: `${counts.connected} connected (${counts.inbound} in, ${counts.outbound} out), ${counts.known} known, ${counts.dialing} being dialled`,
      bans: counts.banned,
      outbox: count(counts.outbox, 'message'),
      vaults: `${counts.vaultsOwned} owned, ${counts.vaultsHeld} held for others`,
      version: `${versions.peerkeep}, libp2p ${versions.libp2p}, Node.js ${versions.node}`,
      data: node.dataDir,
      'dial me at': () => node.addresses.map(oneLine).join(`\n${' '.repeat(12)}`)
    }))
  }
})

export const network = client({
  summary: 'say how the node finds its peers',
  about: 'Peers that are wanted and there, where they were found, and who takes part in which topic.',
  example: 'network',
  arguments: {},
  flags: {},
  json: 'one object',
  run: async ({ api, out }) => {
    const info = await api.get<NetworkInfo>('/v1/network')
    out.answer(info, () => [
      ...out.facts({
        network: info.network,
        state: `${info.state}${info.outage ? ', with an outage' : ''}`,
        health: (p) => healthOf(info.health, p),
        peers: `${info.active} connected, ${info.wanted} wanted, ${info.known} known`,
        'last new': ago(info.lastDiscoveryMs) ?? 'nobody yet',
        dht: info.dht == null ? 'off' : `${info.dht.mode}, ${count(info.dht.peers, 'peer')}`
      }),
      '', ...out.table(info.sources, [
        { title: 'SOURCE', of: ({ name }) => name }, { title: 'FOUND', of: ({ found }) => String(found), right: true },
        { title: 'LAST', of: ({ lastFoundMs }) => ago(lastFoundMs) }, { title: 'FAILURE', of: ({ failure }) => failure, least: 12 }
      ]),
      ...info.topics.length === 0 ? [] : ['', ...out.table(info.topics, [
        { title: 'TOPIC', of: ({ topic }) => topic, least: 20 }, { title: 'PEERS', of: ({ peers }) => String(peers), right: true }, { title: 'TAKEN', of: ({ subscribed }) => subscribed ? 'yes' : 'no' }
      ])]
    ])
  }
})

export const settings = client({
  summary: 'show the settings of the running node, or change some',
  about: 'A change holds until the node ends: what is to stay belongs into its configuration.',
  example: 'settings maxPeers=80 logLevel=info',
  arguments: { change: several(word, 'name=value: what to change') },
  flags: {},
  json: 'one object: settings, each with name, value, from, help, changeable, allowed',
  run: async ({ api, out, args }) => {
    const before = await api.get<Settings>('/v1/settings')
    const changes = args.change.map(text => changeIn(text, before))
    const after = changes.length === 0 ? before : await api.patch<Settings>('/v1/settings', { body: Object.fromEntries(changes) })
    const named = new Set(changes.map(([name]) => name))
    const shown = after.settings.filter(({ name }) => named.size === 0 || named.has(name))
    out.answer(after, () => out.table(shown, [
      { title: 'SETTING', of: ({ name }) => name },
      { title: 'VALUE', of: ({ value }) => value == null ? undefined : typeof value === 'string' ? value : JSON.stringify(value), least: 20 },
      { title: 'FROM', of: ({ from }) => from },
      { title: 'WHILE RUNNING', of: ({ changeable, allowed }) => changeable ? allowed : 'cannot change', least: 13, spare: 1 }
    ]))
  }
})

export const dashboard = client({
  summary: 'print the address of the dashboard, with its token',
  about: 'To be opened in a browser. Whoever has this address may do everything with the node.',
  example: 'dashboard',
  arguments: {},
  flags: {},
  json: 'one object: url',
  run: async ({ api, out }) => {
    // so that it is not the address of a node that is gone
    await api.get<NodeInfo>('/v1/node')
    const { url, token } = await api.endpoint()
    const address = `${url}/#token=${token}`
    out.answer({ url: address }, () => address)
  }
})

function healthOf ({ state, reasons }: Health, p: Palette): string {
  const text = state === 'healthy' ? p.green(state) : state === 'degraded' ? p.yellow(state) : p.red(state)
  return reasons.length === 0 ? text : `${text}: ${oneLine(reasons.join('; '))}`
}

function changeIn (text: string, { settings }: Settings): [name: string, value: string | number | boolean] {
  const [name = '', value] = text.split(/=(.*)/s, 2)
  const names = settings.filter(({ changeable }) => changeable).map(({ name }) => name)
  if (!names.includes(name)) throw new UsageError(`"${name}" is no setting that can change while the node runs${didYouMean(name, names)}`, `those are ${names.join(', ')}`)
  if (value == null || value === '') throw new UsageError(`"${text}" has no value`, `write ${name}=<value>`)
  if (value === 'true' || value === 'false') return [name, value === 'true']
  return [name, /^\d{1,9}$/.test(value) ? Number(value) : value]
}
