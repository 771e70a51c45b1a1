import { expect } from 'chai'
import { Tab } from './support/tab.ts'

describe('dashboard: the token', () => {
  /** What the node takes; the page has it, or had it, as `present`, and was then opened by a link with `linked`. */
  async function opened ({ taken, present, linked }: { taken: string, present?: string, linked: string }) {
    const tab = new Tab((_path, token) => new Response(null, { status: token === taken ? 204 : 401 }))
    // made when there is a tab
    const session = await import('../../../src/http/dashboard/api/session.ts')
    const { call } = await import('../../../src/http/dashboard/api/client.ts')
    session.signOut()
    session.refused.value = false
    if (present != null) session.signIn(present)
    tab.location.hash = `#token=${linked}`
    session.takeTokenFromAddress()
    return {
      tab,
      ...session,
      ask: async (): Promise<unknown> => await call('GET', '/v1/node').catch((error: unknown) => error),
      [Symbol.dispose]: () => { tab[Symbol.dispose]() }
    }
  }

  it('of a link signs in, and is taken out of the address', async () => {
    using page = await opened({ taken: 'good', linked: 'good' })
    expect(page.token.value).to.equal('good')
    expect([...page.tab.stored.values()]).to.deep.equal(['good'])
    expect(page.tab.location.hash).to.equal('#/')
  })

  it('of a link puts no other out of place that the node takes', async () => {
    using page = await opened({ taken: 'good', present: 'good', linked: 'foreign' })
    expect(page.tab.location.hash).to.equal('#/')
    await page.ask()
    expect(page.token.value).to.equal('good')
    page.tokenRefused('good')
    expect(page.token.value, 'and is forgotten').to.equal(undefined)
  })

  it('of a link is used when the node takes the present one no more, and what was asked is asked again', async () => {
    using page = await opened({ taken: 'new', present: 'old', linked: 'new' })
    expect(await page.ask()).to.equal(undefined)
    expect(page.tab.asked).to.have.length(2)
    expect(page.token.value).to.equal('new')
    expect(page.refused.value).to.equal(false)
  })

  it('is asked for when the node takes neither', async () => {
    using page = await opened({ taken: 'other', present: 'old', linked: 'foreign' })
    expect(await page.ask()).to.include({ status: 401 })
    expect(page.tab.asked).to.have.length(2)
    expect(page.token.value).to.equal(undefined)
    expect(page.refused.value).to.equal(true)
    expect(page.tab.stored.size).to.equal(0)
  })
})
