import type { ApiClient } from './api-client.ts'

/** The most that the node tells at once. */
const PAGE = 1_000

/** The whole of a list that the node tells in pages, as one of them. */
export async function allPages<P extends { total: number }> (api: ApiClient, path: string, key: keyof P): Promise<P> {
  const rows: unknown[] = []
  for (;;) {
    const page = await api.get<P>(path, { query: { limit: PAGE, offset: rows.length } })
    const more = page[key] as unknown[]
    rows.push(...more)
    // it may have become shorter meanwhile
    if (rows.length >= page.total || more.length === 0) return { ...page, [key]: rows }
  }
}
