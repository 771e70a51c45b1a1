import { buffer as readBytes, text as readAll } from 'node:stream/consumers'
import { AppError } from '../../errors.ts'
import { UsageError } from '../argv.ts'
import type { Output } from './output.ts'

const MAX_SECRET_BYTES = 1_048_576
const ESC = '\u001B'
/** Arrow keys and the like. */
const ESCAPES = new RegExp(`${ESC}(?:\\[[0-?]*[ -/]*[@-~]|O.)`, 'gu')
const CONTROL = /(?!\t)\p{Cc}/u

/** `DECLINED`: the person at the terminal does not want it after all. */
export class DeclinedError extends AppError {}

/** Everything on standard input, as text without the line break at its end. */
export async function readText (out: Output): Promise<string> {
  if (process.stdin.isTTY) out.note('write the text; Ctrl-D on an empty line ends it')
  return (await readAll(process.stdin)).replace(/\r?\n$/, '')
}

/**
 * A secret from standard input: on a terminal one line that is not shown, else all bytes as they are.
 *
 * @throws UsageError when it is empty or too long
 */
export async function readSecret (out: Output): Promise<Uint8Array> {
  const secret = process.stdin.isTTY ? await readHidden(out) : new Uint8Array(await readBytes(process.stdin))
  return checkSecret(secret, 'standard input')
}

export function checkSecret (secret: Uint8Array, from: string): Uint8Array {
  if (secret.length === 0) throw new UsageError(`${from} is empty: there is no secret to store`)
  if (secret.length > MAX_SECRET_BYTES) throw new UsageError(`${from} has ${secret.length} bytes, more than the ${MAX_SECRET_BYTES} of a secret`, 'encrypt it, send it as a file, and store the key')
  return secret
}

/** Whether a person says yes; Ctrl-C and Ctrl-D are no. */
export async function confirm (question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await new Promise<string | undefined>(resolve => {
    lines.once('close', () => { resolve(undefined) })
    lines.question(`${question} (y/N) `, resolve)
  })
  lines.close()
  if (answer == null) process.stderr.write('\n')
  return /^y(?:es)?$/i.test(answer?.trim() ?? '')
}

async function readHidden (out: Output): Promise<Uint8Array> {
  const { stdin } = process
  stdin.setRawMode(true)
  out.terminal.stderr.write('secret (not shown; Enter ends it): ')
  try {
    return new TextEncoder().encode(await hiddenLine(stdin.setEncoding('utf8').iterator({ destroyOnReturn: false })))
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    out.terminal.stderr.write('\n')
  }
}

/**
 * Of a terminal that is raw: what it usually does for a line is done here.
 *
 * @throws DeclinedError, UsageError
 */
export async function hiddenLine (typed: AsyncIterable<string>): Promise<string> {
  let line = ''
  for await (const text of typed) {
    const keys = Array.from(text.replaceAll(ESCAPES, ''))
    for (const [i, key] of keys.entries()) {
      if (key === '\r' || key === '\n' || key === '\u0004') {
        if (keys.slice(i + 1).join('').trim() === '') return line
        throw new UsageError('only one line can be typed here, and several were pasted: nothing was stored', 'write them to a file, or to standard input by a pipe')
      }
      if (key === '\u0003') throw new DeclinedError('DECLINED', 'interrupted: nothing was stored')
      if (key === '\u007F' || key === '\b') line = line.replace(/.$/u, '')
      else if (key === '\u0015') line = ''
      else if (!CONTROL.test(key)) line += key
    }
  }
  return line
}
