import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** For tests that run `dist/node.js`: builds it when it is older than the sources. */
export function buildDist (): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url))], { stdio: 'inherit' })
}
