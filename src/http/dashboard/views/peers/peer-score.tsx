import { score as inWords } from '../../components/format.ts'
import type { JSX } from 'preact'
import type { PeerDetail } from '../../../schemas/peer.ts'

const WORST = -100
const BEST = 20

/** How far along a bar some points are, in percent. */
type Scale = (points: number) => number

/** Good and bad have half of the bar each, though there is more of bad: what counts is how near it is to the end. */
const standingScale: Scale = points => 50 + 50 * (points < 0 ? Math.max(points / -WORST, -1) : Math.min(points / BEST, 1))
/** Points are as long everywhere, as parts are compared with each other. */
const partScale: Scale = points => (Math.min(BEST, Math.max(WORST, points)) - WORST) / (BEST - WORST) * 100

/** A score with a bar that starts at 0: to the right for good, to the left for bad. */
export function ScoreFigure ({ score, scale = standingScale }: { score: number, scale?: Scale }): JSX.Element {
  const [from, to] = [Math.min(scale(score), scale(0)), Math.max(scale(score), scale(0))]
  return (
    <span class='score'>
      <span class='score-bar' aria-hidden='true'><span class={score < 0 ? 'score-bar-bad' : 'score-bar-good'} style={{ left: `${from}%`, width: `${to - from}%` }} /></span>
      {inWords(score)}
    </span>
  )
}

type Parts = NonNullable<PeerDetail['parts']>

const PARTS: ReadonlyArray<readonly [title: string, text: string, points: (parts: Parts) => number]> = [
  ['Credit', 'for time and useful answers', ({ credit }) => credit],
  ['Misbehaviour', 'offences; half of it is forgotten in 15 minutes', ({ misbehaviour }) => -misbehaviour],
  ['Unreliability', 'failed dials and timeouts', ({ unreliability }) => -unreliability],
  ['Neighbours', 'what others at its IP address did', ({ ipDebt }) => -ipDebt]
]

/** What a score is made of, a bar for each part. */
export function ScoreParts ({ parts }: { parts: Parts }): JSX.Element {
  const { score, gossip, total } = parts
  return (
    <dl class='score-parts'>
      {PARTS.map(([title, text, points]) => <Part key={title} title={title} text={text} points={points(parts)} />)}
      <Part sum title='Score' text='decides about standing and bans' points={score} />
      {gossip < 0 && <Part title='Gossip' text='how it passes broadcasts on' points={total - score} />}
      {gossip < 0 && <Part sum title='With gossip' text='decides who goes when room is needed' points={total} />}
    </dl>
  )
}

function Part ({ title, text, points, sum = false }: { title: string, text: string, points: number, sum?: boolean }): JSX.Element {
  return <div class={sum ? 'score-sum' : undefined}><dt>{title} <small class='muted'>{text}</small></dt><dd><ScoreFigure score={points} scale={partScale} /></dd></div>
}
