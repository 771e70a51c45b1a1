import { equals } from 'uint8arrays/equals'
import { holderOf } from './accept.ts'
import { allows } from './delegation.ts'
import type { VaultRight } from '../index.ts'
import type { Delegation, Manifest } from '../pb/shards.ts'
import type { FailureCode } from './failure.ts'
import type { RequestKind } from './request.ts'

/** Who asks for what: a request whose signature has been checked. */
export interface Asking {
  kind: RequestKind
  vault: Uint8Array
  /** A libp2p PublicKey message. */
  signer: Uint8Array
  /** A peer id as multihash. */
  from: Uint8Array
  /** Whether the signer is the key of `from`. */
  byPeer: boolean
  /** Where there is one, and the owner of the vault signed it. */
  delegation?: Delegation
}

/** What this node knows of the vault. */
export interface Known {
  /** Of the newest certificate; of a propose to a node that is no holder yet, of the chain that came with it. */
  manifest?: Manifest
  /** What has been accepted here, and may have been decided already. */
  accepted?: Manifest
  /** Before `manifest`, as far as they are remembered. */
  former?: readonly Manifest[]
}

export type Decision = 'granted' | FailureCode

type Role = 'owner' | 'holder' | 'next-holder' | 'former-holder' | 'anybody' | VaultRight

/** Who may ask for what. `holder`: of the newest certificate, asking with its peer key; `next-holder`: of what has been accepted. */
export const MAY: Record<RequestKind, readonly Role[]> = {
  offer: ['anybody'],
  list: ['anybody'],
  put: ['owner'],
  get: ['owner', 'open', 'holder', 'next-holder'],
  prepare: ['owner', 'holder'],
  contribute: ['owner', 'holder'],
  propose: ['owner', 'holder'],
  commit: ['owner', 'holder', 'next-holder', 'former-holder'],
  getState: ['owner', 'open', 'export', 'audit', 'list', 'holder', 'next-holder', 'former-holder'],
  open: ['owner', 'open'],
  export: ['owner', 'export'],
  audit: ['owner', 'audit', 'holder'],
  getLog: ['owner', 'list'],
  revoke: ['owner']
}

/** What still can be asked for after a vault has expired. */
const AFTER_EXPIRY: ReadonlySet<RequestKind> = new Set(['offer', 'list', 'getLog', 'revoke'])

/**
 * Whether a request may be answered: the first of the checks of a holder, before anything costs it. `put` and `propose` of a vault that is
 * not known here are granted: the one is held against the quota of its signer, the other checked by what it carries.
 */
export function decide (asking: Asking, known: Known, nowMs: number): Decision {
  const { kind } = asking
  const { manifest } = known
  if (MAY[kind].includes('anybody')) return 'granted'
  if (manifest == null) return kind === 'put' || kind === 'propose' || isNextHolder(asking, known) ? 'granted' : 'UNKNOWN_VAULT'
  if (!MAY[kind].some(role => has(role, asking, known, manifest, nowMs))) return 'FORBIDDEN'
  if (manifest.expiresMs !== 0 && nowMs >= manifest.expiresMs && !AFTER_EXPIRY.has(kind)) return 'EXPIRED'
  if (kind === 'export' && manifest.policy?.exportable !== true) return 'FORBIDDEN'
  // to finish a change of the owner's is for holders, too; to deal for one of their own only where the policy says so
  if (kind === 'contribute' && manifest.policy?.holdersMayReshare !== true && !isOwner(asking, manifest)) return 'FORBIDDEN'
  return 'granted'
}

function has (role: Role, asking: Asking, known: Known, manifest: Manifest, nowMs: number): boolean {
  const { signer, from, byPeer, delegation, vault } = asking
  if (role === 'anybody') return true
  if (role === 'owner') return isOwner(asking, manifest)
  if (role === 'next-holder') return isNextHolder(asking, known)
  if (role === 'holder') return byPeer && holderOf(manifest.holders, from) != null
  if (role === 'former-holder') return byPeer && (known.former ?? []).some(({ holders }) => holderOf(holders, from) != null)
  return delegation != null && allows(delegation, role, { vault, signer, revoked: manifest.revoked, nowMs })
}

function isOwner ({ signer }: Pick<Asking, 'signer'>, { owner }: Manifest): boolean {
  return equals(signer, owner)
}

/** Of a vault that is only accepted yet its owner, and those that are to hold it, may know. */
function isNextHolder ({ kind, from, byPeer, signer }: Asking, { accepted }: Known): boolean {
  if (accepted == null) return false
  if (isOwner({ signer }, accepted)) return MAY[kind].includes('owner')
  return byPeer && MAY[kind].includes('next-holder') && holderOf(accepted.holders, from) != null
}
