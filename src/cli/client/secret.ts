import { open, readFile, unlink } from 'node:fs/promises'
import { describeError } from '../../errors.ts'
import { UsageError } from '../argv.ts'
import { absolutePath } from '../files.ts'
import { harmless } from '../text.ts'
import { checkSecret, readSecret } from './input.ts'
import type { OpenAnswer } from '../../http/schemas/shards.ts'
import type { FileHandle } from 'node:fs/promises'
import type { Output } from './output.ts'

/** The secret in a file; `-` is standard input. */
export async function readSecretFrom (file: string, out: Output): Promise<Buffer> {
  if (file === '-') return Buffer.from(await readSecret(out))
  const path = absolutePath(file)
  const bytes = await readFile(path).catch((err: unknown) => { throw new UsageError(`cannot read ${path}: ${describeError(err)}`, 'check the path, or write - for standard input') })
  checkSecret(bytes, path)
  return bytes
}

/** To a new file that only its owner can read, as JSON, as it is behind a pipe, or made harmless on a terminal. */
export async function writeSecret ({ id, base64, text }: OpenAnswer & { id: string }, file: string | undefined, out: Output): Promise<void> {
  const bytes = Buffer.from(base64, 'base64')
  if (file != null) {
    const path = absolutePath(file)
    await writePrivately(path, bytes)
    out.answer({ id, path, bytes: bytes.length }, () => `${bytes.length} bytes written to ${path}`)
  } else if (out.json) {
    out.answer({ id, base64, ...text == null ? {} : { text } }, () => [])
  } else if (out.live) {
    if (text == null) out.note('it is no text: this is base64')
    const shown = text == null ? base64 : harmless(text)
    if (text != null && shown !== text) out.note('not all of it can be shown on a terminal: --out FILE has it as it is')
    out.answer(undefined, () => shown)
  } else {
    out.bytes(bytes)
  }
}

/**
 * Finds out beforehand whether `writeSecret` can make that file. It is not left there: what is interrupted leaves nothing behind.
 *
 * @throws UsageError
 */
export async function checkNewFile (file: string): Promise<void> {
  const path = absolutePath(file)
  await (await create(path)).close()
  await unlink(path)
}

async function writePrivately (path: string, bytes: Uint8Array): Promise<void> {
  await using file = await create(path)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } catch (err) {
    await unlink(path)
    throw cannotWrite(path, err)
  }
}

async function create (path: string): Promise<FileHandle> {
  return await open(path, 'wx', 0o600).catch((err: unknown) => { throw cannotWrite(path, err) })
}

function cannotWrite (path: string, err: unknown): UsageError {
  const taken = (err as NodeJS.ErrnoException).code === 'EEXIST'
  return new UsageError(taken ? `${path} is there already, and is not overwritten` : `cannot write ${path}: ${describeError(err)}`, 'name another file')
}
