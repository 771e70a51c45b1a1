import { expect } from 'chai'
import { completeness, components, degrees, mutual } from './graph.ts'

const graph = (links: Record<string, string>): Map<string, Set<string>> => new Map(Object.entries(links).map(([id, peers]) => [id, new Set(peers)]))

describe('support: graphs', () => {
  const cases: Array<{ name: string, links: Record<string, string>, parts: number, degrees: number[], known: number }> = [
    { name: 'nobody', links: {}, parts: 0, degrees: [], known: 1 },
    { name: 'one alone', links: { a: '' }, parts: 1, degrees: [0], known: 1 },
    { name: 'a full triangle', links: { a: 'bc', b: 'ac', c: 'ab' }, parts: 1, degrees: [2, 2, 2], known: 1 },
    { name: 'a star', links: { a: 'bcd', b: 'a', c: 'a', d: 'a' }, parts: 1, degrees: [1, 1, 1, 3], known: 0.5 },
    { name: 'two pairs', links: { a: 'b', b: 'a', c: 'd', d: 'c' }, parts: 2, degrees: [1, 1, 1, 1], known: 4 / 12 },
    { name: 'a link that one end has forgotten', links: { a: 'b', b: '' }, parts: 2, degrees: [0, 0], known: 0.5 },
    { name: 'links to oneself and to strangers', links: { a: 'abz', b: 'a' }, parts: 1, degrees: [1, 1], known: 1 }
  ]
  for (const { name, links, parts, degrees: expected, known } of cases) {
    it(name, () => {
      expect(components(graph(links))).to.have.length(parts)
      expect(degrees(graph(links))).to.deep.equal(expected)
      expect(completeness(graph(links))).to.equal(known)
    })
  }

  it('leaves the given graph alone', () => {
    const given = graph({ a: 'bz', b: 'a' })
    mutual(given)
    expect(given).to.deep.equal(graph({ a: 'bz', b: 'a' }))
  })
})
