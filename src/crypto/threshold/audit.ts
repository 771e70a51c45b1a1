import { withChance } from './chance.ts'
import { checkPoint, checkShare } from './checks.ts'
import { prove, verify } from './proof.ts'
import type { Share } from './checks.ts'
import type { Rng } from '../../util/rng.ts'

const KIND = 'audit'

/**
 * That the share is still there: 64 bytes (Schnorr). It takes no point of the asker's, or it would decrypt for whoever may only
 * audit: `context`, with the asker's nonce in it, is only hashed. Throws `THRESHOLD_INVALID`, `THRESHOLD_RNG`.
 */
export function proveShare (share: Share, context: Uint8Array, rng: Rng): Uint8Array {
  checkShare(share)
  return withChance(rng, chance => prove(share.scalar, { kind: KIND, context, bases: [] }, chance).proof)
}

/** Whether who made it has the share that fits `verification`. Throws `THRESHOLD_INVALID` for a verification that is none. */
export function verifyShareProof (proof: Uint8Array, verification: Uint8Array, context: Uint8Array): boolean {
  checkPoint(verification, 'the verification')
  return verify({ kind: KIND, context, bases: [] }, [verification], proof)
}
