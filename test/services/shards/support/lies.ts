import { ristretto255 } from '@noble/curves/ed25519.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { PrivateKey } from '@libp2p/interface'
import type { Answer, Signed } from '../../../../src/services/shards/pb/shards.ts'

interface Codec<T> {
  encode (value: T): Uint8Array
  decode (bytes: Uint8Array): T
}

/** The generated ones: of `src`, or of `dist` where nothing of `src` is loaded. */
export interface Codecs {
  Answer: Codec<Answer>
  Signed: Codec<Signed>
}

/** What a holder says instead of what is so; undefined where it says what is so. */
export type Lie = (answer: Answer) => Answer | undefined

/** Partial decryptions as of another share. */
export const falseShare: Lie = answer => answer.partial == null ? undefined : { ...answer, partial: { ...answer.partial, point: ristretto255.Point.BASE.multiply(987_654_321n).toBytes() } }

/** The right point, and a proof that does not fit. */
export const falseProof: Lie = answer => answer.partial == null ? undefined : { ...answer, partial: { ...answer.partial, proof: lowBitFlipped(answer.partial.proof) } }

/** It says that it still has its share, and cannot show it. */
export const falseAudit: Lie = answer => answer.proof == null ? undefined : { ...answer, proof: { ...answer.proof, proof: lowBitFlipped(answer.proof.proof) } }

/** By name, for those in another process. */
export const LIES = { falseShare, falseProof, falseAudit } as const

/** A signed answer as this key would have signed it, had it been so. */
export async function retold (frame: Uint8Array, lie: Lie, privateKey: PrivateKey, { Answer, Signed }: Codecs): Promise<Uint8Array> {
  const answer = lie(Answer.decode(Signed.decode(frame).content))
  if (answer == null) return frame
  const content = Answer.encode(answer)
  return Signed.encode({ content, signature: await privateKey.sign(concatBytes(utf8ToBytes('peerkeep-shards:answer\0'), content)) })
}

/** Still scalars that are reduced: it is not the encoding that is wrong. */
function lowBitFlipped (proof: Uint8Array): Uint8Array {
  const changed = proof.slice()
  changed[0]! ^= 1
  return changed
}
