import { toString } from 'uint8arrays/to-string'
import { bounded } from './text.ts'
import type { Static } from 'typebox'
import type { Decision, Evidence } from '../../services/bans/index.ts'
import type { Decision as DecisionSchema, Evidence as EvidenceSchema } from '../schemas/peer.ts'

/** Pure. What a peer sent is shown as digits only. */
export function evidenceRow ({ timeMs, offence, cause, sample, hash }: Evidence): Static<typeof EvidenceSchema> {
  return {
    timeMs,
    offence,
    cause: bounded(cause),
    ...sample == null ? {} : { sample: toString(sample, 'base16') },
    ...hash == null ? {} : { hash: toString(hash, 'base16') }
  }
}

/** Pure. */
export function decisionRow ({ timeMs, where, decision, rule }: Decision): Static<typeof DecisionSchema> {
  return { timeMs, where, decision, rule: bounded(rule, 512) }
}
