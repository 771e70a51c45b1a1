/** What a victim of an attack on gossip can be asked in its own process: `commands: GOSSIP_COMMANDS`, from `gossipers.ts`. */
import { peerIdFromString } from '@libp2p/peer-id'
import type { OpenGossipSub } from '../../../src/services/gossip-guard/open-gossipsub.ts'
import type { VictimNode } from './victim-contract.ts'

export interface Heard {
  from: string
  /** From when it was published, see `stamp`. */
  tookMs: number
}

export interface Rating {
  score: number
  /** With what gossipsub thinks. */
  total: number
  misbehaviour: number
  standing: string
}

const heard: Heard[] = []

/** Now, in a message: microseconds of a clock that all processes of this machine share. */
export function stamp (): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, process.hrtime.bigint())
  return bytes
}

/** Subscribes, and notes what comes. */
export function listenTo ({ services: { pubsub } }: VictimNode, topic: string): void {
  pubsub.subscribe(topic)
  pubsub.addEventListener('message', ({ detail }) => {
    if (detail.type !== 'signed' || detail.topic !== topic) return
    const sent = new DataView(detail.data.buffer, detail.data.byteOffset).getBigUint64(0)
    heard.push({ from: detail.from.toString(), tookMs: Number(process.hrtime.bigint() - sent) / 1e6 })
  })
}

/** What came since it was last asked. */
export const takeHeard = (): Heard[] => heard.splice(0)

/** Of those it knows of. */
export function ratingOf ({ services: { scoring } }: VictimNode, id: string): Rating | undefined {
  const known = scoring?.get(id)
  return known == null ? undefined : { score: known.score, total: known.total, misbehaviour: known.misbehaviour, standing: known.standing }
}

/** What gossipsub thinks of it; of peers that are not connected, too. */
export function gossipScore ({ services }: VictimNode, id: string): number {
  const pubsub = services.pubsub as OpenGossipSub
  pubsub.score.scoreCache.delete(id)
  return pubsub.getScore(id)
}

/** Gossipsub finds fault with a peer, as for early GRAFTs. */
export function misbehave ({ services }: VictimNode, id: string, times: number): void {
  (services.pubsub as OpenGossipSub).score.addPenalty(id, times, 'graft_backoff' as never)
}

/** Bad enough to be discouraged, before it has come. */
export function discredit ({ services }: VictimNode, id: string): void {
  if (services.scoring == null) (services.pubsub as OpenGossipSub).score.params.appSpecificScore = () => -25
  else services.scoring.report(peerIdFromString(id), 'severe', 'test:discredit')
}

/** As a person would. */
export function forgive ({ services }: VictimNode, id: string): void {
  if (services.scoring == null) (services.pubsub as OpenGossipSub).score.params.appSpecificScore = () => 0
  else services.scoring.forget(peerIdFromString(id))
}

export function meshOf ({ services }: VictimNode, topic: string): string[] {
  return [...(services.pubsub as OpenGossipSub).mesh.get(topic) ?? []]
}

export async function publish ({ services: { pubsub } }: VictimNode, topic: string): Promise<number> {
  return (await pubsub.publish(topic, stamp())).recipients.length
}

export const bannedPeers = ({ services: { bans } }: VictimNode): string[] => bans?.list({ kind: 'peer' }).map(({ key }) => key) ?? []
