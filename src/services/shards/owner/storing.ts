import { sealItem } from '../../../crypto/item/envelope.ts'
import { sealLabel } from '../../../crypto/item/label.ts'
import { DEFAULT_CHUNK_BYTES } from '../../../crypto/item/payload.ts'
import { deal } from '../../../crypto/threshold/deal.ts'
import { sleep } from '../../../util/clock.ts'
import { ShardsError } from '../errors.ts'
import { keyBytes } from '../model/keys.ts'
import { NONCE_BYTES, SUITE, vaultId } from '../model/manifest.ts'
import { Change, State } from '../pb/shards.ts'
import { ASK_TIMEOUT_MS } from './context.ts'
import { described, listed, missOf } from './errand.ts'
import { encrypted } from './payload.ts'
import { upload } from './payload-upload.ts'
import { place } from './placement.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Changed, OwnerDealing } from '../parts.ts'
import type { Item } from '../pb/shards.ts'
import type { StorePlan } from './arguments.ts'
import type { OwnerContext } from './context.ts'
import type { Errand, Miss } from './errand.ts'
import type { EncryptedPayload } from './payload.ts'

/** Of a store, with other holders each time. */
const ATTEMPTS = 3
const SEED_BYTES = 32
const FIRST_VERSION = 1
const FIRST_SEQ = 1
/** How long a store that failed waits for its holders to forget what they took. */
const FORGET_MS = 2_000

interface Begun {
  vault: Uint8Array
  nonce: Uint8Array
  dealing: OwnerDealing
  item: Item
  payload: EncryptedPayload
}

/**
 * Encrypts the secret, brings it to holders and has them agree on the first manifest. Who fails is replaced and all is made anew:
 * another vault, so that nothing of one attempt is of use in the next. Those that took something of an attempt that failed are told to
 * forget it; what they are not told they forget by themselves. Rejects with `SHARDS_TOO_FEW_PEERS` and `SHARDS_NOT_STORED`.
 */
export async function stored (context: OwnerContext, secret: Uint8Array, plan: StorePlan, errand: Errand): Promise<Changed> {
  const excluded = new Set<string>()
  const misses: Miss[] = []
  const forgetting: Array<Promise<void>> = []
  for (let attempt = 1; ; attempt++) {
    const begun = await begin(context, secret, plan, errand)
    const involved: PeerId[] = []
    try {
      const holders = await provisioned(context, begun, plan, excluded, misses, errand, involved)
      return await decided(context, begun, plan, holders, misses, errand)
    } catch (err) {
      forgetting.push(forgotten(context, begun.vault, involved, errand))
      errand.signal.throwIfAborted()
      // nobody was given anything, and the error says why
      if (!(err instanceof ShardsError) || (misses.length === 0 && involved.length === 0)) throw err
      for (const { peer } of misses) excluded.add(peer.toString())
      context.log('attempt %d to store a vault failed: %s', attempt, err)
      if (attempt < ATTEMPTS && plan.wanted.peers == null && err.code !== 'SHARDS_TOO_FEW_PEERS') continue
      await Promise.race([Promise.all(forgetting), sleep(context.clock, FORGET_MS, errand.signal)])
      const text = misses.length === 0 ? err.message : described(misses)
      throw new ShardsError('SHARDS_NOT_STORED', `too few holders took the vault, and those that did were told to forget it: ${text}`, { cause: err, details: listed(misses) })
    } finally {
      for (const share of begun.dealing.shares) share.fill(0)
    }
  }
}

async function begin ({ rng }: OwnerContext, secret: Uint8Array, { wanted: { count }, threshold }: StorePlan, { signer }: Errand): Promise<Begun> {
  const nonce = rng.bytes(NONCE_BYTES)
  const vault = vaultId(keyBytes(signer.publicKey), nonce)
  const { commitments, shares } = deal({ threshold, indices: indicesTo(count) }, rng)
  const context = { suite: SUITE, vault, version: FIRST_VERSION }
  const { item, dataKey } = sealItem(commitments[0] as Uint8Array, context, DEFAULT_CHUNK_BYTES, rng)
  try {
    const payload = await encrypted(secret, dataKey, context, DEFAULT_CHUNK_BYTES)
    return { vault, nonce, dealing: { commitments, shares: shares.map(({ scalar }) => scalar) }, item: { ...item, payload: payload.hash, bytes: payload.bytes.byteLength }, payload }
  } finally {
    dataKey.fill(0)
  }
}

