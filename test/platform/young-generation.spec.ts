import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'

const MIB = 2 ** 20

describe('platform: the young generation', () => {
  /** How large it is, in MiB, after much was made of which a part stayed for a while. */
  async function grown (bounded: boolean): Promise<number> {
    const path = new URL('../../src/platform/young-generation.ts', import.meta.url).href
    const script = `
      import { getHeapSpaceStatistics } from 'node:v8'
      ${bounded ? `(await import(${JSON.stringify(path)})).boundYoungGeneration()` : ''}
      let kept = []
      for (let turn = 0; turn < 150; turn++) {
        for (let i = 0; i < 10_000; i++) kept.push({ i, list: [i] })
        if (kept.length > 100_000) kept = []
        await new Promise(setImmediate)
      }
      console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size)
    `
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script])
    return Number(stdout) / MIB
  }

  it('stays small, where V8 would let it grow', async () => {
    const [bounded, free] = await Promise.all([grown(true), grown(false)])
    expect(bounded).to.be.within(1, 16)
    expect(free).to.be.above(16)
  })
})
