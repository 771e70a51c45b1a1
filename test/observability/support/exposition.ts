export interface Sample {
  /** With the suffix of its kind. */
  name: string
  labels: Record<string, string>
  value: number
}

export interface Family {
  name: string
  type: string
  help: string
  samples: Sample[]
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const META = new RegExp(`^# (HELP|TYPE) (${NAME}) (.*)$`)
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (NaN|Nan|[+-]Inf|-?[0-9.e+-]+)$`)
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/y
const SUFFIX = /_(?:bucket|sum|count)$/

/** Reads Prometheus' text format, and throws at the first line that is not. */
export function readExposition (text: string): Map<string, Family> {
  const families = new Map<string, Family>()
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  for (const line of text.split('\n')) {
    const [, what, metric = '', rest = ''] = META.exec(line) ?? []
    if (what === 'HELP') {
      if (families.has(metric)) throw new Error(`${metric} is there twice`)
      families.set(metric, { name: metric, type: 'untyped', help: rest, samples: [] })
    } else if (what === 'TYPE') familyOf(families, metric).type = rest
    else if (line !== '') addSample(families, line)
  }
  return families
}

function addSample (families: Map<string, Family>, line: string): void {
  const [, name, labels = '', value = ''] = SAMPLE.exec(line) ?? []
  if (name == null) throw new Error(`not a sample: ${line}`)
  familyOf(families, name).samples.push({ name, labels: readLabels(labels), value: Number(value.replace('Inf', 'Infinity')) })
}

function familyOf (families: Map<string, Family>, name: string): Family {
  const family = families.get(name) ?? families.get(name.replace(SUFFIX, ''))
  if (family == null) throw new Error(`${name} has no type`)
  return family
}

function readLabels (text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? []
    if (name === '') throw new Error(`not labels: ${text}`)
    labels[name] = value.replaceAll(/\\(.)/g, (_, escaped) => escaped === 'n' ? '\n' : escaped as string)
  }
  return labels
}

/** What several nodes show, as if it were one. */
export function merged (expositions: Array<Map<string, Family>>): Map<string, Family> {
  const all = new Map<string, Family>()
  for (const exposition of expositions) {
    for (const [name, family] of exposition) {
      const known = all.get(name)
      if (known == null) all.set(name, { ...family, samples: [...family.samples] })
      else known.samples.push(...family.samples)
    }
  }
  return all
}
