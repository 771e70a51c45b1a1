import { peerFromBytes } from '../../../util/peer-bytes.ts'
import { missOf } from './errand.ts'
import type { PeerId } from '@libp2p/interface'
import type { Manifest } from '../pb/shards.ts'
import type { OwnerContext } from './context.ts'
import type { Miss } from './errand.ts'

export interface HolderRef {
  index: number
  peer: PeerId
  /** Its share times the base point. */
  verification: Uint8Array
}

export interface Canvass<T> {
  answers: Array<{ holder: HolderRef, value: T }>
  misses: Miss[]
  /** Resolves when those that go on have ended, too. */
  rest: Promise<unknown>
}

export interface CanvassOptions<T> {
  signal: AbortSignal
  ask: (holder: HolderRef, signal: AbortSignal) => Promise<T>
  /** Asked after each: `now` ends it, `soon` when the others have had `graceMs` more. @default when all have answered or failed */
  enough?: (so: Omit<Canvass<T>, 'rest'>) => 'now' | 'soon' | false
  graceMs?: number
  /** Those that have not answered then go on behind the back of the caller for so long. @default 0: they are aborted */
  behindMs?: number
  /** What they say then, or how they fail. */
  late?: (said: { value: T } | { miss: Miss }, signal: AbortSignal) => Promise<void>
}

export function holdersOf ({ holders }: Pick<Manifest, 'holders'>): HolderRef[] {
  return holders.map(({ index, peer, verification }) => ({ index, peer: peerFromBytes(peer), verification }))
}

/**
 * Asks all holders at once, so that the slow ones do not matter: resolves as soon as enough have answered. Who fails is a miss;
 * it rejects only when the signal aborts.
 */
export async function canvass<T> ({ clock, errands }: Pick<OwnerContext, 'clock' | 'errands'>, holders: readonly HolderRef[], { signal, ask, enough, graceMs = 0, behindMs = 0, late }: CanvassOptions<T>): Promise<Canvass<T>> {
  signal.throwIfAborted()
  const result: Omit<Canvass<T>, 'rest'> = { answers: [], misses: [] }
  const asking = new AbortController()
  const { promise: over, resolve: end } = Promise.withResolvers<void>()
  let grace: { cancel (): void } | undefined
  let open = true
  const onAbort = (): void => {
    asking.abort(signal.reason)
    end()
  }
  signal.addEventListener('abort', onAbort, { once: true })

  const asked = holders.map(async holder => {
    const said = await ask(holder, asking.signal).then(value => ({ value }), (err: unknown) => ({ miss: missOf(holder.peer, holder.index, err) }))
    if (!open) {
      if (!asking.signal.aborted) await late?.(said, asking.signal)
      return
    }
    if ('value' in said) result.answers.push({ holder, value: said.value })
    else result.misses.push(said.miss)
    const verdict = enough?.(result) ?? false
    if (verdict === 'now') end()
    else if (verdict === 'soon') grace ??= clock.after(graceMs, end)
  })
  const all = Promise.allSettled(asked)
  await Promise.race([all, over])
  open = false
  grace?.cancel()
  signal.removeEventListener('abort', onAbort)
  if (behindMs > 0 && !signal.aborted) {
    errands.behind('asking the other holders', behindMs, async limit => {
      limit.addEventListener('abort', () => { asking.abort(limit.reason) }, { once: true })
      await all
    })
  } else {
    asking.abort(signal.aborted ? signal.reason : new DOMException('enough others have answered', 'AbortError'))
  }
  signal.throwIfAborted()
  return { ...result, rest: all }
}
