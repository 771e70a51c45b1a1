import { expect } from 'chai'
import { inNetwork } from './support/network.ts'
import { Visit } from './support/visit.ts'
import type { AdminClient } from './support/admin-client.ts'

const REFUSED = /401 \(Unauthorized\)/

inNetwork('dashboard: signing in', (browser, network) => {
  let api: AdminClient
  before(() => { ({ watched: { api } } = network()) })

  it('the link with the token opens it, and takes the token out of the address bar', async () => {
    await using visit = await Visit.open(browser(), api.url, { token: api.token })
    const { page } = visit
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await page.getByText('Live', { exact: true }).waitFor()
    expect(page.url()).not.to.contain(api.token)
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(await page.evaluate(() => history.length)).to.equal(2)
    expect(visit.complaints).to.deep.equal([])
  })

  it('without a token it asks for one, and says where it is', async () => {
    await using visit = await Visit.open(browser(), api.url)
    const { page } = visit
    await page.getByText('api-token', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'Sign in' }).isDisabled()).to.equal(true)
    await page.getByLabel('Token').fill(`  ${api.token}\n`)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(visit.complaints).to.deep.equal([])
  })

  it('a wrong token is refused, told, and not kept; the right one is taken then', async () => {
    await using visit = await Visit.open(browser(), api.url, { token: 'x'.repeat(43) })
    const { page } = visit
    await page.getByText('The node did not take this token').waitFor()
    expect(await page.evaluate(() => [sessionStorage, localStorage].flatMap(storage => Object.values(storage)).join())).not.to.contain('xxx')
    expect(visit.taken().filter(complaint => !REFUSED.test(complaint))).to.deep.equal([])
    await page.getByLabel('Token').fill(api.token)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(visit.complaints).to.deep.equal([])
  })

  it('signing out forgets the token', async () => {
    await using visit = await Visit.open(browser(), api.url, { token: api.token })
    const { page } = visit
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Token').waitFor()
    await page.reload()
    await page.getByLabel('Token').waitFor()
    expect(await page.evaluate(() => sessionStorage.length)).to.equal(0)
    expect(visit.complaints).to.deep.equal([])
  })

  it('in another tab it is to be given again: it is kept nowhere else', async () => {
    await using visit = await Visit.open(browser(), api.url, { token: api.token })
    await visit.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    const other = await visit.page.context().newPage()
    await other.goto(api.url)
    await other.getByLabel('Token').waitFor()
    expect(await other.context().cookies()).to.deep.equal([])
  })
})
