import { expect } from 'chai'
import { inNetwork } from './support/network.ts'
import { Visit } from './support/visit.ts'

const GONE_LIMIT_MS = 30_000
const BACK_LIMIT_MS = 60_000
const UNREACHABLE = /ERR_(?:CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)/

inNetwork('dashboard: what goes away', (browser, network) => {

  it('a node that is killed by kill -9 is shown as gone, without anybody touching the page', async () => {
    const { watched: { api }, others } = network()
    const victim = others.at(-1)!
    await using visit = await Visit.open(browser(), api.url, { token: api.token })
    const { page } = visit
    await visit.settled()
    await visit.go(`/peers?search=${victim.peerId}`)
    const row = page.getByRole('row').filter({ hasText: victim.peerId.slice(-8) })
    await row.getByText(/^(?:in|out)$/).waitFor()
    const overview = await visit.another()
    const tile = overview.getByRole('link', { name: /^Connected/ })
    await tile.filter({ hasText: 'Connected6' }).waitFor()

    await victim.program.kill()
    await row.getByText('known', { exact: true }).waitFor({ timeout: GONE_LIMIT_MS })
    await tile.filter({ hasText: 'Connected5' }).waitFor({ timeout: GONE_LIMIT_MS })
    await visit.go('/network')
    await visit.settled()
    expect(await page.getByText(victim.peerId.slice(-8)).count(), 'in the graph or its list').to.equal(0)
    expect(visit.complaints).to.deep.equal([])
  })

  it('the program itself killed: the page says so, keeps what it knew, and goes on by itself when it is back', async () => {
    const { watched, friend } = network()
    await using visit = await Visit.open(browser(), watched.api.url, { token: watched.api.token })
    const { page } = visit
    await visit.settled()
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor()
    await visit.go('/peers')
    await page.getByRole('link', { name: friend.peerId.slice(-8) }).waitFor()

    await watched.resident.program.kill()
    await page.getByRole('alert').filter({ hasText: 'Connection lost' }).waitFor()
    await page.getByRole('status').filter({ hasText: 'Lost' }).waitFor()
    expect(await page.getByRole('link', { name: friend.peerId.slice(-8) }).count(), 'what was known').to.equal(1)
    expect(visit.taken().filter(complaint => !UNREACHABLE.test(complaint))).to.deep.equal([])

    await watched.start()
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor({ timeout: BACK_LIMIT_MS })
    await page.getByRole('alert').filter({ hasText: 'Connection lost' }).waitFor({ state: 'detached' })
    await page.getByRole('row').filter({ hasText: friend.peerId.slice(-8) }).getByText(/^(?:in|out)$/).waitFor({ timeout: BACK_LIMIT_MS })
    expect(visit.taken().filter(complaint => !UNREACHABLE.test(complaint))).to.deep.equal([])
  })
})
