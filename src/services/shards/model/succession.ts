import { equals } from 'uint8arrays/equals'
import { Change, Holder, Item, Policy, State } from '../pb/shards.ts'
import type { Vouched } from '../parts.ts'
import type { Manifest } from '../pb/shards.ts'

export type ChangedBy = 'owner' | 'holders'

/** What a change may be about; everything else stays as it is. Of every change are seq, prev, issuedMs and change itself. */
type Part = 'epoch' | 'threshold' | 'holders' | 'commitments' | 'transcript' | 'item' | 'policy' | 'state' | 'expiresMs' | 'label' | 'revoked'

const SHARES: readonly Part[] = ['epoch', 'holders', 'commitments', 'transcript']

const OPEN_TO: Record<ChangedBy, Partial<Record<Change, readonly Part[]>>> = {
  owner: {
    [Change.UPDATE]: ['item', 'policy', 'state', 'expiresMs', 'label', 'revoked'],
    [Change.RESHARE]: [...SHARES, 'threshold'],
    [Change.ROTATE]: [...SHARES, 'threshold', 'item', 'state']
  },
  holders: {
    [Change.RESHARE]: SHARES
  }
}

const SAME: Record<Part, (a: Manifest, b: Manifest) => boolean> = {
  epoch: (a, b) => a.epoch === b.epoch,
  threshold: (a, b) => a.threshold === b.threshold,
  holders: (a, b) => sameList(a.holders.map(holder => Holder.encode(holder)), b.holders.map(holder => Holder.encode(holder))),
  commitments: (a, b) => sameList(a.commitments, b.commitments),
  transcript: (a, b) => equals(a.transcript, b.transcript),
  item: (a, b) => equals(Item.encode(a.item ?? {}), Item.encode(b.item ?? {})),
  policy: (a, b) => equals(Policy.encode(a.policy ?? {}), Policy.encode(b.policy ?? {})),
  state: (a, b) => a.state === b.state,
  expiresMs: (a, b) => a.expiresMs === b.expiresMs,
  label: (a, b) => equals(a.label, b.label),
  revoked: (a, b) => sameList(a.revoked, b.revoked)
}

/**
 * Why a manifest, as `readManifest` gives it, cannot follow another; undefined when it can. Not whether it was agreed on: see
 * `verifyCertificate`. Without a manifest before only a genesis by the owner can be.
 */
export function mayFollow (previous: Pick<Vouched, 'manifest' | 'hash'> | undefined, next: Manifest, by: ChangedBy): string | undefined {
  return previous == null ? whyNoGenesis(next, by) : whyNot(previous, next, by)
}

/**
 * How many holders one change by holders may replace: the newcomers are of its proposer's choice, so one of these alone never brings in as
 * many as can open, nor, where the threshold is above 2, one less.
 */
export function replaceableByHolders (threshold: number): number {
  return Math.max(1, threshold - 2)
}

function whyNoGenesis (next: Manifest, by: ChangedBy): string | undefined {
  if (next.change !== Change.GENESIS) return `a ${next.change} with nothing before it`
  if (by !== 'owner') return 'a vault is begun by its owner'
  if (next.state !== State.ACTIVE) return `a vault begins ${State.ACTIVE}, not ${next.state}`
  if (next.item?.version !== 1) return `a first item of version ${next.item?.version}`
  if (next.revoked.length > 0) return 'delegations revoked before there can be any'
  return undefined
}

function whyNot ({ manifest: previous, hash }: Pick<Vouched, 'manifest' | 'hash'>, next: Manifest, by: ChangedBy): string | undefined {
  if (!equals(next.vault, previous.vault) || !equals(next.owner, previous.owner)) return 'it is another vault'
  if (next.seq !== previous.seq + 1) return `seq ${next.seq} after ${previous.seq}`
  if (!equals(next.prev, hash)) return `it follows another manifest of seq ${previous.seq}`
  const open = OPEN_TO[by][next.change]
  if (open == null) return `a ${next.change} by ${by}`
  if (by === 'holders') {
    if (previous.policy?.holdersMayReshare !== true) return 'the policy leaves every change to the owner'
    if (next.holders.length !== previous.holders.length) return `${next.holders.length} holders instead of ${previous.holders.length}: that is for the owner to change`
    const replaced = previous.holders.filter(({ peer }) => !next.holders.some(holder => equals(holder.peer, peer))).length
    if (replaced > replaceableByHolders(previous.threshold)) return `${replaced} holders are replaced by holders, and ${replaceableByHolders(previous.threshold)} may be at once`
  }
  for (const [part, same] of Object.entries(SAME)) {
    if (!open.includes(part as Part) && !same(previous, next)) return `a ${next.change} by ${by} that changes ${part}`
  }
  if (next.change === Change.UPDATE) return whyNoUpdate(previous, next)
  if (next.epoch !== previous.epoch + 1) return `epoch ${next.epoch} after ${previous.epoch}`
  if (equals(next.transcript, previous.transcript)) return 'new shares by the old transcript'
  const sameScalar = equals(next.commitments[0] ?? new Uint8Array(0), previous.commitments[0] ?? new Uint8Array(0))
  if (next.change === Change.RESHARE) return sameScalar ? undefined : 'new shares of another scalar'
  return whyNoRotation(previous, next, sameScalar)
}

function whyNoUpdate (previous: Manifest, next: Manifest): string | undefined {
  if (previous.state === State.EXPOSED && next.state !== State.EXPOSED) return 'an exposed scalar is not hidden again but by a rotation'
  if (SAME.item(previous, next)) return undefined
  if (next.item?.version !== (previous.item?.version ?? 0) + 1) return `version ${next.item?.version} of the item after ${previous.item?.version}`
  return undefined
}

function whyNoRotation ({ item: before }: Manifest, { item, state }: Manifest, sameScalar: boolean): string | undefined {
  if (sameScalar) return 'a rotation to the same scalar'
  if (state !== State.ACTIVE) return `a new scalar is ${State.ACTIVE}, not ${state}`
  if (item == null || before == null) return 'no item'
  const { encapsulation, wrappedKey, ...payload } = item
  if (!equals(Item.encode({ ...payload, encapsulation: before.encapsulation, wrappedKey: before.wrappedKey }), Item.encode(before))) return 'a rotation that changes the payload'
  if (equals(encapsulation, before.encapsulation)) return 'the data key in the old encapsulation'
  return undefined
}

function sameList (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((bytes, i) => equals(bytes, b[i] ?? new Uint8Array(0)))
}
