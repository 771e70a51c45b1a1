/** The only source of chance. Tests and simulations inject a seeded one. */
export interface Rng {
  /** `length` random bytes. */
  bytes (length: number): Uint8Array
  /** A float in [0, 1). */
  float (): number
  /** An integer in [0, bound). */
  int (bound: number): number
}

/** Backed by the platform's cryptographic generator. */
export const systemRng: Rng = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  float: () => uint32() / 2 ** 32,
  int: (bound) => Math.floor((uint32() / 2 ** 32) * bound)
}

function uint32 (): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] as number
}

/**
 * A reproducible generator for tests, simulations and benches: never for keys.
 * xoshiro128** (Blackman, Vigna 2018), seeded by splitmix32.
 */
export function seededRng (seed: number): Rng {
  let mix = seed >>> 0
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0
    let z = mix
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return (z ^ (z >>> 16)) >>> 0
  }
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()]
  const rotl = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0
  const next = (): number => {
    const result = Math.imul(rotl(Math.imul(b, 5) >>> 0, 7), 9) >>> 0
    const t = (b << 9) >>> 0
    c = (c ^ a) >>> 0
    d = (d ^ b) >>> 0
    b = (b ^ c) >>> 0
    a = (a ^ d) >>> 0
    c = (c ^ t) >>> 0
    d = rotl(d, 11)
    return result
  }
  return {
    bytes: (length) => Uint8Array.from({ length }, () => next() >>> 24),
    float: () => next() / 2 ** 32,
    int: (bound) => Math.floor((next() / 2 ** 32) * bound)
  }
}

/** A shuffled copy (Fisher-Yates). */
export function shuffled<T> (items: Iterable<T>, rng: Rng): T[] {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [out[i], out[j]] = [out[j] as T, out[i] as T]
  }
  return out
}
