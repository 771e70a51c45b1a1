import { href } from '../state/router.ts'
import { short } from './format.ts'
import type { JSX } from 'preact'

/** A peer id, shortened, that leads to all that is known of the peer. */
export function PeerLink ({ id }: { id: string }): JSX.Element {
  return <a class='mono' href={href(['peers', id])} title={id}>{short(id)}</a>
}
