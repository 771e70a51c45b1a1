import { describeError } from '../../../errors.ts'
import { acceptOf } from '../change/accepts.ts'
import { ShardsError } from '../errors.ts'
import { falseProof } from '../model/evidence.ts'
import { vaultIdText } from './arguments.ts'
import type { Answered, Vouched } from '../parts.ts'
import type { HolderRef } from './canvass.ts'
import type { OwnerContext } from './context.ts'
import type { Errand } from './errand.ts'

export interface Lie {
  kind: 'PARTIAL' | 'AUDIT'
  vouched: Vouched
  holder: HolderRef
  answered: Answered
  reason: string
}

/** Says who lied, and passes the proof on. Gives the error that the holder's answer counts as. */
export function denounce ({ informer, scoring, suspects, log }: OwnerContext, { onProgress }: Errand, { kind, vouched, holder: { index, peer }, answered, reason }: Lie): ShardsError {
  onProgress({ step: 'liar', peer, index, reason })
  suspects.add(vaultIdText(vouched.manifest.vault), peer, reason)
  const accept = acceptOf(vouched, index)
  // without its own word for which point is its nobody else can check
  if (accept == null) scoring().report(peer, 'severe', `shards:${kind.toLowerCase()}`, answered.signed.content)
  else informer.inform(falseProof(kind, accept, answered)).catch((err: unknown) => { log.error('could not pass on that holder %d (%p) lied: %s', index, peer, describeError(err)) })
  return new ShardsError('SHARDS_ANSWER_INVALID', reason, { details: { indices: [index], peers: [peer.toString()] } })
}
