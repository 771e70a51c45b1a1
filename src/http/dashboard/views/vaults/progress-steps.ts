import { bytes } from '../../components/format.ts'
import type { VaultProgress } from '../../../schemas/shards.ts'

/** How far a call is, put together from what was told of it. */
export interface Progress {
  words: string
  /** Of 1; absent when it is not known. */
  part?: number
  holders: number
  wanted?: number
  failures: ReadonlyArray<{ peer: string, reason: string }>
  /** The call has ended; what is left are the failures. */
  over?: true
}

export const START: Progress = { words: 'Asking peers', holders: 0, failures: [] }

export function advance (progress: Progress, { step, found = 0, wanted, bytes: done = 0, total, peer, reason }: VaultProgress): Progress {
  switch (step) {
    case 'choosing': return { ...progress, wanted, words: `Choosing holders: ${found} of ${wanted ?? found}`, part: partOf(found, wanted) }
    case 'uploading': return { ...progress, words: `Uploading: ${bytes(done)} of ${bytes(total ?? done)}`, part: partOf(done, total) }
    case 'dealing': return { ...progress, words: 'Dealing shares', part: undefined, holders: 0 }
    case 'accepted': return counted(progress, 'have their share')
    case 'answered': return counted(progress, 'answered')
    case 'failed':
    case 'liar': return { ...progress, failures: [...progress.failures, { peer: peer ?? '', reason: reason ?? (step === 'liar' ? 'it lied' : 'it failed') }] }
    case 'committed': return { ...progress, words: 'Done', part: 1 }
    default: return progress
  }
}

function counted (progress: Progress, what: string): Progress {
  const holders = progress.holders + 1
  const { wanted } = progress
  return { ...progress, holders, words: `${holders}${wanted == null ? '' : ` of ${wanted}`} holders ${what}`, part: partOf(holders, wanted) }
}

function partOf (done: number, total: number | undefined): number | undefined {
  return total == null || total === 0 ? undefined : Math.min(done / total, 1)
}
