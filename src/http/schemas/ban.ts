import { Type } from 'typebox'
import { Count, PageQuery, TimeMs, object, words } from './common.ts'
import { Decision, Evidence } from './peer.ts'
import type { Static } from 'typebox'

export const BAN_KINDS = ['peer', 'ip', 'prefix'] as const

export const Ban = object({
  kind: words(BAN_KINDS),
  key: Type.String({ description: 'a peer id, an IP address or a prefix' }),
  by: words(['hand', 'score', 'spread']),
  reason: Type.String(),
  sinceMs: TimeMs,
  untilMs: Type.Optional(TimeMs),
  strikes: Count,
  severity: Type.Number(),
  host: Type.Optional(Type.String())
})
export type Ban = Static<typeof Ban>

export const BanRecord = object({
  ...Ban.properties,
  endedMs: Type.Optional(TimeMs),
  end: Type.Optional(words(['expired', 'lifted', 'replaced', 'displaced']))
})

export const BanList = object({ bans: Type.Array(Ban), allow: Type.Array(Type.String()), total: Count })
export type BanList = Static<typeof BanList>

export const BanQuery = object({ ...PageQuery, kind: Type.Optional(words(BAN_KINDS)) })
export type BanQuery = Static<typeof BanQuery>

export const BanTarget = Type.String({ minLength: 1, maxLength: 128, description: 'a peer id, an IP address, or a prefix like 192.0.2.0/24' })

export const BanRequest = object({
  target: BanTarget,
  reason: Type.Optional(Type.String({ maxLength: 512 })),
  duration: Type.Optional(Type.Union([
    Type.Integer({ minimum: 1, description: 'milliseconds' }),
    words(['escalate', 'forever'])
  ], { description: 'escalate (the default): 1 h, 4 h, 24 h, 7 d with each ban in 30 days' }))
})
export type BanRequest = Static<typeof BanRequest>

/** Why a peer or an address is, or is not, let in. */
export const BanExplanation = object({
  target: Type.String(),
  ban: Type.Optional(Ban),
  allowed: Type.Boolean(),
  history: Type.Array(BanRecord),
  evidence: Type.Array(Evidence),
  decisions: Type.Array(Decision)
})
export type BanExplanation = Static<typeof BanExplanation>
