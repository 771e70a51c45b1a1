import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The stories run `dist/node.js`: it is built first when it is older than the sources. */
export function mochaGlobalSetup (): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url))], { stdio: 'inherit' })
}
