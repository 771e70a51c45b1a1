import { ShardsError } from '../errors.ts'
import { chooseHolders, chooseUpTo, inDrawnOrder } from './choice.ts'
import { ASK_TIMEOUT_MS } from './context.ts'
import { described, listed, missOf } from './errand.ts'
import type { PeerId } from '@libp2p/interface'
import type { Candidate } from '../parts.ts'
import type { OwnerContext } from './context.ts'
import type { Errand, Miss } from './errand.ts'

export interface PlacementInit {
  count: number
  /** Exactly these; then there is no choice. */
  peers?: readonly PeerId[]
  threshold: number
  bytes: number
  expiresMs: number
  /** Who stays, and counts for failure domains. */
  taken: readonly PeerId[]
  /** By peer id: who has failed already. */
  excluded: ReadonlySet<string>
  /** Whether fewer than `count` will do. @default false */
  fewer?: boolean
}

/** Who asks: the owner, or else the node itself. */
type Asker = Pick<Errand, 'signal' | 'onProgress'> & Partial<Pick<Errand, 'signer'>>

/** More than are needed are asked: some are full, and some fail together. */
const SPARE = 4
/** Of one placement. */
const MAX_OFFERS = 256
/** Names of an operator that count: the contract has no more. */
const MAX_DOMAINS = 4
const EMPTY_VAULT = new Uint8Array(0)

/**
 * Chooses peers for shares: draws some, asks them whether they would, and chooses among those that would by all that they may fail
 * together with. Those that are not chosen have promised nothing. Rejects with `SHARDS_TOO_FEW_PEERS`.
 */
export async function place (context: Pick<OwnerContext, 'caller' | 'peers' | 'rng'>, { count, peers, threshold, bytes, expiresMs, taken, excluded, fewer = false }: PlacementInit, errand: Asker): Promise<{ chosen: PeerId[], misses: Miss[] }> {
  const misses: Miss[] = []
  const ask = async (candidates: readonly Candidate[]): Promise<Candidate[]> => (await Promise.all(candidates.map(async candidate => {
    try {
      return [await offered(context, candidate, { bytes, expiresMs }, errand)]
    } catch (err) {
      errand.signal.throwIfAborted()
      misses.push(missOf(candidate.peerId, 0, err))
      errand.onProgress({ step: 'failed', peer: candidate.peerId, index: 0, reason: misses.at(-1)?.reason })
      return []
    }
  }))).flat()

  if (peers != null) {
    const willing = await ask(peers.map(named))
    errand.onProgress({ step: 'choosing', found: willing.length, wanted: peers.length })
    if (misses.length > 0) throw new ShardsError('SHARDS_NOT_STORED', `${misses.length} of the holders that were named cannot take it: ${described(misses)}`, { details: listed(misses) })
    return { chosen: [...peers], misses }
  }

  const known = (await context.peers.candidates()).filter(({ peerId }) => peerId.type === 'Ed25519')
  const staying = new Set(taken.map(String))
  const ids = new Map(known.map(candidate => [candidate.peerId.toString(), candidate]))
  const held = taken.map(peer => ids.get(peer.toString()) ?? named(peer))
  const waiting = inDrawnOrder(known.filter(({ peerId }) => !staying.has(peerId.toString()) && !excluded.has(peerId.toString())), context.rng).slice(0, MAX_OFFERS)
  const willing: Candidate[] = []
  for (;;) {
    willing.push(...await ask(waiting.splice(0, Math.max(0, count - willing.length) + Math.max(SPARE, Math.ceil(count / 2)))))
    errand.onProgress({ step: 'choosing', found: Math.min(willing.length, count), wanted: count })
    const init = { count, threshold, taken: held, rng: context.rng }
    const chosen = chooseUpTo(willing, init)
    if (chosen.length === count || (waiting.length === 0 && fewer)) return { chosen: chosen.map(({ peerId }) => peerId), misses }
    if (waiting.length > 0) continue
    try {
      chooseHolders(willing, init)
    } catch (err) {
      if (!(err instanceof ShardsError) || misses.length === 0) throw err
      throw new ShardsError(err.code, `${err.message}. Not to be had were ${described(misses)}`, { details: { ...err.details, ...listed(misses) } })
    }
  }
}

async function offered ({ caller }: Pick<OwnerContext, 'caller'>, candidate: Candidate, { bytes, expiresMs }: { bytes: number, expiresMs: number }, { signer, signal }: Asker): Promise<Candidate> {
  const { answer, tookMs } = await caller.call(candidate.peerId, EMPTY_VAULT, { offer: { bytes, expiresMs } }, { signal, timeoutMs: ASK_TIMEOUT_MS, signer })
  if (answer.offered == null) throw new ShardsError('SHARDS_ANSWER_INVALID', `${candidate.peerId.toString()} was asked whether it takes a share and said something else`)
  const { freeBytes, domains } = answer.offered
  if (freeBytes < bytes) throw new ShardsError('SHARDS_NO_SPACE', `${candidate.peerId.toString()} has ${freeBytes} bytes left, and ${bytes} are needed`)
  return { ...candidate, latencyMs: candidate.latencyMs ?? tookMs, domains: [...candidate.domains, ...domains.slice(0, MAX_DOMAINS).map(name => `operator:${name}`)] }
}

/** Nothing is known of it. */
function named (peerId: PeerId): Candidate {
  return { peerId, quality: 50, knownMs: 0, domains: [], connected: false }
}
