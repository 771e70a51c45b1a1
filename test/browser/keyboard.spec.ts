import { expect } from 'chai'
import { inNetwork } from './support/network.ts'
import { Visit } from './support/visit.ts'
import type { BanList } from '../../src/http/schemas/ban.ts'
import type { Page } from 'playwright-core'
import type { AdminClient } from './support/admin-client.ts'

const MAX_STEPS = 120
const TARGET = '203.0.113.9'

/** The name of what has the focus, as a screen reader says it. */
async function focused (page: Page): Promise<string> {
  return await page.evaluate(() => {
    const { activeElement: element } = document
    if (element == null || element === document.body) return ''
    const labels = element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement ? [...element.labels ?? []].map(({ textContent }) => textContent).join(' ') : ''
    return (element.getAttribute('aria-label') ?? (labels === '' ? element.textContent : labels) ?? '').trim()
  })
}

/** Presses Tab until what has the focus is called so. */
async function tabTo (page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = []
  for (let i = 0; i < MAX_STEPS; i++) {
    await page.keyboard.press('Tab')
    const at = await focused(page)
    if (typeof name === 'string' ? at === name : name.test(at)) {
      expect(await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement!)
        return outlineStyle === 'none' ? 0 : Number.parseFloat(outlineWidth)
      }), `the focus on "${at}" can be seen`).to.be.above(1)
      return
    }
    passed.push(at)
  }
  throw new Error(`Tab does not reach ${String(name)}: ${passed.join(' | ')}`)
}

inNetwork('dashboard: by keyboard alone', (browser, network) => {
  let api: AdminClient
  before(() => { ({ watched: { api } } = network()) })

  for (const width of [1_280, 360]) {
    it(`sign in, go to a view, ban, and lift the ban, ${width} px`, async () => {
      await using visit = await Visit.open(browser(), api.url, { width })
      const { page } = visit
      await page.getByLabel('Token').waitFor()
      expect(await focused(page)).to.equal('Token')
      await page.keyboard.insertText(api.token)
      await page.keyboard.press('Enter')
      await visit.settled()

      if (width < 960) {
        await tabTo(page, 'Views')
        await page.keyboard.press('Enter')
      }
      await tabTo(page, 'Bans')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: 'Bans' }).waitFor()
      expect(await focused(page), 'the focus goes to the view').to.equal('Bans')

      await tabTo(page, 'Ban')
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor()
      await tabTo(page, 'Peer, IP address or prefix')
      await page.keyboard.type(TARGET)
      await tabTo(page, 'Ban')
      await page.keyboard.press('Space')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(await focused(page), 'the focus goes back to where it was').to.equal('Ban')
      expect((await api.get<BanList>('/v1/bans')).bans.map(({ key }) => key)).to.include(TARGET)

      await page.getByRole('button', { name: new RegExp(`Lift.*${TARGET}`) }).waitFor()
      await tabTo(page, new RegExp(`Lift.*${TARGET}`))
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(await focused(page)).to.match(new RegExp(`Lift.*${TARGET}`))
      await page.keyboard.press('Enter')
      await tabTo(page, 'Lift the ban')
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect((await api.get<BanList>('/v1/bans')).bans.map(({ key }) => key)).not.to.include(TARGET)
      expect(visit.complaints).to.deep.equal([])
    })

    it(`the tabs of a view, the sorting of a table, the way past the navigation, the graph, ${width} px`, async () => {
      await using visit = await Visit.open(browser(), api.url, { token: api.token, width })
      const { page } = visit
      await visit.settled()
      await page.keyboard.press('Tab')
      expect(await focused(page)).to.equal('Skip to the content')
      await page.keyboard.press('Enter')
      expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('MAIN')

      await visit.go('/messages')
      await visit.settled()
      await tabTo(page, 'Messages')
      await page.keyboard.press('ArrowRight')
      expect(await focused(page)).to.equal('Outbox')
      await page.getByRole('tab', { name: 'Outbox', selected: true }).waitFor()

      await visit.go('/peers')
      await visit.settled()
      await tabTo(page, width < 640 ? 'Sort by' : 'Latency')
      if (width < 640) await page.keyboard.type('Lat')
      else await page.keyboard.press('Enter')
      await page.waitForURL(/sort=rttMs/)

      await visit.go('/network')
      await visit.settled()
      await tabTo(page, /^This node and 6 connected peers/)
      await page.keyboard.press('ArrowRight')
      await page.getByRole('status').filter({ hasText: /^Peer 12D3/ }).waitFor({ state: 'attached' })
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: /^Peer 12D3/ }).waitFor()
      expect(visit.complaints).to.deep.equal([])
    })
  }
})
