import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import type { ImportFact, SourceFacts } from './source-facts.ts'

/** Complaints about one file, in words; none is good. */
export type Rule = (file: SourceFacts, all: ReadonlyMap<string, SourceFacts>) => string[]

const MAX_LINES = 400
// each may import what stands below it, never beside it
const LAYERS = [['entry'], ['cli'], ['http'], ['app-node'], ['platform', 'config'], ['services'], ['wire', 'crypto'], ['components'], ['errors', 'util']]
const ENTRIES = new Set(['node.ts', 'index.ts', 'browser.ts'])
const BUILTINS = new Set(builtinModules)
const STREAM_NAMES = new Set(['lpStream', 'pbStream', 'byteStream'])
const STREAM_PACKAGES = /^it-(?:length-prefixed|length-prefixed-stream|protobuf-stream|byte-stream|pushable)$/
const CLOCK = new Set(['Date.now', 'new Date()', 'performance.now', 'setTimeout', 'setInterval', 'setImmediate'])

/** What browsers load: built apart from the rest, which it knows by types alone. */
const DASHBOARD = 'http/dashboard/'
const TOLD_TO_DASHBOARD = /^(?:http\/schemas\/|app-node\/events\.ts$)/

/** `entry`, or the first part of the path. */
function layerOf (path: string): string {
  return ENTRIES.has(path) ? 'entry' : (path.split('/')[0] as string).replace(/\.ts$/, '')
}

function rank (layer: string): number {
  return LAYERS.findIndex(names => names.includes(layer))
}

/** The service that a file belongs to; `services/index.ts` belongs to none. */
function serviceOf (path: string): string | undefined {
  const [first, name, rest] = path.split('/')
  return first === 'services' && rest != null ? name : undefined
}

const isGenerated = (path: string): boolean => path.split('/').includes('pb')

export const layers: Rule = ({ path, imports }) => {
  const own = layerOf(path)
  if (rank(own) < 0) return [`${path} is in no layer: give it a place in DESIGN.md first`]
  return imports.flatMap(({ target, typeOnly }) => {
    if (target == null) return []
    const other = layerOf(target)
    if (other === own || rank(other) > rank(own) && !(own === 'crypto' && other !== 'util')) return []
    if (own === 'components' && other === 'services' && typeOnly) return []
    return [`${path} (${own}) must not import ${target} (${other})`]
  })
}

export const servicesApart: Rule = ({ path, imports }) => {
  const own = serviceOf(path)
  if (own == null) return []
  return imports.flatMap(({ target, typeOnly }) => {
    const other = target == null ? undefined : serviceOf(target)
    if (other == null || other === own) return []
    return typeOnly && target === `services/${other}/index.ts` ? [] : [`${path} may only import types, and from services/${other}/index.ts, not ${typeOnly ? '' : 'values '}from ${target}`]
  })
}

export const servicesAcyclic: Rule = (file, all) => {
  const own = serviceOf(file.path)
  if (own == null || file.path !== `services/${own}/index.ts`) return []
  const uses = (service: string): string[] => [...all.values()]
    .filter(({ path }) => serviceOf(path) === service)
    .flatMap(({ imports }) => imports.flatMap(({ target }) => (target == null ? undefined : serviceOf(target)) ?? []))
  const seen = new Set<string>()
  const reach = (service: string): void => {
    for (const next of uses(service)) {
      if (next === service || seen.has(next)) continue
      seen.add(next)
      reach(next)
    }
  }
  reach(own)
  return seen.has(own) ? [`service ${own} uses itself, by way of ${[...seen].join(', ')}`] : []
}

