import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { runAll } from '../../bench/all.ts'
import { makeTempDir } from '../support/temp-dir.ts'

describe('bench: all', () => {
  it('runs each with the flags, goes on after one that fails, and names it', async () => {
    await using dir = await makeTempDir()
    const log = join(dir.path, 'log')
    const bench = (name: string, code: number): Promise<void> => writeFile(join(dir.path, name),
      `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(log)}, '${name} ' + process.argv.slice(2) + '\\n')\nprocess.exitCode = ${code}\n`)
    await Promise.all([bench('a.ts', 0), bench('b.ts', 3), bench('c.ts', 0), bench('all.ts', 1), writeFile(join(dir.path, 'notes.md'), '')])
    expect(await runAll(dir.path, ['--smoke', '--nodes'])).to.deep.equal(['b.ts'])
    expect(await readFile(log, 'utf8')).to.equal('a.ts --smoke,--nodes\nb.ts --smoke,--nodes\nc.ts --smoke,--nodes\n')
  })
})
