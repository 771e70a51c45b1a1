import { nobleGroup } from './noble-group.ts'

/** Of a point: ristretto255 (RFC 9496), its one encoding. */
export const POINT_BYTES = 32
/** The neutral element: 32 zero bytes. */
export const IDENTITY: Uint8Array = new Uint8Array(POINT_BYTES)

interface Term {
  point: Uint8Array
  /** @default 1 */
  scalar?: Uint8Array
}

/** What is computed with points. Inputs have been checked by the caller; none is wiped. */
export interface Group {
  readonly name: string
  /** Whether it is the encoding of a point, and not the identity's. */
  isPoint (bytes: Uint8Array): boolean
  /** A secret times the base point. */
  timesBase (scalar: Uint8Array): Uint8Array
  /** For each list of secrets their sum times the point. They are never added up: that is how a long-lived one is blinded. */
  times (point: Uint8Array, lists: ReadonlyArray<readonly Uint8Array[]>): Uint8Array[]
  /** `base` times the base point and all terms, of public scalars: takes as long as they want. */
  sum (terms: readonly Term[], base?: Uint8Array): Uint8Array
}

let current: Group = nobleGroup

/** What this library computes with. */
export function group (): Group {
  return current
}

/** From now on, for all. */
export function useGroup (chosen: Group): void {
  current = chosen
}
