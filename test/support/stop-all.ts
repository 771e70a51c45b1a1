/** One after another: libp2p takes half a second for a connection that both sides close at the same time. Rejects with the first failure, once all were stopped. */
export async function stopAll (nodes: Iterable<{ stop (): Promise<void> | void }>): Promise<void> {
  const failures: unknown[] = []
  for (const node of nodes) {
    try {
      await node.stop()
    } catch (err) {
      failures.push(err)
    }
  }
  if (failures.length > 0) throw failures[0]
}
