import { ThresholdError } from './errors.ts'
import { equal } from './checks.ts'
import { useGroup } from './group.ts'
import { nobleGroup } from './noble-group.ts'
import { sodiumGroup } from './sodium-group.ts'
import { small } from './scalars.ts'
import type { Group } from './group.ts'
import type { SodiumModule } from './sodium-group.ts'

let loading: Promise<Group> | undefined

/**
 * From now on all of this process computes with libsodium (WebAssembly, 190 KiB compressed, loaded now and once): several times
 * as fast, and in constant time as far as the WebAssembly engine leaves it so. Rejects where that cannot be had, e.g. where a
 * page's security policy forbids WebAssembly; pure JavaScript goes on then, with the same results.
 */
export async function loadFastGroup (): Promise<void> {
  loading ??= load().catch((cause: unknown) => {
    loading = undefined
    throw new Error('libsodium cannot be used here: point multiplications stay in JavaScript', { cause })
  })
  useGroup(await loading)
}

async function load (): Promise<Group> {
  const { default: sodium } = await import('libsodium-wrappers-sumo')
  await sodium.ready
  // its types leave the module out that it wraps
  const loaded = sodiumGroup((sodium as unknown as { libsodium: SodiumModule }).libsodium)
  const [a, b] = [small(65_537), small(257)]
  const same = (compute: (group: Group) => Uint8Array | undefined): boolean => equal(compute(loaded) ?? a, compute(nobleGroup) ?? b)
  const point = nobleGroup.timesBase(a)
  if (same(group => group.times(point, [[a, b]])[0]) && same(group => group.sum([{ point }, { point, scalar: b }], a))) return loaded
  throw new ThresholdError('THRESHOLD_MISMATCH', 'libsodium computes something else than @noble/curves')
}
