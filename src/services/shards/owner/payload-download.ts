import { equals } from 'uint8arrays/equals'
import { payloadHash } from '../../../crypto/item/payload-hash.ts'
import { shuffled } from '../../../util/rng.ts'
import { ShardsError } from '../errors.ts'
import { MAX_PAYLOAD_BYTES, vaultIdText } from './arguments.ts'
import { holdersOf } from './canvass.ts'
import { ASK_TIMEOUT_MS } from './context.ts'
import { described, listed, missOf } from './errand.ts'
import { PIECE_BYTES } from './payload.ts'
import { itemOf } from './vault-view.ts'
import type { Vouched } from '../parts.ts'
import type { HolderRef } from './canvass.ts'
import type { OwnerContext } from './context.ts'
import type { Errand, Miss } from './errand.ts'

/** Pieces that are asked of a holder at once: 1 MiB on its way. */
const WINDOW = 16
/** A small payload comes from two at once, and from one more each time so long has passed: of ten one is away. */
const SMALL_AT_ONCE = 2
const SMALL_HEDGE_MS = 100
/** A large one from one; another begins when nothing has come for so long. */
const STALL_MS = 2_000

/**
 * The encrypted payload, from whoever has it: one whose bytes have another hash, who is slow, or who has it not, is followed by
 * another. Rejects with `SHARDS_TOO_FEW_SHARES` when nobody has it whole.
 */
export async function download (context: OwnerContext, { manifest }: Vouched, errand: Errand, signal: AbortSignal): Promise<Uint8Array> {
  const { bytes } = itemOf(manifest)
  if (bytes > MAX_PAYLOAD_BYTES) throw new ShardsError('SHARDS_TOO_LARGE', `the payload has ${bytes} bytes: this version takes ${MAX_PAYLOAD_BYTES}`)
  const { clock, suspects, rng } = context
  const id = vaultIdText(manifest.vault)
  const order = shuffled(holdersOf(manifest), rng)
  const waiting = [...order.filter(({ peer }) => suspects.reason(id, peer) == null), ...order.filter(({ peer }) => suspects.reason(id, peer) != null)]
  const misses: Miss[] = []
  const ending = new AbortController()
  const both = AbortSignal.any([signal, ending.signal])
  const small = bytes <= PIECE_BYTES
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  let active = 0
  let quiet: { cancel (): void } | undefined

  const next = (): void => {
    const holder = waiting.shift()
    if (holder == null) {
      if (active === 0) reject(new ShardsError('SHARDS_TOO_FEW_SHARES', `no holder has the payload of vault ${id} whole: ${described(misses)}`, { details: listed(misses) }))
      return
    }
    active++
    fetchFrom(context, holder, manifest.vault, itemOf(manifest), errand, both, rearm)
      .then(resolve, (err: unknown) => {
        active--
        misses.push(missOf(holder.peer, holder.index, err))
        if (!both.aborted) next()
      })
  }
  const rearm = (): void => {
    quiet?.cancel()
    quiet = both.aborted ? undefined : clock.after(small ? SMALL_HEDGE_MS : STALL_MS, () => {
      next()
      rearm()
    })
  }
  const onAbort = (): void => { reject(signal.reason as Error) }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    signal.throwIfAborted()
    for (let i = 0; i < (small ? SMALL_AT_ONCE : 1); i++) next()
    rearm()
    return await promise
  } finally {
    ending.abort(new DOMException('another holder has given it', 'AbortError'))
    quiet?.cancel()
    signal.removeEventListener('abort', onAbort)
  }
}

async function fetchFrom ({ caller }: OwnerContext, { peer }: HolderRef, vault: Uint8Array, { payload, bytes }: { payload: Uint8Array, bytes: number }, { signer, delegation }: Errand, signal: AbortSignal, onPiece: () => void): Promise<Uint8Array> {
  const whole = new Uint8Array(bytes)
  const hash = payloadHash()
  let begun = 0
  let hashed = 0
  const there = new Set<number>()
  const stopping = new AbortController()
  const both = AbortSignal.any([signal, stopping.signal])

  const piece = async (start: number): Promise<void> => {
    const end = Math.min(bytes, start + PIECE_BYTES)
    for (let offset = start; offset < end;) {
      const { answer } = await caller.call(peer, vault, { get: { payload, offset } }, { signal: both, timeoutMs: ASK_TIMEOUT_MS, signer, delegation })
      const data = answer.data?.data ?? new Uint8Array(0)
      if (data.byteLength === 0) throw new ShardsError('SHARDS_ANSWER_INVALID', `${peer.toString()} was asked for byte ${offset} of ${bytes} of a payload and gave none`)
      whole.set(data.subarray(0, end - offset), offset)
      offset += data.byteLength
      onPiece()
    }
    there.add(start)
    for (; there.delete(hashed); hashed += PIECE_BYTES) hash.update(whole.subarray(hashed, hashed + PIECE_BYTES))
  }
  const lane = async (): Promise<void> => {
    while (begun < bytes) {
      const start = begun
      begun += PIECE_BYTES
      await piece(start)
    }
  }
  try {
    await Promise.all(Array.from({ length: WINDOW }, lane))
  } finally {
    stopping.abort(new DOMException('the download has ended', 'AbortError'))
  }
  if (!equals(hash.digest(), payload)) throw new ShardsError('SHARDS_CORRUPT', `what ${peer.toString()} gave is not the payload that the owner signed for`)
  return whole
}
