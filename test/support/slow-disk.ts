// Loaded before a program (`--import`): every step that changes a file takes 3 ms, so that a kill comes between them.
import fs from 'node:fs/promises'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const STEP_MS = 3

type Method = (...args: unknown[]) => Promise<unknown>

function slow (owner: object, names: string[]): void {
  const methods = owner as Record<string, Method>
  for (const name of names) {
    const method = methods[name] as Method
    methods[name] = async function (...args) {
      await new Promise(resolve => setTimeout(resolve, STEP_MS))
      return await method.apply(this, args)
    }
  }
}

const probe = await fs.open(join(tmpdir()), 'r')
slow(Object.getPrototypeOf(probe) as object, ['writeFile', 'write', 'sync'])
await probe.close()
// the object that `import 'node:fs/promises'` copies from
slow(createRequire(import.meta.url)('node:fs/promises') as object, ['open', 'writeFile', 'link', 'rename', 'unlink'])
syncBuiltinESMExports()
