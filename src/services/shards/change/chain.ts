import { equals } from 'uint8arrays/equals'
import { describeError } from '../../../errors.ts'
import { ShardsError } from '../errors.ts'
import { RefusedError } from '../model/failure.ts'
import { verifyChain } from '../model/certificate.ts'
import { readManifest } from '../model/manifest.ts'
import { ask } from './context.ts'
import { SignedManifest } from '../pb/shards.ts'
import type { PeerId } from '@libp2p/interface'
import type { Vouched } from '../parts.ts'
import type { ChangeContext } from './context.ts'
import type { Member } from './members.ts'

/** Of one answer; more than is needed in any but a long quarrel. */
const MAX_ASKED = 3
/** Of one chain: 16 MiB. */
const MAX_ANSWERS = 64
/** Of a chain, in one request. */
const MAX_PIECE_BYTES = 262_144

/** For those that do not know the vault: the manifests from the last that the owner signed, by which all after it can be checked. */
export async function chainOf (context: ChangeContext): Promise<SignedManifest[]> {
  const { previous, members, signal, log } = context
  if (previous == null || ![...members.values()].some(({ before }) => before == null)) return []
  if (previous.signed.ownerSignature.byteLength > 0) return [previous.signed]
  for (const { peerId } of [...members.values()].filter(({ before }) => before != null)) {
    try {
      const chain = await chainFrom(context, previous, peerId)
      if (chain != null) return chain
    } catch (err) {
      signal.throwIfAborted()
      log('no chain from %p: %s', peerId, describeError(err))
    }
  }
  throw new ShardsError('SHARDS_NOT_STORED', 'no holder showed the manifests that new holders need: try again when more are there')
}

/** From one holder, in as many answers as it takes; undefined where it ends elsewhere. */
async function chainFrom (context: ChangeContext, previous: Vouched, peerId: PeerId): Promise<SignedManifest[] | undefined> {
  const chain: Vouched[] = []
  for (let i = 0; i < MAX_ANSWERS; i++) {
    const { answer } = await ask(context, peerId, { getState: { from: (chain.at(-1)?.manifest.seq ?? -1) + 1 } }, context.signal)
    const more = await verifyChain(answer.state?.manifests ?? [], { vault: context.vault, owner: previous.manifest.owner, after: chain.at(-1) })
    chain.push(...more)
    const end = chain.findIndex(({ hash }) => equals(hash, previous.hash))
    if (end >= 0) return chain.slice(0, end + 1).map(({ signed }) => signed)
    if (more.length === 0) break
  }
  return undefined
}

/** In pieces that fit into a request each. */
export function inPieces (chain: readonly SignedManifest[]): SignedManifest[][] {
  const pieces: SignedManifest[][] = []
  let bytes = Infinity
  for (const signed of chain) {
    const { byteLength } = SignedManifest.encode(signed)
    if (bytes + byteLength > MAX_PIECE_BYTES) {
      pieces.push([])
      bytes = 0
    }
    pieces.at(-1)?.push(signed)
    bytes += byteLength
  }
  return pieces
}

/**
 * Shows those that are to become holders all but the last piece of a chain that is too long for one request; gives the last, which goes with
 * the proposal. Who could not be shown them says that it does not know the vault.
 */
export async function introduce (context: ChangeContext, chain: readonly SignedManifest[]): Promise<SignedManifest[]> {
  const pieces = inPieces(chain)
  const last = pieces.pop() ?? []
  if (pieces.length === 0) return last
  const { members, signal, log } = context
  await Promise.all([...members.values()].filter(({ before }) => before == null).map(async ({ peerId }) => {
    try {
      for (const piece of pieces) await ask(context, peerId, { propose: { trial: true, promises: [], chain: piece } }, signal)
    } catch (err) {
      signal.throwIfAborted()
      log('%p was not shown the vault: %s', peerId, describeError(err))
    }
  }))
  return last
}

/**
 * Checks what came after a known manifest. Holders keep the manifests from the last that the owner signed: where that is not the next one,
 * the owner answers for those between. Rejects as `verifyChain` does.
 */
export async function verifyNewer (manifests: readonly SignedManifest[], known: Vouched): Promise<Vouched[]> {
  const { vault, owner, seq } = known.manifest
  const [first] = manifests
  const skips = first != null && readManifest(first.manifest).seq > seq + 1
  return await verifyChain(manifests, { vault, owner, after: skips ? undefined : known })
}

/** What came after the manifest that is to be changed, by those that refused because of it; checked. Empty when there is nothing. */
export async function whatCameAfter (context: ChangeContext, refusals: ReadonlyMap<Member, unknown>): Promise<Vouched[]> {
  const { previous, signal, log } = context
  if (previous == null) return []
  const told = [...refusals].filter(([, err]) => err instanceof RefusedError && (err.failure.newer != null || err.failure.code === 'STALE'))
  for (const [{ peerId }] of told.slice(0, MAX_ASKED)) {
    try {
      const { answer } = await ask(context, peerId, { getState: { from: previous.manifest.seq + 1 } }, signal)
      const manifests = answer.state?.manifests ?? []
      if (manifests.length > 0) return await verifyNewer(manifests, previous)
    } catch (err) {
      signal.throwIfAborted()
      log('%p says that there is something newer and does not show it: %s', peerId, describeError(err))
    }
  }
  return []
}
