import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { TOKEN, startAdminApi } from '../support/admin-api.ts'
import type { RawSocket, TestApi } from '../support/admin-api.ts'

const ATTEMPTS = 10_000
const AT_ONCE = 1_000

describe('admin API: 10,000 who want to hear events', function () {
  this.timeout(120_000)

  let api: TestApi
  before(async () => { api = await startAdminApi() })
  after(async () => { await api[Symbol.asyncDispose]() })

  it('are refused beyond some, and everybody else is served', async () => {
    const outcomes: Record<string, number> = {}
    const open = new Set<RawSocket>()
    const attempt = async (): Promise<void> => {
      const raw = await api.raw()
      open.add(raw)
      raw.socket.once('close', () => { open.delete(raw) })
      raw.write(`GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:${api.port}\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`)
      const status = await raw.until(/^HTTP\/1\.1 \d{3}/).then(text => text.slice(9, 12), () => 'closed')
      outcomes[status] = (outcomes[status] ?? 0) + 1
    }
    const before = process.memoryUsage.rss()
    for (let i = 0; i < ATTEMPTS / AT_ONCE; i++) {
      await Promise.all(Array.from({ length: AT_ONCE }, attempt))
      // while all those that are left hold on to what they got
      const { status } = await api.request('GET', '/v1/bans')
      expect(status).to.equal(200)
    }
    const { '200': taken = 0, '503': refused = 0, closed = 0, ...others } = outcomes
    expect(others).to.deep.equal({})
    expect(taken).to.be.within(1, 512)
    expect(taken + refused + closed).to.equal(ATTEMPTS)
    // both ends of every connection are in this process
    expect((process.memoryUsage.rss() - before) / 2 ** 20).to.be.below(200)

    for (const raw of open) raw.destroy()
    await eventually('there is room for another', async () => {
      const stream = await api.stream('GET', '/v1/events').catch(() => undefined)
      stream?.destroy()
      return stream?.statusCode === 200
    })
  })
})
