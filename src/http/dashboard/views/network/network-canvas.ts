import { cssColour } from '../../charts/css-colour.ts'
import { latency, short } from '../../components/format.ts'
import { Labels } from './network-labels.ts'
import type { Layout, Place } from './network-layout.ts'
import type { Spot } from './network-labels.ts'

export interface Drawn {
  layout: Layout
  /** Of peers, by id. */
  hovered?: string
  selected?: string
}

/** With more peers names would cover each other. */
const MAX_NAMED = 24
const SELF_SIZE = 13
/** Of a link from its beginning, where its round trip may stand. */
const PARTS = [0.55, 0.68, 0.42] as const
const NAMES = ['surface', 'line-strong', 'text', 'muted', 'accent', 'good', 'warn', 'bad'] as const
type Colours = Record<typeof NAMES[number], string>

const FILLS = { good: 'good', discouraged: 'warn', refused: 'bad', banned: 'bad' } as const

/** Draws the network on a canvas of `width` by `height` CSS pixels, as sharp as the screen is. */
export function drawNetwork (canvas: HTMLCanvasElement, width: number, height: number, { layout, hovered, selected }: Drawn): void {
  const context = canvas.getContext('2d')
  if (context == null) return
  const ratio = devicePixelRatio
  const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)]
  // setting it empties the canvas, and costs
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) Object.assign(canvas, { width: pixelWidth, height: pixelHeight })
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  context.font = `11px ${getComputedStyle(canvas).fontFamily}`
  const colours = Object.fromEntries(NAMES.map(name => [name, cssColour(canvas, `--${name}`)])) as Colours
  const marked = layout.places.filter(({ peer }) => peer.peerId === hovered || peer.peerId === selected)

  rings(context, layout, colours)
  links(context, layout.places, colours['line-strong'], layout.places.length > 60 ? 0.5 : 1)
  links(context, marked, colours.accent, 2)
  for (const place of layout.places) node(context, place, layout.size, colours)
  self(context, layout, colours)
  text(new Labels(context, width, colours.surface), layout, marked, colours)
  for (const place of marked) halo(context, place, layout.size, colours.accent, place.peer.peerId === selected)
}

type Context = CanvasRenderingContext2D

function rings (context: Context, { middle, rings }: Layout, colours: Colours): void {
  context.lineWidth = 1
  context.strokeStyle = colours['line-strong']
  context.globalAlpha = 0.35
  for (const { rx, ry } of rings) {
    context.beginPath()
    context.ellipse(middle.x, middle.y, rx, ry, 0, 0, 2 * Math.PI)
    context.stroke()
  }
  context.globalAlpha = 1
}

/** All of a kind with one stroke, which is much quicker. */
function links (context: Context, places: readonly Place[], colour: string, width: number): void {
  context.strokeStyle = colour
  context.lineWidth = width
  for (const dashed of [false, true]) {
    context.setLineDash(dashed ? [4, 4] : [])
    context.beginPath()
    for (const { x, y, from, peer } of places) {
      if ((peer.relay != null) !== dashed) continue
      context.moveTo(from.x, from.y)
      context.lineTo(x, y)
    }
    context.stroke()
  }
  context.setLineDash([])
}

/** Its shape says what it is for others, its colour and its edge how it behaves. */
function node (context: Context, { x, y, peer: { roles, standing } }: Place, size: number, colours: Colours): void {
  context.fillStyle = colours[FILLS[standing]]
  shape(context, x, y, size, roles)
  context.fill()
  if (standing === 'good') return
  context.strokeStyle = colours[FILLS[standing]]
  context.lineWidth = 1.5
  context.setLineDash(standing === 'discouraged' ? [] : [2.5, 2.5])
  context.beginPath()
  context.arc(x, y, size + 3.5, 0, 2 * Math.PI)
  context.stroke()
  context.setLineDash([])
  if (standing !== 'banned') return
  context.strokeStyle = colours.surface
  context.lineWidth = 2
  context.beginPath()
  context.moveTo(x - size * 0.6, y - size * 0.6)
  context.lineTo(x + size * 0.6, y + size * 0.6)
  context.moveTo(x + size * 0.6, y - size * 0.6)
  context.lineTo(x - size * 0.6, y + size * 0.6)
  context.stroke()
}

function shape (context: Context, x: number, y: number, size: number, roles: readonly string[]): void {
  context.beginPath()
  if (roles.includes('relay')) polygon(context, x, y, size * 1.35, 4, 0)
  else if (roles.includes('gateway')) polygon(context, x, y, size * 1.3, 4, Math.PI / 4)
  else if (roles.includes('light')) polygon(context, x, y, size * 1.35, 3, -Math.PI / 2)
  else context.arc(x, y, size, 0, 2 * Math.PI)
}

function polygon (context: Context, x: number, y: number, radius: number, corners: number, turned: number): void {
  for (let corner = 0; corner < corners; corner++) {
    const angle = turned + corner / corners * 2 * Math.PI
    context.lineTo(x + Math.cos(angle) * radius, y + Math.sin(angle) * radius)
  }
  context.closePath()
}

function self (context: Context, { middle: { x, y } }: Layout, colours: Colours): void {
  context.beginPath()
  context.arc(x, y, SELF_SIZE, 0, 2 * Math.PI)
  context.fillStyle = colours.surface
  context.fill()
  context.lineWidth = 3
  context.strokeStyle = colours.accent
  context.stroke()
  context.beginPath()
  context.arc(x, y, 6, 0, 2 * Math.PI)
  context.fillStyle = colours.accent
  context.fill()
}

/** Who is where, below or above each, how far the rings are, and the round trips on the links, as far as there is room. */
function text (labels: Labels, { middle, places, rings, size }: Layout, marked: readonly Place[], colours: Colours): void {
  labels.keepFree([middle.x, middle.y], SELF_SIZE)
  for (const { x, y } of places) labels.keepFree([x, y], size)
  const name = ({ x, y, peer }: Place, colour: string, always = false): void => {
    labels.put(short(peer.peerId), [[x, y + size + 10], [x, y - size - 10]], colour, always)
  }
  const roundTrip = ({ x, y, from, peer: { rttMs } }: Place, colour: string): void => {
    if (rttMs != null) labels.put(latency(rttMs), PARTS.map((part): Spot => [from.x + (x - from.x) * part, from.y + (y - from.y) * part]), colour)
  }
  for (const place of marked) name(place, colours.accent, true)
  for (const place of marked) roundTrip(place, colours.accent)
  for (const { ry, text } of rings) labels.put(text, [[middle.x, middle.y - ry]], colours.muted)
  if (places.length > MAX_NAMED) return
  const others = places.filter(place => !marked.includes(place))
  for (const place of others) name(place, colours.text)
  for (const place of others) roundTrip(place, colours.muted)
}

function halo (context: Context, { x, y }: Place, size: number, colour: string, selected: boolean): void {
  context.beginPath()
  context.arc(x, y, size + 7, 0, 2 * Math.PI)
  context.strokeStyle = colour
  context.lineWidth = selected ? 3 : 1.5
  context.stroke()
}
