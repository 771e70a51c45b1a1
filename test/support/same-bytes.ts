import { expect } from 'chai'
import { equals } from 'uint8arrays/equals'

/** Like `expect(actual).to.deep.equal(expected)`, for megabytes: chai compares element by element. */
export function expectSameBytes (actual: Uint8Array, expected: Uint8Array): void {
  if (equals(actual, expected)) return
  expect(actual.byteLength, 'length').to.equal(expected.byteLength)
  expect.fail(`byte ${actual.findIndex((byte, i) => byte !== expected[i])} differs`)
}
