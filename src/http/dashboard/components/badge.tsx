import { Icon } from './icon.tsx'
import type { ComponentChildren, JSX } from 'preact'
import type { Peer } from '../../schemas/peer.ts'
import type { IconName } from './icon.tsx'

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info'

export function Badge ({ tone = 'neutral', icon, title, children }: { tone?: Tone, icon?: IconName, title?: string, children: ComponentChildren }): JSX.Element {
  return <span class={`badge badge-${tone}`} title={title}>{icon != null && <Icon name={icon} />}{children}</span>
}

const STANDINGS: Record<Peer['standing'], { tone: Tone, icon: IconName, title: string }> = {
  good: { tone: 'good', icon: 'check', title: 'Served as anybody' },
  discouraged: { tone: 'warn', icon: 'warning', title: 'First to go when room is needed' },
  refused: { tone: 'bad', icon: 'unlink', title: 'Not let in for now' },
  banned: { tone: 'bad', icon: 'ban', title: 'Not let in until the ban ends' }
}

export function StandingBadge ({ standing }: { standing: Peer['standing'] }): JSX.Element {
  return <Badge {...STANDINGS[standing]}>{standing}</Badge>
}
