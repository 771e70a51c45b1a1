import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'

export const OBSERVABILITY = join(import.meta.dirname, '../../../config/observability')

export interface Named {
  /** For messages. */
  title: string
  expr: string
}

interface Panel {
  id: number
  type: string
  title: string
  description?: string
  gridPos: { x: number, y: number, w: number, h: number }
  fieldConfig?: { defaults: { unit?: string } }
  targets?: Array<{ expr: string, legendFormat: string, datasource: { uid: string } }>
}

export interface Dashboard {
  uid: string
  panels: Panel[]
  templating: { list: Array<{ name: string, type: string, query: string | { query: string } }> }
  annotations: { list: Array<{ name: string, expr: string }> }
}

export interface Rule {
  alert: string
  expr: string
  for?: string
  labels: { severity: string }
  annotations: { summary: string, description: string, runbook: string }
}

export async function readDashboard (): Promise<Dashboard> {
  return JSON.parse(await readFile(join(OBSERVABILITY, 'grafana-dashboard.json'), 'utf8')) as Dashboard
}

/** All that the dashboard asks, of panels, annotations and variables. */
export function queriesOf ({ panels, annotations, templating }: Dashboard): Named[] {
  return [
    ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr }))),
    ...annotations.list.map(({ name, expr }) => ({ title: name, expr })),
    ...templating.list.flatMap(({ name, query }) => {
      const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(typeof query === 'string' ? query : query.query) ?? []
      return selector == null ? [] : [{ title: name, expr: `count by (${label}) (${selector})` }]
    })
  ]
}

export async function readRules (): Promise<Rule[]> {
  const { groups } = parse(await readFile(join(OBSERVABILITY, 'alerts.yaml'), 'utf8')) as { groups: Array<{ rules: Rule[] }> }
  return groups.flatMap(({ rules }) => rules)
}

/** The tables of README.md: name -> type and labels. */
export async function readDocumented (): Promise<Map<string, { type: string, labels: string[] }>> {
  const text = await readFile(join(OBSERVABILITY, 'README.md'), 'utf8')
  const rows = text.matchAll(/^\| `(peerkeep_\w+)` \| (\w+) \|(.*?)\| \S.* \|$/gm)
  return new Map([...rows].map(([, name = '', type = '', labels = '']) => [name, { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label) }]))
}
