/** A program for tests to kill: makes owner key files `<dir>/<n>.json`, one after the other, and says on stdout which is done. */
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { createOwnerKeyFile } from '../../src/platform/owner-key-file.ts'

async function main (dir: string): Promise<void> {
  for (let i = 0; ; i++) {
    const path = join(dir, `${i}.json`)
    const { publicKey } = await createOwnerKeyFile(path)
    // synchronous: a line that was said is in the pipe before anything else happens
    writeSync(1, `${JSON.stringify({ path, publicKey: publicKey.toString() })}\n`)
  }
}

main(process.argv[2] as string).catch((err: unknown) => {
  writeSync(2, `${err instanceof Error ? err.stack : String(err)}\n`)
  process.exitCode = 1
})
