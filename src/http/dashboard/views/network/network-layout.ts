import type { GraphPeer } from '../../../schemas/network.ts'

export interface Place {
  peer: GraphPeer
  x: number
  y: number
  /** Of the ring it is on, from the inside. */
  ring: number
  /** In radians, clockwise from the right. */
  angle: number
  /** Where its link begins: at its relay, else in the middle. */
  from: { x: number, y: number }
}

/** A distance, as an ellipse around the middle. */
export interface Ring { rx: number, ry: number, text: string }

export interface Layout {
  middle: { x: number, y: number }
  /** In no order that means anything to people: by ring, then by angle. */
  places: readonly Place[]
  /** Outer edges of the bands of latencies. */
  rings: readonly Ring[]
  /** Radius of a peer. */
  size: number
}

const BANDS_MS = [5, 20, 50, 100, 200, 500, 1_000]
const EDGE = 26
const INNER = 46
const MAX_STRETCH = 1.7
const TURN = 2 * Math.PI
const TOP = -TURN / 4
/** At the top of the rings, where they are named. */
const NAME_WIDTH = 56
/** Part of a step by which each ring is turned against the one within, so that peers do not stand in rows. */
const SHIFT = 0.382

interface Band { text: string, peers: GraphPeer[], rings: number }

/**
 * Peers on rings around the middle, the nearer the shorter their round trip; those that are reached through a relay outside, behind it.
 * Within a ring they stand by their ids, so that one more moves the others only a little. Pure.
 */
export function layoutOf (peers: readonly GraphPeer[], width: number, height: number): Layout {
  const middle = { x: width / 2, y: height / 2 }
  const outer = Math.max(INNER + 20, Math.min(width, height) / 2 - EDGE)
  const stretch = Math.min(MAX_STRETCH, Math.max(1, (width / 2 - EDGE) / outer))
  const known = new Set(peers.map(({ peerId }) => peerId))
  const isBehind = ({ relay, peerId }: GraphPeer): boolean => relay != null && relay !== peerId && known.has(relay)
  const bands = bandsOf(peers.filter(peer => !isBehind(peer)))
  const behind = peers.filter(isBehind).sort(byId)

  const spacing = Math.min(44, Math.max(11, Math.sqrt(Math.PI * outer * outer * stretch / (peers.length + 1)) * 0.62))
  const radii = radiiOf(bands, behind.length > 0, outer, spacing)
  const at = (ring: number, angle: number): { x: number, y: number } => {
    const radius = radii[ring] ?? outer
    return { x: middle.x + Math.cos(angle) * radius * stretch, y: middle.y + Math.sin(angle) * radius }
  }

  const places: Place[] = []
  const rings: Ring[] = []
  let ring = 0
  for (const { text, peers, rings: count } of bands) {
    const perRing = Math.ceil(peers.length / count)
    peers.forEach((peer, index) => {
      const own = ring + Math.floor(index / perRing)
      const onRing = Math.min(perRing, peers.length - (own - ring) * perRing)
      const gap = Math.min(TURN / 3, NAME_WIDTH / (radii[own] ?? outer))
      const angle = TOP + gap / 2 + ((index % perRing) + own * SHIFT % 1) / onRing * (TURN - gap)
      places.push({ peer, ...at(own, angle), ring: own, angle, from: middle })
    })
    ring += count
    const inner = radii[ring - 1] ?? outer
    const edge = (inner + (radii[ring] ?? 2 * outer - inner)) / 2
    rings.push({ rx: Math.min(edge, outer + 4) * stretch, ry: Math.min(edge, outer + 4), text })
  }
  places.push(...behindRelays(behind, places, ring, radii[ring] ?? outer, spacing, at))
  return { middle, places, rings, size: Math.min(9, Math.max(3.5, spacing * 0.27)) }
}

/** Bands that somebody is in. */
function bandsOf (peers: GraphPeer[]): Band[] {
  const by = new Map<number, GraphPeer[]>()
  for (const peer of peers) {
    const index = peer.rttMs == null ? BANDS_MS.length + 1 : BANDS_MS.findIndex(limit => (peer.rttMs ?? 0) < limit)
    const band = index < 0 ? BANDS_MS.length : index
    by.set(band, [...by.get(band) ?? [], peer])
  }
  return [...by].sort(([a], [b]) => a - b).map(([band, peers]) => ({ text: nameOf(band), peers: peers.sort(byId), rings: 1 }))
}

function nameOf (band: number): string {
  const limit = BANDS_MS[band]
  if (limit != null) return limit < 1_000 ? `${limit} ms` : '1 s'
  return band === BANDS_MS.length ? 'over 1 s' : 'not measured'
}

/** Gives bands the rings they need for their peers, and says how far from the middle each ring is. */
function radiiOf (bands: Band[], behind: boolean, outer: number, spacing: number): number[] {
  const extra = behind ? 1 : 0
  while (true) {
    const count = bands.reduce((sum, { rings }) => sum + rings, extra)
    const step = (outer - INNER) / Math.max(1, count - 0.4)
    const radii = Array.from({ length: count }, (_, index) => count === 1 ? (INNER + outer) / 2 : INNER + step * (index + 0.3))
    let first = 0
    const full = bands.find(({ peers, rings }) => {
      const room = radii.slice(first, first += rings).reduce((sum, radius) => sum + Math.floor(TURN * radius / spacing), 0)
      return room < peers.length
    })
    // closer than this they cannot be told apart anyway
    if (full == null || step < spacing * 0.7) return radii
    full.rings++
  }
}

function behindRelays (behind: GraphPeer[], places: readonly Place[], ring: number, radius: number, spacing: number, at: (ring: number, angle: number) => { x: number, y: number }): Place[] {
  const relays = new Map(places.map(place => [place.peer.peerId, place]))
  const groups = Map.groupBy(behind, ({ relay }) => relay)
  return [...groups].flatMap(([relay, group]) => {
    const origin = relays.get(relay ?? '')
    return group.map((peer, index) => {
      const angle = (origin?.angle ?? 0) + (index - (group.length - 1) / 2) * Math.min(spacing / radius, TURN / group.length)
      return { peer, ...at(ring, angle), ring, angle, from: origin ?? at(0, 0) }
    })
  })
}

function byId (a: GraphPeer, b: GraphPeer): number {
  // the beginnings are alike for all
  const [one, other] = [a, b].map(({ peerId }) => peerId.slice(-12)) as [string, string]
  return one < other ? -1 : one > other ? 1 : 0
}
