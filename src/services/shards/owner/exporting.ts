import { combine } from '../../../crypto/threshold/combine.ts'
import { ThresholdError } from '../../../crypto/threshold/errors.ts'
import { verifyShare } from '../../../crypto/threshold/verification.ts'
import { ShardsError } from '../errors.ts'
import { vaultIdText } from './arguments.ts'
import { publicKeyOf } from './vault-view.ts'
import type { Share } from '../../../crypto/threshold/checks.ts'
import type { Answered, Vouched } from '../parts.ts'
import type { HolderRef } from './canvass.ts'
import type { OwnerContext } from './context.ts'
import type { Errand } from './errand.ts'
import type { Gathering } from './gathering.ts'

/** The vault's scalar, put together from shares that their holders give away: 32 bytes, to be wiped. */
export async function exported (context: OwnerContext, gathering: Gathering, known: Vouched, errand: Errand): Promise<{ scalar: Uint8Array, vouched: Vouched }> {
  const given: Uint8Array[] = []
  let over = false
  try {
    const { vouched, result } = await gathering.gather<Share, Uint8Array>(known, errand, {
      body: ({ manifest: { epoch } }) => ({ export: { epoch } }),
      read: (vouched, holder, answered) => {
        const scalar = answered.answer.share?.scalar
        if (scalar != null) given.push(scalar)
        try {
          return shareOf(context, vouched, holder, answered, errand)
        } finally {
          if (over) scalar?.fill(0)
        }
      },
      // each was as it came, so that none need be kept
      verify: () => {},
      combine: scalarOf
    })
    return { scalar: result, vouched }
  } finally {
    over = true
    for (const scalar of given) scalar.fill(0)
  }
}

/** A false share proves nothing to others, as it would have to be shown: it is held against its holder here. */
function shareOf ({ suspects, scoring }: OwnerContext, { manifest }: Vouched, { index, peer }: HolderRef, { answer: { share } }: Answered, { onProgress }: Errand): Share {
  if (share == null) throw new ShardsError('SHARDS_ANSWER_INVALID', `holder ${index} (${peer.toString()}) was asked for its share and gave something else`)
  if (share.epoch === manifest.epoch && share.index === index && verifyShare({ index, scalar: share.scalar }, manifest.commitments)) return { index, scalar: share.scalar }
  const reason = `holder ${index} (${peer.toString()}) gave a share that is not its own`
  onProgress({ step: 'liar', peer, index, reason })
  suspects.add(vaultIdText(manifest.vault), peer, reason)
  scoring().report(peer, 'severe', 'shards:share')
  throw new ShardsError('SHARDS_ANSWER_INVALID', reason, { details: { indices: [index], peers: [peer.toString()] } })
}

/** Right only if it is the scalar of the public key. */
function scalarOf ({ manifest }: Vouched, shares: ReadonlyArray<{ index: number, value: Share }>): Uint8Array | undefined {
  try {
    return combine(shares.map(({ value }) => value), { threshold: manifest.threshold, publicKey: publicKeyOf(manifest) })
  } catch (err) {
    if (err instanceof ThresholdError) return undefined
    throw err
  }
}
