import { ButtonLink } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { href } from '../../state/router.ts'
import type { JSX } from 'preact'
import type { IconName } from '../../components/icon.tsx'
import type { Health, NodeInfo } from '../../../schemas/node.ts'

const STATES: Record<Health['state'], { title: string, icon: IconName, text: string }> = {
  healthy: { title: 'Healthy', icon: 'check', text: 'The node has the peers it wants, and everything works.' },
  degraded: { title: 'Degraded', icon: 'warning', text: 'The node works, but not as well as it should:' },
  isolated: { title: 'Isolated', icon: 'unlink', text: 'Nothing comes in, and what is sent waits:' }
}

/** How the node is, why, and what can be done. */
export function HealthCard ({ info: { health: { state, reasons }, counts } }: { info: NodeInfo }): JSX.Element {
  const { title, icon, text } = STATES[state]
  return (
    <section class={`overview-health overview-health-${state}`} aria-labelledby='health'>
      <span class='overview-health-icon'><Icon name={icon} /></span>
      <div>
        <h2 id='health'>{title}</h2>
        <p>{text}</p>
        {reasons.length > 0 && <ul>{reasons.map(reason => <li key={reason}>{reason}</li>)}</ul>}
        {state !== 'healthy' && <p class='muted'><Advice state={state} known={counts.known} /></p>}
      </div>
      {state !== 'healthy' && (
        <div class='actions'>
          <ButtonLink href={href(['network'])}>Where peers come from</ButtonLink>
        </div>
      )}
    </section>
  )
}

function Advice ({ state, known }: { state: 'degraded' | 'isolated', known: number }): JSX.Element {
  if (known === 0) return <>It knows nobody: dial an address that you know, or start the node with <code class='nowrap'>--bootstrap</code> and the address of a peer.</>
  return state === 'isolated'
    ? <>It keeps trying those it knows. See whether this machine is online and lets the node out, or dial an address that you know.</>
    : <>It goes on by itself. If this stays, dial an address that you know, or see where peers come from.</>
}
