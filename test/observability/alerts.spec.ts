import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { COMMAND_NAMES } from '../../src/cli/commands.ts'
import { KEYS, flagOf, isSwitch } from '../../src/config/options.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import { ALERT_CASES, STEPS } from './support/alert-cases.ts'
import { OBSERVABILITY, readRules } from './support/shipped.ts'

/** The cases of one step as `promtool test rules` takes them, each of an instance of its own: what fires at the end, and nothing else. */
function unitTests (stepMinutes: number): object {
  const cases = Object.entries(ALERT_CASES).filter(([, { stepMinutes: step = 1 }]) => step === stepMinutes)
  return {
    rule_files: [join(OBSERVABILITY, 'alerts.yaml')],
    evaluation_interval: `${stepMinutes}m`,
    tests: [{
      interval: `${stepMinutes}m`,
      input_series: cases.flatMap(([alert, { fires, silent }]) => [...seriesOf(alert, fires), ...seriesOf(`not ${alert}`, silent)]),
      promql_expr_test: [{
        expr: 'count by (alertname, instance) (ALERTS{alertstate="firing"})',
        eval_time: `${STEPS * stepMinutes}m`,
        exp_samples: cases.map(([alert]) => ({ labels: `{alertname="${alert}",instance="${alert}"}`, value: 1 }))
      }]
    }]
  }
}

function seriesOf (instance: string, all: Record<string, string>): object[] {
  return Object.entries(all).map(([series, values]) => {
    const [name = '', labels = ''] = series.split(/[{}]/)
    return { series: `${name}{job="peerkeep",instance="${instance}"${labels === '' ? '' : `,${labels}`}}`, values }
  })
}

describe('observability: alerts', function () {
  this.timeout(60_000)

  it('say how bad it is, what it means and what to do', async () => {
    const rules = await readRules()
    expect(new Set(rules.map(({ alert }) => alert)).size).to.equal(rules.length)
    for (const { alert, labels, annotations } of rules) {
      expect(alert).to.match(/^Peerkeep[A-Z]/)
      expect(labels.severity, alert).to.be.oneOf(['critical', 'warning', 'info'])
      expect(Object.keys(annotations), alert).to.have.members(['summary', 'description', 'runbook'])
      expect(annotations.summary, alert).to.include('{{ $labels.instance }}')
      expect(annotations.runbook, alert).to.have.length.above(20)
    }
  })

  it('name flags and commands that there are', async () => {
    const flags = new Set(KEYS.flatMap(key => [flagOf(key) ?? '', ...isSwitch(key) ? [(flagOf(key) ?? '').replace('--', '--no-')] : []]))
    for (const { alert, annotations } of await readRules()) {
      const text = Object.values(annotations).join(' ')
      for (const [flag] of text.matchAll(/--[a-z][a-z-]+/g)) expect(flags.has(flag), `${alert}: ${flag}`).to.equal(true)
      for (const [, command = ''] of text.matchAll(/`peerkeep ((?:shards )?[a-z]+)/g)) expect(COMMAND_NAMES, alert).to.include(command)
    }
  })

  it('fire when they should, and only then', async function () {
    expect(Object.keys(ALERT_CASES)).to.have.members((await readRules()).map(({ alert }) => alert))
    await using dir = await makeTempDir()
    const steps = [...new Set(Object.values(ALERT_CASES).map(({ stepMinutes = 1 }) => stepMinutes))]
    const files = steps.map(step => join(dir.path, `${step}.json`))
    // JSON is YAML
    await Promise.all(steps.map(async (step, i) => { await writeFile(files[i] ?? '', JSON.stringify(unitTests(step))) }))
    const { status, error, stdout, stderr } = spawnSync('promtool', ['test', 'rules', ...files], { encoding: 'utf8' })
    if (error != null) {
      process.stderr.write('    skipped: no promtool\n')
      this.skip()
    }
    expect(status, `${stdout}${stderr}`).to.equal(0)
  })
})
