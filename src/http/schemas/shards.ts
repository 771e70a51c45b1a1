import { Type } from 'typebox'
import { Count, PeerIdText, TimeMs, object, words } from './common.ts'
import type { Static } from 'typebox'

export const VaultId = Type.String({ pattern: '^[0-9a-f]{64}$', description: '64 hexadecimal digits' })

const policy = {
  auditEveryMs: Type.Number({ minimum: 0 }),
  refreshEveryMs: Type.Number({ minimum: 0 }),
  lostAfterMs: Type.Number({ minimum: 0 }),
  holdersMayReshare: Type.Boolean(),
  exportable: Type.Boolean(),
  opensPerHour: Type.Number({ minimum: 0 })
}
export const VaultPolicy = object(policy)
export const VaultPolicyChange = Type.Partial(VaultPolicy, { additionalProperties: false })

export const Vault = object({
  id: VaultId,
  label: Type.String(),
  threshold: Count,
  holders: Type.Array(PeerIdText),
  epoch: Count,
  seq: Count,
  bytes: Count,
  version: Count,
  exposed: Type.Boolean(),
  changedMs: TimeMs,
  expiresMs: Type.Optional(TimeMs),
  policy: VaultPolicy
})
export type Vault = Static<typeof Vault>

export const HolderStatus = object({
  index: Count,
  peerId: PeerIdText,
  health: words(['unknown', 'healthy', 'inert', 'silent', 'lying']),
  latencyMs: Type.Optional(Type.Number()),
  reason: Type.Optional(Type.String())
})

const { holders: _, ...vaultWithout } = Vault.properties
export const VaultStatus = object({
  ...vaultWithout,
  holders: Type.Array(HolderStatus),
  healthy: Count,
  openable: Type.Boolean()
})
export type VaultStatus = Static<typeof VaultStatus>

export const HeldVault = object({
  id: VaultId,
  index: Count,
  threshold: Count,
  holders: Count,
  epoch: Count,
  seq: Count,
  hasShare: Type.Boolean(),
  bytes: Count,
  healthy: Count,
  pendingSeq: Type.Optional(Count)
})

/** `own`: what this node knows of; with `?search=true` also what holders that can be found know. */
export const VaultList = object({
  own: Type.Array(Vault),
  held: Type.Array(HeldVault),
  holding: Type.Boolean({ description: 'whether this node holds shares for others' })
})
export type VaultList = Static<typeof VaultList>

/** Longest wait of a call, in milliseconds. */
export const TimeoutMs = Type.Optional(Type.Integer({ minimum: 100, maximum: 600_000, default: 30_000 }))

/** The secret as text, or as bytes in base64: just one of the two. */
export const MAX_SECRET_BASE64 = 1_398_104
export const StoreRequest = object({
  text: Type.Optional(Type.String({ minLength: 1, maxLength: 1_048_576 })),
  base64: Type.Optional(Type.String({ minLength: 4, maxLength: MAX_SECRET_BASE64, pattern: '^[A-Za-z0-9+/]+={0,2}$' })),
  threshold: Type.Optional(Type.Integer({ minimum: 2, maximum: 64, default: 6 })),
  holders: Type.Optional(Type.Union([Type.Integer({ minimum: 2, maximum: 64, default: 10 }), Type.Array(PeerIdText, { minItems: 2, maxItems: 64 })])),
  label: Type.Optional(Type.String({ maxLength: 256 })),
  policy: Type.Optional(VaultPolicyChange),
  expiresAt: Type.Optional(TimeMs),
  timeoutMs: TimeoutMs,
  call: Type.Optional(Type.String({ maxLength: 64, description: 'named in the events vault:progress' }))
})
export type StoreRequest = Static<typeof StoreRequest>

/** The secret itself: never cached, never logged. `text` where it is UTF-8. */
export const OpenAnswer = object({ base64: Type.String(), text: Type.Optional(Type.String()) })
export type OpenAnswer = Static<typeof OpenAnswer>

export const VaultCallRequest = object({ timeoutMs: TimeoutMs, call: Type.Optional(Type.String({ maxLength: 64 })) })
export type VaultCallRequest = Static<typeof VaultCallRequest>
export const VaultQuery = object({ search: Type.Optional(Type.Boolean({ default: false })), ...VaultCallRequest.properties })

export const ReshareRequest = object({
  ...VaultCallRequest.properties,
  threshold: Type.Optional(Type.Integer({ minimum: 2, maximum: 64 })),
  holders: Type.Optional(Type.Union([Type.Integer({ minimum: 2, maximum: 64 }), Type.Array(PeerIdText, { minItems: 2, maxItems: 64 })]))
})
export type ReshareRequest = Static<typeof ReshareRequest>

export const AmendRequest = object({
  ...VaultCallRequest.properties,
  label: Type.Optional(Type.String({ maxLength: 256 })),
  policy: Type.Optional(VaultPolicyChange),
  expiresAt: Type.Optional(Type.Union([TimeMs, Type.Null()]))
})
export type AmendRequest = Static<typeof AmendRequest>

export const UpdateRequest = object({
  text: StoreRequest.properties.text,
  base64: StoreRequest.properties.base64,
  ...VaultCallRequest.properties
})
export type UpdateRequest = Static<typeof UpdateRequest>

export const RevokeAnswer = object({ deletedBy: Type.Array(PeerIdText) })
export type RevokeAnswer = Static<typeof RevokeAnswer>

export const VaultLog = object({
  entries: Type.Array(object({
    holder: PeerIdText,
    seq: Count,
    timeMs: TimeMs,
    what: Type.String(),
    signer: Type.String(),
    from: PeerIdText,
    decision: Type.String()
  }))
})
export type VaultLog = Static<typeof VaultLog>

/** The event `vault:progress`. */
export const VaultProgress = object({
  call: Type.String(),
  step: Type.String(),
  found: Type.Optional(Count),
  wanted: Type.Optional(Count),
  bytes: Type.Optional(Count),
  total: Type.Optional(Count),
  epoch: Type.Optional(Count),
  peer: Type.Optional(PeerIdText),
  index: Type.Optional(Count),
  reason: Type.Optional(Type.String()),
  seq: Type.Optional(Count)
})
export type VaultProgress = Static<typeof VaultProgress>
