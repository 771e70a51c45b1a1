interface Box { left: number, right: number, top: number, bottom: number }

export type Spot = readonly [x: number, y: number]

const HALF_HEIGHT = 7
const SIDE = 3

/** Texts on a drawing, none over another or over what is kept free: what comes first stays. */
export class Labels {
  readonly #context: CanvasRenderingContext2D
  readonly #width: number
  readonly #ground: string
  readonly #taken: Box[] = []

  constructor (context: CanvasRenderingContext2D, width: number, ground: string) {
    this.#context = context
    this.#width = width
    this.#ground = ground
  }

  /** No text covers what is drawn there. */
  keepFree ([x, y]: Spot, radius: number): void {
    this.#taken.push({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius })
  }

  /** Around the first of these spots that is free; nowhere, when none is. `always`: then at the first all the same. */
  put (text: string, spots: readonly Spot[], colour: string, always = false): void {
    const half = this.#context.measureText(text).width / 2 + SIDE
    const boxes = spots.map(([x, y]): Box => {
      const middle = Math.min(Math.max(x, half), this.#width - half)
      return { left: middle - half, right: middle + half, top: y - HALF_HEIGHT, bottom: y + HALF_HEIGHT }
    })
    const box = boxes.find(box => this.#taken.every(other => isApart(box, other))) ?? (always ? boxes[0] : undefined)
    if (box == null) return
    this.#taken.push(box)
    this.#draw(text, box, colour)
  }

  #draw (text: string, { left, right, top, bottom }: Box, colour: string): void {
    const context = this.#context
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    context.globalAlpha = 0.85
    context.fillStyle = this.#ground
    context.fillRect(left, top, right - left, bottom - top)
    context.globalAlpha = 1
    context.fillStyle = colour
    context.fillText(text, (left + right) / 2, (top + bottom) / 2)
  }
}

function isApart (one: Box, other: Box): boolean {
  return one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top
}
