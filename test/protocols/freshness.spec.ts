import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('protocols: generated code', () => {
  it('is what scripts/generate-protocols.mjs generates now', async function () {
    this.timeout(60_000)
    const out = await mkdtemp(join(tmpdir(), 'peerkeep-freshness-'))
    try {
      await promisify(execFile)(process.execPath, [join(root, 'scripts/generate-protocols.mjs'), '--out', out])
      const files = (await readdir(out, { recursive: true })).filter(name => name.endsWith('.ts'))
      expect(files).to.include.members(['services/pex/pb/pex.ts', 'services/pool/pb/goodbye.ts', 'services/scoring/pb/ledger.ts', 'services/bans/pb/ban.ts', 'wire/pb/record.ts'].map(name => join('src', name)))
      for (const name of files) {
        expect(await readFile(join(root, name), 'utf8'), name).to.equal(await readFile(join(out, name), 'utf8'))
      }
    } finally {
      await rm(out, { recursive: true, force: true })
    }
  })
})
