import { expect } from 'chai'
import { concat } from 'uint8arrays/concat'
import { ItemError } from '../../../../src/crypto/item/errors.ts'
import type { ItemErrorCode } from '../../../../src/crypto/item/errors.ts'

export async function collected (source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return concat(await listed(source))
}

export async function listed<T> (source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of source) list.push(item)
  return list
}

/** Everything it gave before it failed with this code. */
export async function collectedUntil (code: ItemErrorCode, source: AsyncIterable<Uint8Array>, why?: string): Promise<Uint8Array> {
  const got: Uint8Array[] = []
  let failure: unknown
  try {
    for await (const bytes of source) got.push(bytes)
  } catch (err) {
    failure = err
  }
  expectItemError(code, failure, why)
  return concat(got)
}

export function expectItemError (code: ItemErrorCode, err: unknown, why?: string): void {
  expect(err, why).to.be.instanceOf(ItemError)
  expect((err as ItemError).code, why).to.equal(code)
}

/** Asynchronously, in parts of these lengths, over and over; every part in the same buffer. */
export async function * inParts (bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array, void, void> {
  const buffer = new Uint8Array(Math.max(...lengths))
  for (let at = 0, i = 0; at < bytes.byteLength; i++) {
    const part = bytes.subarray(at, at + (lengths[i % lengths.length] as number))
    buffer.set(part)
    yield buffer.subarray(0, part.byteLength)
    buffer.fill(0)
    at += part.byteLength
  }
}
