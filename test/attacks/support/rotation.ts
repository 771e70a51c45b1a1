/**
 * Run in a network namespace in which 2a00:db8::/32 leads back to this machine: ids that each come from another /64, sending
 * junk, and then a stranger from here and there. Prints one line of JSON: a `Rotation`.
 */
import { multiaddr } from '@multiformats/multiaddr'
import { pexProtocol } from '../../../src/services/pex/messages.ts'
import { Crowd, tryConnect } from './crowd.ts'
import { sendJunk } from './junk.ts'
import { Victim } from './victim.ts'

export interface Rotation {
  /** Ids whose junk was heard until the /56 was banned; undefined when it never was. */
  bannedAfter?: number
  /** Bans of peers and hosts at that moment. */
  bansBefore: number
  admitted: number
  /** Junk messages judged. */
  processed: number
  keys: string[]
  /** Whether strangers were let in at the end: another /64 of the /56, another /56 of the /48, the next /48. */
  letIn: { inside: boolean, beside: boolean, neighbour: boolean }
}

const SEED = 90_000
const IDS = 16
const NETWORK = '2a00:db8:0:100::/56'
const HOME = '2a00:db8:ffff::1'

async function rotation (): Promise<Rotation> {
  await using crowd = new Crowd()
  await using victim = await Victim.start({ kind: 'peerkeep', listen: ['/ip6/::/tcp/0'], localAsPublic: false })
  // libp2p does not tell of public addresses that nobody has verified
  const home = multiaddr(`/ip6/${HOME}/tcp/${victim.port}/p2p/${victim.peerId}`)
  const result: Rotation = { bansBefore: 0, admitted: 0, processed: 0, keys: [], letIn: { inside: false, beside: false, neighbour: false } }
  const keys = async (): Promise<string[]> => (await victim.snapshot()).bans?.bans.map(({ key }) => key) ?? []
  for (let i = 0; i < IDS; i++) {
    const node = await crowd.add({ seed: SEED + i, from: `2a00:db8:0:1${i.toString(16).padStart(2, '0')}::1`, mute: true })
    const { connected } = await sendJunk(node, home, pexProtocol.id)
    await node.stop()
    if (connected) result.admitted++
    const now = await keys()
    if (result.bannedAfter == null && now.includes(NETWORK)) {
      result.bannedAfter = result.admitted
      result.bansBefore = now.length - 1
    }
  }
  const stranger = async (from: string, i: number): Promise<boolean> => await tryConnect(await crowd.add({ seed: SEED + 1_000 + i, from }), home) != null
  result.letIn = { inside: await stranger('2a00:db8:0:1ff::9', 0), beside: await stranger('2a00:db8:0:200::9', 1), neighbour: await stranger('2a00:db8:1::9', 2) }
  const reports = (await victim.snapshot()).scoring?.reports
  result.processed = (reports?.severe ?? 0) + (reports?.moderate ?? 0) + (reports?.minor ?? 0) + (reports?.fatal ?? 0)
  result.keys = await keys()
  return result
}

process.stdout.write(`${JSON.stringify(await rotation())}\n`)
// half-closed sockets of the dead victim would keep it for a while
process.exit(0)
