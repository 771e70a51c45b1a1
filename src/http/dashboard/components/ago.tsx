import { now } from '../state/now.ts'
import { duration, moment } from './format.ts'
import type { JSX } from 'preact'

/** How long ago, or in how long, with the moment itself on pointing at it. */
export function Ago ({ time }: { time: number | string }): JSX.Element {
  const at = new Date(time).getTime()
  const passed = now.value - at
  const text = Math.abs(passed) < 5_000 ? 'just now' : passed > 0 ? `${largest(passed)} ago` : `in ${largest(-passed)}`
  return <time dateTime={new Date(at).toISOString()} title={moment(at)}>{text}</time>
}

function largest (ms: number): string {
  return duration(ms).split(' ').slice(0, 2).join(' ')
}
