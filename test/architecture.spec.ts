import { readFile, readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { expect } from 'chai'
import { sourceFacts } from './support/source-facts.ts'
import { RULES } from './support/source-rules.ts'
import type { SourceFacts } from './support/source-facts.ts'

const SRC = join(import.meta.dirname, '../src')

type Sources = Record<string, string>

function factsOf (sources: Sources): Map<string, SourceFacts> {
  return new Map(Object.entries(sources).map(([path, text]) => [path, sourceFacts(path, text)]))
}

function complaints (rule: string, all: Map<string, SourceFacts>): string[] {
  return [...all.values()].flatMap(file => RULES[rule]?.(file, all) ?? [`there is no rule "${rule}"`])
}

async function readSources (): Promise<Sources> {
  const entries = await readdir(SRC, { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name)).map(({ parentPath, name }) => join(parentPath, name))
  return Object.fromEntries(await Promise.all(paths.map(async path => [path.slice(SRC.length + 1).replaceAll(sep, '/'), await readFile(path, 'utf8')])))
}

describe('architecture', () => {
  describe('of src', () => {
    let all: Map<string, SourceFacts>
    before(async () => { all = factsOf(await readSources()) })

    for (const rule of Object.keys(RULES)) {
      it(rule, () => { expect(complaints(rule, all)).to.deep.equal([]) })
    }
  })

  describe('rules', () => {
    const classOf = (param: string): string => `export class X { constructor (${param}) {} }`

    /** rule -> what it refuses -> [good, bad]; the bad is complained about once. */
    const cases: Record<string, Record<string, [good: Sources, bad: Sources]>> = {
      'imports go down the layers': {
        'a service that imports the platform': [{ 'services/a/x.ts': "import '../../wire/serve.ts'" }, { 'services/a/x.ts': "import '../../platform/dns.ts'" }],
        'even a type': [{ 'platform/dns.ts': "import type { X } from '../util/clock.ts'" }, { 'util/clock.ts': "import type { X } from '../platform/dns.ts'" }],
        'a re-export': [{ 'index.ts': "export * from './app-node.ts'" }, { 'app-node.ts': "export * from './index.ts'" }],
        'a lazy import': [{ 'app-node.ts': "await import('./platform/dns.ts')" }, { 'wire/serve.ts': "await import('../platform/dns.ts')" }],
        'neighbours': [{ 'platform/a.ts': "import './b.ts'" }, { 'platform/a.ts': "import '../config/b.ts'" }],
        'the http API above the command line': [{ 'cli/a.ts': "import '../http/b.ts'" }, { 'http/a.ts': "import '../cli/b.ts'" }],
        'values of services in components': [{ 'components.ts': "import type { P } from './services/pool/index.ts'" }, { 'components.ts': "import { P } from './services/pool/index.ts'" }],
        'crypto that knows more than util': [{ 'crypto/a.ts': "import '../util/rng.ts'" }, { 'crypto/a.ts': "import '../errors.ts'" }],
        'a folder of its own': [{ 'util/a.ts': '' }, { 'misc/a.ts': '' }]
      },
      'services know each other by type only': {
        'a value': [{ 'services/a/x.ts': "import type { B } from '../b/index.ts'" }, { 'services/a/x.ts': "import { b } from '../b/index.ts'" }],
        'a mixed import': [{ 'services/a/x.ts': "import { type B } from '../b/index.ts'" }, { 'services/a/x.ts': "import { type B, b } from '../b/index.ts'" }],
        'a type from the inside': [{ 'services/a/x.ts': "import type { B } from './inside.ts'" }, { 'services/a/x.ts': "import type { B } from '../b/inside.ts'" }],
        'a side effect': [{ 'services/index.ts': "export * from './a/index.ts'" }, { 'services/a/x.ts': "import '../b/index.ts'" }]
      },
      'services use each other in one direction': {
        'a circle': [
          { 'services/a/index.ts': "import type { B } from '../b/index.ts'", 'services/b/index.ts': '' },
          { 'services/a/index.ts': "import type { B } from '../b/index.ts'", 'services/b/x.ts': "import type { A } from '../a/index.ts'" }
        ]
      },
      'Node is imported only where there is one': {
        'in a service': [{ 'platform/a.ts': "import 'node:fs'" }, { 'services/a/x.ts': "import 'node:fs'" }],
        'in a browser twin': [{ 'cli/a.ts': "import 'node:fs'" }, { 'platform/a.browser.ts': "import 'node:fs'" }],
        'by its old name': [{ 'http/a.ts': "import 'fs'" }, { 'wire/a.ts': "import { join } from 'path'" }],
        'as the type of a module': [{ 'http/a.ts': "type X = import('node:net').Socket" }, { 'util/a.ts': "type X = import('node:net').Socket" }],
        'as a type': [{ 'node.ts': "import type { X } from 'node:fs'" }, { 'util/a.ts': "import type { X } from 'node:fs/promises'" }],
        'lazily': [{ 'platform/a.ts': "await import('node:tls')" }, { 'app-node.ts': "await import('node:tls')" }],
        'in the dashboard': [{ 'http/a.ts': "import 'node:fs'" }, { 'http/dashboard/a.tsx': "import 'node:fs'" }]
      },
      'the dashboard stands alone': {
        'a value of the program': [{ 'http/dashboard/api/a.ts': "import type { X } from '../../schemas/peer.ts'" }, { 'http/dashboard/api/a.ts': "import { X } from '../../schemas/peer.ts'" }],
        'a type that is not of the API': [{ 'http/dashboard/a.tsx': "import type { X } from '../../app-node/events.ts'\nimport { b } from './b.tsx'" }, { 'http/dashboard/a.tsx': "import type { X } from '../../errors.ts'" }],
        'a program that imports it': [{ 'http/static.ts': "import './app.ts'" }, { 'http/static.ts': "import './dashboard/api/a.ts'" }]
      },
      'time and chance come from util': {
        'the date': [{ 'util/clock.ts': 'Date.now()' }, { 'cli/a.ts': 'Date.now()' }],
        'the date, made': [{ 'cli/a.ts': 'new Date(0)' }, { 'cli/a.ts': 'new Date()' }],
        'a timer': [{ 'util/clock.ts': 'setTimeout(f, 1)' }, { 'services/a/x.ts': 'setTimeout(f, 1)' }],
        'a timer of globalThis': [{ 'util/clock.ts': 'setInterval(f, 1)' }, { 'services/a/x.ts': 'globalThis.setInterval(f, 1)' }],
        'timers of Node': [{ 'platform/a.ts': "import 'node:fs'" }, { 'platform/a.ts': "import { setTimeout } from 'node:timers/promises'" }],
        'chance': [{ 'util/rng.ts': 'crypto.getRandomValues(x)' }, { 'services/a/x.ts': 'Math.random()' }],
        'chance, handed on': [{ 'services/a/x.ts': 'rng.float()' }, { 'services/a/x.ts': 'const random = Math.random' }],
        'a clock in rng': [{ 'util/rng.ts': 'Math.random()' }, { 'util/rng.ts': 'Date.now()' }],
        'a clock that is not of a page': [{ 'http/dashboard/a.ts': 'Date.now()' }, { 'http/a.ts': 'Date.now()' }],
        'a timeout': [{ 'wire/a.ts': 'AbortSignal.timeout(1)' }, { 'services/a/x.ts': 'AbortSignal.timeout(1)' }]
      },
      'streams are read and written in wire': {
        'by a libp2p wrapper': [{ 'wire/a.ts': "import { lpStream } from '@libp2p/utils'" }, { 'services/a/x.ts': "import { pbStream as pb } from '@libp2p/utils'" }],
        'by a package': [{ 'wire/a.ts': "import * as lp from 'it-length-prefixed'" }, { 'services/a/x.ts': "import * as lp from 'it-length-prefixed'" }]
      },
      'pure files import no effectful ones': {
        'a pure file': [
          { 'services/a/x.ts': "import { X } from './y.ts'\nfunction f (components: XComponents) {}", 'services/a/y.ts': classOf('components: XComponents') },
          { 'services/a/x.ts': "import { X } from './y.ts'", 'services/a/y.ts': classOf('components: XComponents') }
        ],
        'of another shape': [
          { 'services/a/x.ts': "import type { X } from './y.ts'", 'services/a/y.ts': classOf('{ log }: XComponents') },
          { 'services/a/x.ts': "import { X } from './y.ts'", 'services/a/y.ts': classOf('{ log }: XComponents') }
        ]
      },
      'files are short': {
        'a long one': [{ 'util/a.ts': '\n'.repeat(399) + 'f()\n' }, { 'util/a.ts': '\n'.repeat(400) + 'f()\n' }]
      },
      'names say what a file is': {
        'a drawer': [{ 'util/clock.ts': '' }, { 'util/utils.ts': '' }],
        'a drawer of types': [{ 'services/a/pb/types.ts': '' }, { 'services/a/types.ts': '' }],
        'camel case': [{ 'util/a-b.ts': '' }, { 'util/aB.ts': '' }],
        'camel case of a component': [{ 'http/dashboard/a-b.tsx': 'export const A = <p>text</p>' }, { 'http/dashboard/AB.tsx': '' }]
      },
      'browser twins match': {
        'another export': [
          { 'platform/a.ts': 'export const a = 1\nexport type T = 1', 'platform/a.browser.ts': 'export function a () {}' },
          { 'platform/a.ts': 'export const a = 1', 'platform/a.browser.ts': 'export const a = 1, b = 2' }
        ],
        'no twin': [{ 'platform/a.ts': '' }, { 'platform/a.browser.ts': '' }]
      }
    }
    for (const [rule, byName] of Object.entries(cases)) {
      for (const [name, [good, bad]] of Object.entries(byName)) {
        it(`${rule}: ${name}`, () => {
          expect(complaints(rule, factsOf(good))).to.deep.equal([])
          expect(complaints(rule, factsOf(bad))).to.have.length(1)
        })
      }
    }

    it('are all tried', () => { expect(Object.keys(cases)).to.have.members(Object.keys(RULES)) })
  })
})
