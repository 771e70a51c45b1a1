import type { PeerId } from '@libp2p/interface'
import type { Bans, Outcome, Scoring, Standing } from '../../../src/components.ts'

/** Scoring, bans and the pool in one, that do as they are told and note what they hear. */
export class StubRatings implements Scoring, Bans {
  readonly scores = new Map<string, number>()
  readonly denied = new Set<string>()
  readonly charges: string[] = []
  readonly observed: string[] = []
  readonly usefulPeers: string[] = []
  gossip: ((peer: string) => number) | undefined

  score = (peer: PeerId | string): number => this.scores.get(peer.toString()) ?? 0
  standing = (peer: PeerId | string): Standing => this.score(peer) <= -40 ? 'refused' : this.score(peer) <= -20 ? 'discouraged' : 'good'
  isDiscouraged = (peer: PeerId | string): boolean => this.standing(peer) !== 'good'
  quality = (): number => 50
  isOutage = (): boolean => false
  report = (peer: PeerId, offence: string, cause: string): void => { this.charges.push(`${peer.toString()} ${offence} ${cause}`) }
  observe = (peer: PeerId, { what }: Outcome): void => { this.observed.push(`${peer.toString()} ${what}`) }
  useGossip = (gossip: ((peer: string) => number) | undefined): void => { this.gossip = gossip }
  isDenied = ({ peerId }: { peerId?: PeerId }): boolean => peerId != null && this.denied.has(peerId.toString())
  useful = (peerId: PeerId): void => { this.usefulPeers.push(peerId.toString()) }
}
