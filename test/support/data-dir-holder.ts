// A process that holds the data directory it is given until it is killed.
import { openDataDir } from '../../src/platform/data-dir.ts'

const [, , dir = ''] = process.argv
await openDataDir(dir)
process.stdout.write('held\n')
setInterval(() => {}, 60_000)
