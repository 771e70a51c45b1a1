import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { reportsSince, summaryTable, writeSummary } from '../../bench/support/summary.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import type { Written } from '../../bench/support/summary.ts'

describe('bench: the summary', () => {
  const report = (bench: string, when: string, value: number): Written => ({
    bench, when, machine: { cores: 2 }, options: {}, measurements: [1, 2], failures: [], smoke: false,
    targets: [{ what: 'times stock', value, atMost: 1, values: [value - 0.1, value + 0.2] }]
  })

  it('takes what was written in this run, and neither older results nor itself', async () => {
    await using dir = await makeTempDir()
    const write = (name: string, value: unknown): Promise<void> => writeFile(join(dir.path, name), JSON.stringify(value))
    await Promise.all([
      write('b.json', report('b', '2030-01-01T00:00:02Z', 2)),
      write('a.json', report('a', '2030-01-01T00:00:01Z', 1)),
      write('old.json', report('old', '2029-12-31T00:00:00Z', 1)),
      write('summary.json', { benches: [] })
    ])
    const reports = await reportsSince(dir.path, Date.parse('2030-01-01T00:00:00Z'))
    expect(reports.map(({ bench }) => bench)).to.deep.equal(['a', 'b'])

    const path = join(dir.path, 'summary.json')
    await writeSummary(path, reports, ['c.ts'])
    const summary = JSON.parse(await readFile(path, 'utf8')) as { machine: unknown, failed: string[], benches: Array<{ bench: string, targets: Array<{ met: boolean }> }> }
    expect(summary).to.deep.include({ machine: { cores: 2 }, failed: ['c.ts'] })
    expect(summary.benches.map(({ bench, targets: [target] }) => [bench, target?.met])).to.deep.equal([['a', true], ['b', false]])
  })

  it('does not take for kept what was not measured', async () => {
    await using dir = await makeTempDir()
    await writeFile(join(dir.path, 'a.json'), JSON.stringify(report('a', '2030-01-01T00:00:00Z', Number.NaN)))
    expect(summaryTable(await reportsSince(dir.path, 0))).to.match(/MISSED$/)
  })

  it('is one table of all that was promised', () => {
    const [, , met, missed] = summaryTable([report('a', '', 0.5), report('b', '', 2)]).split('\n').map(line => line.split(/ {2,}/))
    expect(met).to.deep.equal(['a', 'times stock', '0.50', '0.40 to 0.70', '<= 1', 'met'])
    expect(missed?.at(-1)).to.equal('MISSED')
  })
})
