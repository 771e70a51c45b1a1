import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse, stringify } from 'yaml'
import { OBSERVABILITY, queriesOf, readDashboard, readRules } from '../observability/support/shipped.ts'
import { withoutVariables } from '../observability/support/promql.ts'
import { eventually } from '../support/eventually.ts'
import { freePorts } from '../support/free-ports.ts'
import { Program, killPrograms, quietly } from '../support/program.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import type { ChildProcess } from 'node:child_process'

const LIMIT_MS = 60_000
/** What two quiet nodes have nothing of. */
const QUIET = new Set(['Refusals', 'Restarts'])

interface Scrape {
  scrape_configs: Array<{ authorization: { credentials_file: string }, static_configs: Array<{ targets: string[] }> }>
  global: { scrape_interval: string, evaluation_interval: string }
}

interface Alert {
  labels: Record<string, string>
  annotations: Record<string, string>
  state: string
}

describe('story: Prometheus', function () {
  this.timeout(240_000)
  let prometheus: ChildProcess | undefined
  let url = ''

  before(function () {
    if (spawnSync('prometheus', ['--version']).error == null) return
    process.stderr.write('    skipped: no prometheus\n')
    this.skip()
  })
  afterEach(async () => {
    if (prometheus?.exitCode === null) {
      prometheus.kill('SIGKILL')
      await once(prometheus, 'exit')
    }
    await killPrograms()
  })

  async function ask<T> (path: string, parameters: Record<string, string> = {}): Promise<T> {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`)
    const { status, data, error } = await response.json() as { status: string, data: T, error?: string }
    expect(status, `${JSON.stringify(parameters)}: ${error}`).to.equal('success')
    return data
  }

  async function query (expr: string): Promise<unknown[]> {
    return (await ask<{ result: unknown[] }>('query', { query: expr })).result
  }

  /** As shipped, but for where the nodes and the files are, and everything 15 times as fast. */
  async function start (folder: string, targets: string[], token: string): Promise<void> {
    const config = parse(await readFile(join(OBSERVABILITY, 'prometheus.yaml'), 'utf8')) as Scrape
    const [job] = config.scrape_configs
    Object.assign(config.global, { scrape_interval: '1s', evaluation_interval: '1s' })
    job!.static_configs = [{ targets }]
    job!.authorization.credentials_file = token
    await writeFile(join(folder, 'prometheus.yaml'), stringify(config))
    const rules = await readFile(join(OBSERVABILITY, 'alerts.yaml'), 'utf8')
    await writeFile(join(folder, 'alerts.yaml'), rules.replaceAll(/^(\s+)for: .*$/gm, '$1for: 2s'))
    const port = await freePorts(1)
    url = `http://127.0.0.1:${port}`
    prometheus = spawn('prometheus', [`--config.file=${join(folder, 'prometheus.yaml')}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' })
    await eventually('it answers', async () => await fetch(`${url}/-/ready`).then(({ ok }) => ok, () => false), LIMIT_MS)
  }

  it('reads nodes with their token, answers each question of the dashboard, and fires when a node dies', async () => {
    await using dir = await makeTempDir()
    const api = ['--api-listen', '127.0.0.1:0', '--dht', 'server', '--dht-lan', '--min-peers', '1']
    const a = new Program({ args: quietly(join(dir.path, 'a'), ...api) })
    const [{ addresses, peerId }, first] = [await a.waitFor('ready'), await a.waitFor('api:listening')]
    const token = join(dir.path, 'token')
    await copyFile(first.tokenFile, token)
    const b = new Program({ args: quietly(join(dir.path, 'b'), '--bootstrap', addresses[0] ?? '', ...api, '--api-token-file', token) })
    const second = await b.waitFor('api:listening')
    const targets = [first, second].map(node => new URL(node.url).host)
    await start(dir.path, targets, token)

    await eventually('both are read', async () => (await query('up{job="peerkeep"} == 1')).length === 2, LIMIT_MS)
    await b.waitFor('peer:connected')
    const headers = { authorization: `Bearer ${(await readFile(token, 'utf8')).trim()}`, 'content-type': 'application/json' }
    await fetch(`${second.url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify({ peerId, text: 'hello' }) })

    for (const { title, expr } of queriesOf(await readDashboard())) {
      if (QUIET.has(title)) await query(withoutVariables(expr))
      else await eventually(`an answer to ${title}: ${expr}`, async () => (await query(withoutVariables(expr))).length > 0, LIMIT_MS)
    }

    const { groups } = await ask<{ groups: Array<{ rules: Array<{ name: string, health: string, lastError?: string }> }> }>('rules')
    const rules = groups.flatMap(group => group.rules)
    expect(rules.map(({ name }) => name)).to.have.members((await readRules()).map(({ alert }) => alert))
    await eventually('all rules have been evaluated', async () => (await ask<typeof groups[number] & { groups: typeof groups }>('rules')).groups.every(group => group.rules.every(({ health }) => health === 'ok')), LIMIT_MS)

    await b.kill()
    const firing = async (name: string): Promise<Alert | undefined> => (await ask<{ alerts: Alert[] }>('alerts')).alerts.find(({ labels, state }) => labels['alertname'] === name && state === 'firing')
    const alerts = [
      await eventually('the dead node is told of', async () => await firing('PeerkeepDown'), LIMIT_MS),
      await eventually('the other one is alone', async () => await firing('PeerkeepIsolated'), LIMIT_MS)
    ]
    expect(alerts.map(alert => alert?.labels['instance'])).to.deep.equal([targets[1], targets[0]])
    for (const alert of alerts) for (const text of Object.values(alert?.annotations ?? {})) expect(text).not.to.match(/error expanding|<no value>|\{\{/)
    expect((await a.stop()).code).to.equal(0)
  })
})
