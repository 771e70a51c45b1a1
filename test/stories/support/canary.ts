import { createReadStream } from 'node:fs'
import { open, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const STEP = 8 * 1_048_576

/** How a secret could be written down. */
export function spellings (secret: Uint8Array): Buffer[] {
  const bytes = Buffer.from(secret)
  // base64 of what begins elsewhere in a text looks otherwise: the inner part of each of the three
  const shifted = [0, 1, 2].map(shift => Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').slice(shift === 0 ? 0 : 4, -4))
  return [bytes, ...[bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...shifted, ...shifted.map(text => text.replaceAll('+', '-').replaceAll('/', '_'))].map(text => Buffer.from(text))]
}

/** Files in which one of these is found. */
export async function filesWith (dir: string, needles: readonly Buffer[]): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    if (await fileHas(path, needles)) found.push(path)
  }
  return found
}

export async function fileHas (path: string, needles: readonly Buffer[]): Promise<boolean> {
  let tail = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: STEP })) {
    const bytes = Buffer.concat([tail, chunk as Buffer])
    if (needles.some(needle => bytes.includes(needle))) return true
    tail = bytes.subarray(-256)
  }
  return false
}

/** Whether one of these is anywhere in the memory of a process that may be written. Undefined where the system does not show it. */
export async function memoryHas (pid: number, needles: readonly Buffer[]): Promise<boolean | undefined> {
  let maps: string
  try {
    maps = await readFile(`/proc/${pid}/maps`, 'utf8')
  } catch {
    return undefined
  }
  const memory = await open(`/proc/${pid}/mem`)
  try {
    for (const line of maps.split('\n')) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? []
      if (from == null || to == null) continue
      for (let at = Number.parseInt(from, 16); at < Number.parseInt(to, 16); at += STEP - 256) {
        const buffer = Buffer.alloc(Math.min(STEP, Number.parseInt(to, 16) - at))
        // pages that were never touched, or are not to be read
        const read = await memory.read(buffer, 0, buffer.byteLength, at).catch(() => ({ bytesRead: 0 }))
        if (needles.some(needle => buffer.subarray(0, read.bytesRead).includes(needle))) return true
      }
    }
    return false
  } finally {
    await memory.close()
  }
}
