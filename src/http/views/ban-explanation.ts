import { parseTarget } from '../../services/bans/target.ts'
import { decisionRow, evidenceRow } from './evidence.ts'
import type { Ban, BanRecord, Decision, Evidence } from '../../services/bans/index.ts'
import type { BanExplanation } from '../schemas/ban.ts'
import type { Target } from '../../services/bans/target.ts'

export interface BanFacts {
  target: Target
  /** All that are in force. */
  bans: readonly Ban[]
  /** All that is never banned. */
  allow: readonly string[]
  /** The allow list has the peer, or where it was seen. */
  allowedPeer: boolean
  history: readonly BanRecord[]
  /** What a peer did. */
  evidence: readonly Evidence[]
  decisions: readonly Decision[]
}

/** Pure. An address is banned, or allowed, with every prefix that it is in; the narrowest is what is told. */
export function banExplanation ({ target, bans, allow, allowedPeer, history, evidence, decisions }: BanFacts): BanExplanation {
  const ban = target.bits == null ? bans.find(({ kind, key }) => kind === 'peer' && key === target.key) : narrowest(bans, target.bits)
  return {
    target: target.key,
    ...ban == null ? {} : { ban: { ...ban } },
    allowed: allowedPeer || allow.some(key => key === target.key || covers(key, target.bits)),
    history: history.map(record => ({ ...record })),
    evidence: evidence.map(evidenceRow),
    decisions: decisions.map(decisionRow)
  }
}

function narrowest (bans: readonly Ban[], bits: string): Ban | undefined {
  const covering = bans.flatMap(ban => ban.kind !== 'peer' && covers(ban.key, bits) ? [{ ban, width: parseTarget(ban.key).bits?.length ?? 0 }] : [])
  return covering.sort((a, b) => b.width - a.width)[0]?.ban
}

function covers (key: string, bits: string | undefined): boolean {
  // to read a peer id takes long
  if (bits == null || !/[.:]/.test(key)) return false
  const own = parseTarget(key).bits
  return own != null && bits.startsWith(own)
}