/** As many holders as are wanted, each with the payload. */
async function provisioned (context: OwnerContext, { vault, payload }: Begun, { wanted: { count, peers }, threshold, expiresMs }: StorePlan, excluded: Set<string>, misses: Miss[], errand: Errand, involved: PeerId[]): Promise<PeerId[]> {
  const ready: PeerId[] = []
  let sent = 0
  for (let round = 1; ; round++) {
    const { chosen } = await place(context, { count: count - ready.length, peers, threshold, bytes: payload.bytes.byteLength, expiresMs, taken: ready, excluded }, errand)
    involved.push(...chosen)
    const total = (ready.length + chosen.length) * payload.bytes.byteLength
    const failed: Miss[] = []
    await Promise.all(chosen.map(async peer => {
      try {
        await upload(context, peer, vault, payload, errand, bytes => {
          sent += bytes
          errand.onProgress({ step: 'uploading', bytes: Math.min(sent, total), total })
        })
        ready.push(peer)
      } catch (err) {
        failed.push(missOf(peer, 0, err))
        errand.onProgress({ step: 'failed', peer, index: 0, reason: failed.at(-1)?.reason })
      }
    }))
    errand.signal.throwIfAborted()
    misses.push(...failed)
    for (const { peer } of failed) excluded.add(peer.toString())
    if (failed.length === 0) return ready
    if (round === ATTEMPTS || peers != null) throw new ShardsError('SHARDS_NOT_STORED', `${failed.length} holders did not take the payload: ${described(failed)}`, { details: listed(failed) })
    sent = ready.length * payload.bytes.byteLength
  }
}

async function decided ({ changes, rng }: OwnerContext, { vault, nonce, dealing, item }: Begun, { threshold, label, policy, expiresMs }: StorePlan, holders: readonly PeerId[], misses: Miss[], errand: Errand): Promise<Changed> {
  return await changes.change({
    next: {
      suite: SUITE,
      vault,
      owner: keyBytes(errand.signer.publicKey),
      nonce,
      threshold,
      holders: holders.map((peer, i) => ({ index: i + 1, peer })),
      item,
      policy,
      state: State.ACTIVE,
      expiresMs,
      change: Change.GENESIS,
      label: await labelled(label, vault, errand.signer, rng),
      revoked: []
    },
    owner: errand.signer,
    dealing,
    signal: errand.signal,
    onProgress: progress => {
      if (progress.step === 'failed' || progress.step === 'liar') misses.push({ peer: progress.peer, index: progress.index, code: 'SHARDS_REFUSED', reason: progress.reason ?? progress.step })
      errand.onProgress(progress)
    }
  })
}

/** Sealed for the owner; nothing for no label. */
export async function labelled (text: string, vault: Uint8Array, signer: PrivateKey, rng: OwnerContext['rng']): Promise<Uint8Array> {
  return text === '' ? new Uint8Array(0) : await sealLabel(seedOf(signer), vault, text, rng)
}

/** Of an Ed25519 key. */
export function seedOf ({ raw }: PrivateKey): Uint8Array {
  return raw.subarray(0, SEED_BYTES)
}

/** Goes on when the time of the caller is over. */
async function forgotten ({ caller, errands, log }: OwnerContext, vault: Uint8Array, peers: readonly PeerId[], { signer }: Errand): Promise<void> {
  if (peers.length === 0) return
  const { done } = errands.behind('taking back what could not be stored', ASK_TIMEOUT_MS, async signal => {
    await Promise.all(peers.map(async peer => {
      await caller.call(peer, vault, { revoke: { seq: FIRST_SEQ } }, { signal, timeoutMs: ASK_TIMEOUT_MS, signer }).catch((err: unknown) => { log('%p was not told to forget a vault that was not stored: %s', peer, err) })
    }))
  })
  await done
}

function indicesTo (n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1)
}
