import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { onThemeChange } from '../../charts/css-colour.ts'
import { latency, score, short } from '../../components/format.ts'
import { go, href } from '../../state/router.ts'
import { drawNetwork } from './network-canvas.ts'
import { layoutOf } from './network-layout.ts'
import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent } from 'preact'
import type { GraphPeer } from '../../../schemas/network.ts'
import type { Layout, Place } from './network-layout.ts'

/** How far from a peer a finger or the mouse still means it, in pixels. */
const REACH = 16

export interface NetworkGraphProps {
  peers: readonly GraphPeer[]
  selected?: string
  onSelect: (peerId: string | undefined) => void
}

/** This node in the middle and its peers around it; drawn when something changed, and only then. */
export function NetworkGraph ({ peers, selected, onSelect }: NetworkGraphProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [{ width, height }, setSize] = useState({ width: 0, height: 0 })
  const [hovered, setHovered] = useState<string>()
  const [drawnFor, redraw] = useState(0)
  const layout = useMemo(() => layoutOf(peers, width, height), [peers, width, height])

  useEffect(() => {
    const at = canvas.current
    if (at == null) return undefined
    const resized = new ResizeObserver(() => { setSize({ width: at.clientWidth, height: at.clientHeight }) })
    resized.observe(at)
    const stopTheme = onThemeChange(() => { redraw(count => count + 1) })
    return () => {
      resized.disconnect()
      stopTheme()
    }
  }, [])
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (canvas.current != null && width > 0) drawNetwork(canvas.current, width, height, { layout, hovered, selected })
    })
    return () => { cancelAnimationFrame(frame) }
  }, [layout, hovered, selected, drawnFor])

  const at = ({ offsetX, offsetY }: TargetedPointerEvent<HTMLCanvasElement>): string | undefined => nearest(layout, offsetX, offsetY)?.peer.peerId
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.key === 'Enter' && selected != null) go(href(['peers', selected]))
    else if (event.key === 'Escape') onSelect(undefined)
    else {
      const next = neighbour(layout.places, selected, event.key)
      if (next == null) return
      onSelect(next.peer.peerId)
    }
    event.preventDefault()
  }
  const chosen = peers.find(({ peerId }) => peerId === selected)
  return (
    <div class='network-graph'>
      <canvas
        ref={canvas} tabIndex={0} role='application' aria-roledescription='network graph'
        aria-label={`This node and ${peers.length} connected peers. Arrow keys go from peer to peer, Enter opens one. The table below has the same.`}
        onKeyDown={onKeyDown}
        onPointerMove={event => { setHovered(at(event)) }}
        onPointerLeave={() => { setHovered(undefined) }}
        onClick={event => { onSelect(at(event as unknown as TargetedPointerEvent<HTMLCanvasElement>)) }}
      />
      <p class='sr-only' role='status'>{chosen == null ? '' : inWords(chosen)}</p>
    </div>
  )
}

function inWords ({ peerId, standing, score: points, rttMs, roles, relay }: GraphPeer): string {
  return [
    `Peer ${short(peerId)}`, standing, `score ${score(points)}`,
    rttMs == null ? 'latency not measured' : latency(rttMs),
    ...roles, ...(relay == null ? [] : [`through ${short(relay)}`])
  ].join(', ')
}

function nearest ({ places }: Layout, x: number, y: number): Place | undefined {
  let found: Place | undefined
  let least = REACH
  for (const place of places) {
    const distance = Math.hypot(place.x - x, place.y - y)
    if (distance < least) [found, least] = [place, distance]
  }
  return found
}

/** Right and left go round, down and up to the next ring out and in. */
function neighbour (places: readonly Place[], selected: string | undefined, key: string): Place | undefined {
  const index = places.findIndex(({ peer }) => peer.peerId === selected)
  const current = places[index]
  if (key === 'Home' || (current == null && key.startsWith('Arrow'))) return places[0]
  if (key === 'End') return places.at(-1)
  if (key === 'ArrowRight') return places[(index + 1) % places.length]
  if (key === 'ArrowLeft') return places.at((index - 1) % places.length)
  if (current == null || (key !== 'ArrowDown' && key !== 'ArrowUp')) return undefined
  const outwards = key === 'ArrowDown'
  const beyond = places.filter(({ ring }) => outwards ? ring > current.ring : ring < current.ring)
  const ring = beyond.reduce((best, place) => outwards ? Math.min(best, place.ring) : Math.max(best, place.ring), outwards ? Infinity : -Infinity)
  const turn = (place: Place): number => Math.abs(Math.atan2(Math.sin(place.angle - current.angle), Math.cos(place.angle - current.angle)))
  return beyond.filter(place => place.ring === ring).sort((a, b) => turn(a) - turn(b))[0] ?? current
}
