import { Change } from '../pb/shards.ts'
import type { ChangeInit, Outcome, Vouched } from '../parts.ts'
import type { Manifest, Proposal } from '../pb/shards.ts'

/** What is to follow, holders by the bytes of their peer ids. */
export type Next = Omit<ChangeInit['next'], 'holders'> & { holders: Array<{ index: number, peer: Uint8Array }> }

/** Whether this change leaves the shares as they are. */
export function keepsShares ({ change }: { change: Change }): boolean {
  return change === Change.UPDATE
}

/** What dealers deal for. `kemKeys` by holder's peer id, hexadecimal. */
export function draftProposal (next: Next, previous: Vouched | undefined, kemKeyOf: (holder: { index: number, peer: Uint8Array }) => Uint8Array): Proposal {
  return {
    vault: next.vault,
    seq: (previous?.manifest.seq ?? 0) + 1,
    prev: previous?.hash ?? new Uint8Array(),
    threshold: next.threshold,
    holders: next.holders.map(holder => ({ index: holder.index, peer: holder.peer, kemKey: kemKeyOf(holder), verification: new Uint8Array() })),
    change: next.change
  }
}

/** The next manifest, from what was dealt. */
export function draftManifest (next: Next, previous: Vouched | undefined, proposal: Proposal, { commitments, verifications }: Outcome, transcript: Uint8Array, nowMs: number): Manifest {
  return {
    ...next,
    seq: proposal.seq,
    prev: proposal.prev,
    epoch: (previous?.manifest.epoch ?? 0) + 1,
    holders: proposal.holders.map((holder, i) => ({ ...holder, verification: verifications[i] ?? new Uint8Array() })),
    commitments,
    transcript,
    issuedMs: issuedAfter(previous, nowMs)
  }
}

/** The next manifest with the shares as they are. */
export function draftUpdate (next: Next, { manifest, hash }: Vouched, nowMs: number): Manifest {
  const { seq, epoch, threshold, holders, commitments, transcript } = manifest
  return { ...next, seq: seq + 1, prev: hash, epoch, threshold, holders, commitments, transcript, issuedMs: issuedAfter({ manifest }, nowMs) }
}

/** Time does not run backwards in a chain, whatever the clocks of those that make it. */
function issuedAfter (previous: { manifest: Manifest } | undefined, nowMs: number): number {
  return Math.max(nowMs, previous?.manifest.issuedMs ?? 0)
}
