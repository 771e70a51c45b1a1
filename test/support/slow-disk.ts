// Loaded before a program (`--require`): every step that changes a file takes 3 ms, so that a kill comes between them.
import fs from 'node:fs/promises'

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

const { open } = fs
let handlesAreSlow = false
fs.open = async (...args) => {
  const file = await open(...args)
  if (!handlesAreSlow) slow(Object.getPrototypeOf(file) as object, ['writeFile', 'write', 'sync'])
  handlesAreSlow = true
  return file
}
slow(fs, ['open', 'writeFile', 'link', 'rename', 'unlink'])
