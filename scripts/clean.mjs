// Deletes what was built: what is published has nothing of an earlier build in it.
import { rmSync } from 'node:fs'

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true })
