import { parseArgs } from 'node:util'

/** Numbers from the command line with their defaults, another default for each with `--smoke` (small and quick, for CI). */
export function options<K extends string> (spec: Record<K, { full: number, smoke: number, help: string }>): Record<K, number> & { smoke: boolean } {
  const names = Object.keys(spec) as K[]
  const { values } = parseArgs({
    options: {
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      ...Object.fromEntries(names.map(name => [name, { type: 'string' as const }]))
    }
  })
  const given = values as Record<string, unknown>
  if (given.help === true) {
    console.log(names.map(name => `--${name} <number>  ${spec[name].help} (default ${spec[name].full}, with --smoke ${spec[name].smoke})`).join('\n'))
    process.exit(0)
  }
  const smoke = given.smoke === true
  const numbers = names.map(name => {
    const number = given[name] === undefined ? spec[name][smoke ? 'smoke' : 'full'] : Number(given[name])
    if (!(number > 0)) throw new Error(`--${name} ${String(given[name])}: give a number above 0`)
    return [name, number] as const
  })
  return { ...Object.fromEntries(numbers) as Record<K, number>, smoke }
}
