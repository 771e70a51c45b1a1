import { useState } from 'preact/hooks'
import { randomId } from '../../api/random-id.ts'
import { PeerLink } from '../../components/peer-link.tsx'
import { onEvents } from '../../state/live.ts'
import { START, advance } from './progress-steps.ts'
import type { JSX } from 'preact'
import type { VaultProgress } from '../../../schemas/shards.ts'
import type { Progress } from './progress-steps.ts'

/** What a call tells while it runs: `during(call => api.openVault(id, { call }))`. */
export function useVaultProgress (): { progress: Progress | undefined, during: <T>(work: (call: string) => Promise<T>) => Promise<T> } {
  const [progress, setProgress] = useState<Progress>()
  const during = async <T, >(work: (call: string) => Promise<T>): Promise<T> => {
    const call = randomId()
    setProgress(START)
    const stop = onEvents(['vault:progress'], batch => {
      const told = (batch as unknown as VaultProgress[]).filter(event => event.call === call)
      setProgress(before => told.reduce(advance, before ?? START))
    })
    try {
      return await work(call)
    } finally {
      stop()
      setProgress(before => before == null || before.failures.length === 0 ? undefined : { ...before, over: true })
    }
  }
  return { progress, during }
}

export function ProgressNote ({ progress: { words, part, failures, over } }: { progress: Progress }): JSX.Element {
  return (
    <div class='vaults-progress'>
      <p role='status'>{over === true ? 'Not all holders did it:' : words}</p>
      {over !== true && <progress aria-label='How far it is' value={part} max={1} />}
      {failures.length > 0 && (
        <ul class='muted'>
          {failures.map(({ peer, reason }, index) => <li key={index}><PeerLink id={peer} />: {reason}</li>)}
        </ul>
      )}
    </div>
  )
}
