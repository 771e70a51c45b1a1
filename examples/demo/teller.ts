const COLOURS = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const

export type Colour = keyof typeof COLOURS
export type Mood = 'good' | 'bad' | 'plain'

const MARKS: Record<Mood, readonly [mark: string, colour: Colour]> = { good: ['✓', 'green'], bad: ['✗', 'red'], plain: ['·', 'dim'] }

/** Tells the story: for people on a terminal, or one JSON object a line. */
export class Teller {
  readonly #json: boolean
  readonly #coloured = process.stdout.isTTY && process.env['NO_COLOR'] == null
  readonly #begunMs = performance.now()

  constructor (json: boolean) {
    this.#json = json
  }

  /** A new part of the story. */
  begin (title: string): void {
    this.#write({ step: title }, () => `\n${this.paint('bold', title)}`)
  }

  /** Something that happened. `facts` are for programs. */
  tell (text: string, facts: object = {}, mood: Mood = 'good'): void {
    this.#write({ told: text, mood, ...facts }, () => {
      const [mark, colour] = MARKS[mood]
      return `${this.paint('dim', `${this.#seconds.toFixed(1).padStart(5)} s`)}  ${this.paint(colour, mark)} ${text}`
    })
  }

  /** Beneath the last line. */
  add (text: string, colour: Colour = 'cyan'): void {
    if (!this.#json) process.stdout.write(`           ${this.paint(colour, text)}\n`)
  }

  paint (colour: Colour, text: string): string {
    return this.#coloured && !this.#json ? `\u001B[${COLOURS[colour]}m${text}\u001B[0m` : text
  }

  get #seconds (): number {
    return (performance.now() - this.#begunMs) / 1_000
  }

  #write (facts: object, line: () => string): void {
    process.stdout.write(`${this.#json ? JSON.stringify({ ...facts, seconds: Number(this.#seconds.toFixed(3)) }) : line()}\n`)
  }
}
