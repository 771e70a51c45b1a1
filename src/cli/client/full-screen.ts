import { columnsOf } from './output.ts'

/** The whole terminal, given back as it was, however the program ends. */
export class FullScreen {
  readonly #stdout: NodeJS.WriteStream
  readonly #onKey: (key: string) => void
  readonly #restore = (): void => { this.leave() }
  #entered = false

  constructor (stdout: NodeJS.WriteStream, onKey: (key: string) => void) {
    this.#stdout = stdout
    this.#onKey = onKey
  }

  get columns (): number {
    return columnsOf(this.#stdout)
  }

  get rows (): number {
    return this.#stdout.rows > 0 ? this.#stdout.rows : 24
  }

  enter (): void {
    this.#entered = true
    process.once('exit', this.#restore)
    // the alternate screen, without a cursor
    this.#stdout.write('\u001B[?1049h\u001B[?25l\u001B[2J')
    if (!process.stdin.isTTY) return
    process.stdin.setRawMode(true)
    process.stdin.setEncoding('utf8').on('data', this.#onKey)
  }

  /** Lines beyond the screen are not shown. */
  draw (lines: readonly string[]): void {
    this.#stdout.write(`\u001B[H${lines.slice(0, this.rows).map(line => `${line}\u001B[K`).join('\r\n')}\u001B[J`)
  }

  leave (): void {
    if (!this.#entered) return
    this.#entered = false
    process.off('exit', this.#restore)
    if (process.stdin.isTTY) {
      process.stdin.off('data', this.#onKey).pause()
      process.stdin.setRawMode(false)
    }
    this.#stdout.write('\u001B[?25h\u001B[?1049l')
  }
}
