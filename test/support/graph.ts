/** Who holds a connection to whom. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>

/** Only the links that both ends see, between nodes of the graph. */
export function mutual (graph: Graph): Map<string, Set<string>> {
  return new Map([...graph].map(([id, peers]) => [
    id, new Set([...peers].filter(peer => peer !== id && graph.get(peer)?.has(id) === true))
  ]))
}

/** The parts that cannot reach each other, the largest first. */
export function components (graph: Graph): string[][] {
  const links = mutual(graph)
  const seen = new Set<string>()
  const parts: string[][] = []
  for (const start of links.keys()) {
    if (seen.has(start)) continue
    seen.add(start)
    const part = [start]
    for (const id of part) {
      for (const peer of links.get(id) ?? []) {
        if (seen.has(peer)) continue
        seen.add(peer)
        part.push(peer)
      }
    }
    parts.push(part)
  }
  return parts.sort((a, b) => b.length - a.length)
}

/** The number of links of each node, ascending. */
export function degrees (graph: Graph): number[] {
  return [...mutual(graph).values()].map(peers => peers.size).sort((a, b) => a - b)
}

/** The share of all ordered pairs (a, b) in which a has b: 1 when everybody knows everybody. */
export function completeness (known: Graph): number {
  const n = known.size
  if (n < 2) return 1
  let pairs = 0
  for (const [id, peers] of known) {
    for (const peer of peers) if (peer !== id && known.has(peer)) pairs++
  }
  return pairs / (n * (n - 1))
}
