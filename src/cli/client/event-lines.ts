import { describeEvent, shortId } from '../screen.ts'
import { harmlessValue } from '../text.ts'
import type { ProgramEvent } from '../events.ts'
import type { Palette } from '../screen.ts'
import type { ApiEvent } from './event-stream.ts'

/** A line for people, with the time. Whatever stands in the event, it is harmless. */
export function describeApiEvent (event: ApiEvent, p: Palette): string {
  const plain = harmlessValue(event)
  const line = describeEvent(plain as unknown as ProgramEvent, p) ?? described(plain)
  return `${p.dim(plain.time.slice(11, 19))} ${line}`
}

function described ({ event, time: _, ...fields }: ApiEvent): string {
  const { peerId, topic, text } = fields
  if (event === 'message:received') return `${shown(peerId)} says${topic == null ? '' : ` on ${shown(topic)}`}: ${shown(text)}`
  return [event, ...Object.entries(fields).map(([name, value]) => `${name}=${shown(value)}`)].join(' ')
}

function shown (value: unknown): string {
  if (typeof value === 'string') return value.startsWith('12D3KooW') ? shortId(value) : value
  return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(2) : JSON.stringify(value)
}