export const nodeOnlyWhereAllowed: Rule = ({ path, imports }) => {
  const allowed = path === 'node.ts' || (/^(?:cli|http)\//.test(path) && !path.startsWith(DASHBOARD)) || (path.startsWith('platform/') && !path.endsWith('.browser.ts'))
  if (allowed) return []
  return imports.filter(({ specifier }) => isBuiltin(specifier)).map(({ specifier }) => `${path} must not import ${specifier}: it runs in browsers too`)
}

function isBuiltin (specifier: string): boolean {
  return specifier.startsWith('node:') || BUILTINS.has(specifier)
}

export const dashboardApart: Rule = ({ path, imports }) => imports.flatMap(({ target, typeOnly }) => {
  if (target == null) return []
  const [inside, into] = [path, target].map(file => file.startsWith(DASHBOARD))
  if (inside === into || (inside === true && typeOnly && TOLD_TO_DASHBOARD.test(target))) return []
  return [`${path} must not import ${target}: the dashboard is built apart, and takes types of http/schemas at most`]
})

export const timeAndChance: Rule = ({ path, ambient, imports }) => {
  // a page has one clock, the browser's
  if (path.startsWith(DASHBOARD)) return []
  const timers = imports.filter(({ specifier }) => /^(?:node:)?timers(?:\/|$)/.test(specifier)).map(({ specifier }) => specifier)
  return [...ambient, ...timers].filter(what => {
    if (path === 'util/clock.ts') return !CLOCK.has(what)
    if (path === 'util/rng.ts') return !['Math.random', 'crypto.getRandomValues'].includes(what)
    return !(what === 'AbortSignal.timeout' && path.startsWith('wire/'))
  }).map(what => `${path} must not use ${what}: take a Clock or an Rng`)
}

export const streamsInWire: Rule = ({ path, imports }) => {
  if (path.startsWith('wire/')) return []
  const isStream = ({ specifier, names }: ImportFact): boolean => STREAM_PACKAGES.test(specifier) || names.some(name => STREAM_NAMES.has(name))
  return imports.filter(isStream).map(({ specifier }) => `${path} must not read or write streams (${specifier}): wire does`)
}

export const pureApart: Rule = ({ path, imports, effectful, takesComponents }, all) => {
  // index.ts has the factory
  if (effectful || takesComponents || posix.basename(path) === 'index.ts') return []
  return imports
    .filter(({ target, typeOnly }) => !typeOnly && target != null && all.get(target)?.effectful === true)
    .map(({ target }) => `${path} is pure and must not import ${target}, which is effectful`)
}

export const sizes: Rule = ({ path, lines }) => isGenerated(path) || lines <= MAX_LINES ? [] : [`${path} has ${lines} lines: split it (at most ${MAX_LINES})`]

export const names: Rule = ({ path }) => {
  if (isGenerated(path)) return []
  const parts = path.split('/')
  if (parts.includes('helpers') || parts.includes('utils') || /^(?:utils|types|helpers)\.tsx?$/.test(posix.basename(path))) return [`${path} says nothing: name it after what it is`]
  return parts.every(part => /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.browser)?(?:\.d)?(?:\.tsx?)?$/.test(part)) ? [] : [`${path} is not in kebab-case`]
}

/** `x.browser.ts` has the values that `x.ts` has, and lives in `platform`. */
export const twins: Rule = ({ path, exports }, all) => {
  if (!path.endsWith('.browser.ts')) return []
  const twin = all.get(path.replace('.browser.ts', '.ts'))
  if (!path.startsWith('platform/') || twin == null) return [`${path} is nobody's twin`]
  const [own, other] = [exports, twin.exports].map(list => [...list].sort().join(', '))
  return own === other ? [] : [`${path} exports ${own}, its twin ${other}`]
}

export const RULES: Record<string, Rule> = {
  'imports go down the layers': layers,
  'services know each other by type only': servicesApart,
  'services use each other in one direction': servicesAcyclic,
  'Node is imported only where there is one': nodeOnlyWhereAllowed,
  'the dashboard stands alone': dashboardApart,
  'time and chance come from util': timeAndChance,
  'streams are read and written in wire': streamsInWire,
  'pure files import no effectful ones': pureApart,
  'files are short': sizes,
  'names say what a file is': names,
  'browser twins match': twins
}
