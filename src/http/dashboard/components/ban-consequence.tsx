import { now } from '../state/now.ts'
import { count, moment } from './format.ts'
import type { JSX } from 'preact'
import type { BanRequest } from '../../schemas/ban.ts'

/** What a ban would do, in words. */
export function BanConsequence ({ target, duration }: { target: string, duration: BanRequest['duration'] }): JSX.Element {
  return <p aria-live='polite'>{whoOf(target.trim())} {untilOf(duration)}</p>
}

function whoOf (target: string): string {
  if (target === '') return 'Who is banned is disconnected within a second, and neither dialled nor let in'
  const [ip = '', bits] = target.split('/')
  if (bits != null) return `All peers in ${target}${addressesIn(ip, Number(bits))} are disconnected within a second, and nobody there is dialled or let in`
  if (/[.:]/.test(target)) return `All peers at ${target} are disconnected within a second, and nobody there is dialled or let in`
  return 'This peer is disconnected within a second, and neither dialled nor let in. It may come back with another identity: ban its IP address, too, if it must not. The ban lasts'
}

function addressesIn (ip: string, bits: number): string {
  const free = (ip.includes(':') ? 128 : 32) - bits
  return free >= 0 && free <= 32 ? ` (${count(2 ** free)} addresses)` : ''
}

function untilOf (duration: BanRequest['duration']): string {
  if (duration === 'forever') return 'until you lift it.'
  return typeof duration === 'number' ? `until ${moment(now.value + duration)}.` : 'for 1 hour the first time, longer with each ban.'
}
