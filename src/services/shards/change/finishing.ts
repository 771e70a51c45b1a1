import { toString } from 'uint8arrays/to-string'
import { verifyProposed } from '../model/certificate.ts'
import { manifestHash } from '../model/manifest.ts'
import { checkTranscript, whyNotOf } from '../model/transcript.ts'
import { ShardsError } from '../errors.ts'
import { ask } from './context.ts'
import { keepsShares } from './draft.ts'
import type { Vouched } from '../parts.ts'
import type { SignedManifest, Transcript } from '../pb/shards.ts'
import type { ChangeContext } from './context.ts'
import type { PromiseOf } from './preparing.ts'
import type { Value } from './voting.ts'

/** What somebody has accepted already and has to be finished first, from any of those who have it. Undefined when none gives it. */
export async function acceptedValue (context: ChangeContext, hash: string, promises: Iterable<PromiseOf>): Promise<Value | undefined> {
  const seq = (context.previous?.manifest.seq ?? 0) + 1
  for (const { member: { peerId }, accepted } of promises) {
    if (accepted?.hash !== hash) continue
    try {
      const { answer } = await ask(context, peerId, { getState: { from: seq, accepted: true } }, context.signal)
      const { manifest, transcript } = answer.state?.accepted ?? {}
      if (manifest == null || toString(manifestHash(manifest.manifest), 'base16') !== hash) continue
      return await checked({ ...manifest, accepts: [] }, transcript, context.previous)
    } catch (err) {
      context.signal.throwIfAborted()
      context.log('%p did not give what it has accepted for seq %d: %s', peerId, seq, err)
    }
  }
  return undefined
}

/** Nobody honest has accepted what does not hold. */
async function checked (signed: SignedManifest, transcript: Transcript | undefined, previous: Vouched | undefined): Promise<Value> {
  const { manifest, hash } = await verifyProposed(signed, previous)
  if (keepsShares(manifest)) return { manifest, hash, signed }
  if (transcript == null) throw new ShardsError('SHARDS_INVALID', 'new shares without a transcript')
  const why = whyNotOf(manifest, transcript, await checkTranscript(transcript, previous, manifest.owner))
  if (why != null) throw new ShardsError('SHARDS_INVALID', `it does not follow from its transcript: ${why}`)
  return { manifest, hash, signed, transcript }
}
