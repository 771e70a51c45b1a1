import { cut, oneLine } from '../text.ts'
import { columnsOf } from './output.ts'
import type { Output } from './output.ts'

/** One line on a terminal that changes while something takes long, and goes away at the end. Shown to people only. */
export class Progress {
  readonly #out: Output
  readonly shown: boolean

  constructor (out: Output) {
    this.#out = out
    this.shown = !out.json && out.terminal.stderr.isTTY
  }

  say (text: string): void {
    if (this.shown) this.#out.terminal.stderr.write(`\r\u001B[2K${cut(oneLine(text), columnsOf(this.#out.terminal.stderr) - 1)}`)
  }

  end (): void {
    if (this.shown) this.#out.terminal.stderr.write('\r\u001B[2K')
  }
}
