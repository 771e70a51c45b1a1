import { TextField } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { adviseVault } from './vault-advice.ts'
import type { JSX } from 'preact'

export interface Shares { threshold: number, holders: number }

/** How many hold shares, and how many open it, with what that means. */
export function ShareFields ({ shares, onShares, peers }: { shares: Shares, onShares: (shares: Shares) => void, peers: number }): JSX.Element {
  const { meaning, warnings, problem } = adviseVault(shares.threshold, shares.holders, peers)
  const numberOf = (text: string): number => text === '' ? NaN : Number(text)
  const textOf = (value: number): string => Number.isNaN(value) ? '' : String(value)
  return (
    <fieldset class='vaults-shares'>
      <legend>Who keeps it?</legend>
      <div class='vaults-numbers'>
        <TextField label='Holders' hint='Peers that get a share' type='number' min={2} max={64} required value={textOf(shares.holders)} onValue={text => { onShares({ ...shares, holders: numberOf(text) }) }} />
        <TextField label='Threshold' hint='Shares that open it' type='number' min={2} max={64} required value={textOf(shares.threshold)} error={problem} onValue={text => { onShares({ ...shares, threshold: numberOf(text) }) }} />
      </div>
      <div class='stack vaults-advice' aria-live='polite'>
        {meaning !== '' && <div class='note'><Icon name='info' /><p>{meaning}</p></div>}
        {warnings.map(warning => <div key={warning} class='note note-warn'><Icon name='warning' /><p>{warning}</p></div>)}
      </div>
    </fieldset>
  )
}
