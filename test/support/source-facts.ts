import { posix } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'

/** One `import`, `export ... from` or `import()`. */
export interface ImportFact {
  /** As written; `?` when it is computed. */
  specifier: string
  /** Path under `src`, for relative specifiers. */
  target?: string
  /** Leaves nothing behind when types are stripped. */
  typeOnly: boolean
  dynamic: boolean
  /** What is taken, `*` for all. */
  names: string[]
}

/** What the architecture rules want to know of a source file. */
export interface SourceFacts {
  /** Under `src`, with slashes. */
  path: string
  lines: number
  imports: ImportFact[]
  /** Names of values it exports. */
  exports: string[]
  /** Time, timers and chance that it takes from the platform: `Date.now`, `setTimeout`, ... */
  ambient: string[]
  /** Has a class made with `components`. */
  effectful: boolean
  /** Some function or constructor takes `components`. */
  takesComponents: boolean
}

const AMBIENT_CALLS = new Set(['setTimeout', 'setInterval', 'setImmediate'])
const AMBIENT_MEMBERS = new Set(['Date.now', 'performance.now', 'Math.random', 'crypto.getRandomValues', 'crypto.randomUUID', 'AbortSignal.timeout'])

interface Node { type: string, name?: string, value?: unknown, typeAnnotation?: Node, typeName?: Node, left?: Node, parameter?: Node }

export function sourceFacts (path: string, text: string): SourceFacts {
  const { module, program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  const facts: SourceFacts = {
    path,
    lines: text.trimEnd().split('\n').length,
    imports: [],
    exports: module.staticExports.flatMap(({ entries }) => entries.flatMap(({ isType, exportName }) => isType || exportName.name == null ? [] : [exportName.name])),
    ambient: [],
    effectful: false,
    takesComponents: false
  }
  const add = (specifier: string, typeOnly: boolean, dynamic: boolean, names: string[]): void => {
    const target = specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), specifier)) : undefined
    facts.imports.push({ specifier, typeOnly, dynamic, names, ...target == null ? {} : { target } })
  }
  for (const { moduleRequest, entries } of module.staticImports) {
    add(moduleRequest.value, entries.length > 0 && entries.every(({ isType }) => isType), false, entries.map(({ importName }) => importName.name ?? '*'))
  }
  for (const { entries } of module.staticExports) {
    const [first] = entries
    if (first?.moduleRequest != null) add(first.moduleRequest.value, entries.every(({ isType }) => isType), false, entries.map(({ importName }) => importName.name ?? '*'))
  }

  const takes = (params: Node[]): boolean => params.some(isComponents)
  const onFunction = ({ params }: { params: unknown }): void => {
    if (takes(params as Node[])) facts.takesComponents = true
  }
  new Visitor({
    ImportExpression ({ source }) {
      const { type, value } = source as Node
      add(type === 'Literal' ? String(value) : '?', false, true, ['*'])
    },
    TSImportType ({ source }) {
      add(source.value, true, false, ['*'])
    },
    CallExpression ({ callee }) {
      if (callee.type === 'Identifier' && AMBIENT_CALLS.has(callee.name)) facts.ambient.push(callee.name)
    },
    NewExpression ({ callee, arguments: args }) {
      if (callee.type === 'Identifier' && callee.name === 'Date' && args.length === 0) facts.ambient.push('new Date()')
    },
    MemberExpression ({ object, property }) {
      const owner = (object as Node).type === 'Identifier' ? (object as Node).name : undefined
      const name = `${owner ?? '?'}.${(property as Node).name ?? '?'}`
      if (AMBIENT_MEMBERS.has(name)) facts.ambient.push(name)
      if (owner === 'globalThis' && AMBIENT_CALLS.has((property as Node).name ?? '')) facts.ambient.push(name)
    },
    MethodDefinition ({ kind, value }) {
      if (kind === 'constructor' && takes(value.params as unknown as Node[])) facts.effectful = true
    },
    ArrowFunctionExpression: onFunction,
    FunctionDeclaration: onFunction,
    FunctionExpression: onFunction
  }).visit(program)
  return facts
}

/** A parameter that is called `components`, or whose type is `SomethingComponents`. */
function isComponents (param: Node): boolean {
  const inner = param.type === 'AssignmentPattern' ? param.left : param.type === 'TSParameterProperty' ? param.parameter : param
  const type = inner?.typeAnnotation?.typeAnnotation?.typeName?.name
  return inner?.name === 'components' || (type?.endsWith('Components') ?? false)
}
