import { parser } from '@prometheus-io/lezer-promql'
import type { SyntaxNode } from '@lezer/common'

export interface Matcher {
  label: string
  op: string
  value: string
}

/** What a query reads. */
export interface Query {
  /** One for each selector; the name is a matcher of `__name__`. */
  selectors: Matcher[][]
  /** Labels that it groups by or matches on. */
  grouping: string[]
}

const VARIABLES: Record<string, string> = { $__rate_interval: '1m', $__interval: '15s', $__range: '1h' }

/** As Grafana sends it: variables of time have their values, those of the dashboard are patterns that match all. */
export function withoutVariables (expr: string): string {
  return expr.replaceAll(/\$__\w+/g, name => VARIABLES[name] ?? name).replaceAll(/"\$(?:instance|network)"/g, '".+"')
}

/** Throws when it is not PromQL. */
export function readQuery (expr: string): Query {
  const tree = parser.parse(expr)
  const query: Query = { selectors: [], grouping: [] }
  const text = ({ from, to }: { from: number, to: number }): string => expr.slice(from, to)
  tree.iterate({
    enter: ({ node }) => {
      if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${expr}`)
      if (node.name === 'VectorSelector') query.selectors.push(matchersOf(node, text))
      if (node.name === 'LabelName' && node.parent?.name === 'GroupingLabels') query.grouping.push(text(node))
    }
  })
  return query
}

function matchersOf (selector: SyntaxNode, text: (node: SyntaxNode) => string): Matcher[] {
  const name = selector.getChild('Identifier')
  const matchers = selector.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []
  return [
    ...name == null ? [] : [{ label: '__name__', op: '=', value: text(name) }],
    ...matchers.map(matcher => ({
      label: text(matcher.getChild('LabelName')!),
      op: text(matcher.getChild('MatchOp')!),
      value: text(matcher.getChild('StringLiteral')!).slice(1, -1)
    }))
  ]
}

/** As Prometheus matches. */
export function matches ({ op, value }: Matcher, actual: string): boolean {
  const is = op.endsWith('~') ? new RegExp(`^(?:${value})$`).test(actual) : value === actual
  return op.startsWith('!') ? !is : is
}
