import { loadFastGroup } from '../../src/crypto/threshold/fast-group.ts'
import { group, useGroup } from '../../src/crypto/threshold/group.ts'
import { ThresholdError } from '../../src/crypto/threshold/index.ts'
import { nobleGroup } from '../../src/crypto/threshold/noble-group.ts'
import type { ThresholdErrorCode } from '../../src/crypto/threshold/index.ts'
import type { Rng } from '../../src/util/rng.ts'

/** Of the group and its scalars: 2^252 + c. */
export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

/** The same tests with both implementations of the group. */
export function onBothGroups (tests: () => void): void {
  const suite = (title: string, choose: () => Promise<void>): void => {
    describe(title, () => {
      const before_ = group()
      before(choose)
      after(() => { useGroup(before_) })
      tests()
    })
  }
  suite('in pure JavaScript', async () => { useGroup(nobleGroup) })
  suite('with libsodium', loadFastGroup)
}

export function bigOf (bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

export function bytesOf (value: bigint, length = 32): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 255n))
}

/** As hexadecimal digits. */
export function hex (bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function unhex (digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, 'hex'))
}

export function upTo (n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1)
}

/** With one bit of one byte changed. */
export function flipped (bytes: Uint8Array, at = 0): Uint8Array {
  return bytes.map((byte, i) => i === at ? byte ^ 1 : byte)
}

/** Gives these, one a call, and fails after the last. */
export function chanceOf (draws: readonly Uint8Array[]): Rng {
  const left = draws.map(draw => draw.slice())
  return {
    bytes: length => {
      const draw = left.shift()
      if (draw?.byteLength !== length) throw new Error(`the next draw has ${draw?.byteLength ?? 0} bytes, not ${length}`)
      return draw
    },
    float: () => { throw new Error('not asked for') },
    int: () => { throw new Error('not asked for') }
  }
}

/** Code and indices of the ThresholdError that is thrown; undefined for none. */
export function refusal (act: () => unknown): { code: ThresholdErrorCode, indices: readonly number[] } | undefined {
  try {
    act()
    return undefined
  } catch (err) {
    if (!(err instanceof ThresholdError)) throw err
    return { code: err.code, indices: err.indices }
  }
}
