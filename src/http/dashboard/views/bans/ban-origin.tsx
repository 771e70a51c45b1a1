import { Badge } from '../../components/badge.tsx'
import type { JSX } from 'preact'
import type { Tone } from '../../components/badge.tsx'
import type { Ban } from '../../../schemas/ban.ts'

const ORIGINS: Record<Ban['by'], { tone: Tone, text: string, title: string }> = {
  hand: { tone: 'neutral', text: 'by hand', title: 'A person or a program asked for it' },
  score: { tone: 'warn', text: 'misbehaviour', title: 'It misbehaved until its score was too bad' },
  spread: { tone: 'info', text: 'neighbours', title: 'Many banned peers or addresses are in there' }
}

/** Who or what banned. */
export function BanOrigin ({ by }: { by: Ban['by'] }): JSX.Element {
  const { tone, text, title } = ORIGINS[by]
  return <Badge tone={tone} title={title}>{text}</Badge>
}
