import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { tell } from '../support/figure.ts'
import { inChromium } from './support/chromium.ts'
import { FakeApi } from './support/fake-api.ts'
import { FakeNetwork } from './support/fake-network.ts'
import { longestTask } from './support/longest-task.ts'
import { Visit } from './support/visit.ts'
import type { Browser, Page } from 'playwright-core'

const PEERS = 200
const EVENTS_PER_SECOND = 20
const WATCHED_EVENTS = 100
const TASK_LIMIT_MS = 100
const SEED = 6
const SCREEN = { width: 1_920, height: 1_080 }

/** What takes longer is felt. */
async function smooth (what: string, browser: Browser, page: Page, work: () => Promise<void>): Promise<void> {
  const { cpuMs, wallMs } = await longestTask(browser, page, work)
  tell(`${what}, longest task`, `${cpuMs.toFixed(0)} ms of the processor, ${wallMs.toFixed(0)} ms with waiting for it`, `${TASK_LIMIT_MS} ms`)
  expect(cpuMs).to.be.within(1, TASK_LIMIT_MS)
}

inChromium(`dashboard: smooth with ${PEERS} peers and ${EVENTS_PER_SECOND} events a second`, browser => {
  let api: FakeApi
  before(async () => { api = await FakeApi.start(new FakeNetwork(SEED, PEERS), EVENTS_PER_SECOND) })
  after(async () => { await api[Symbol.asyncDispose]() })

  /** Resolves when so many more events have been told. */
  const events = async (count: number): Promise<void> => {
    const until = api.told + count
    await eventually(`${count} more events`, () => api.told >= until, 60_000)
  }

  it('the table: scrolling, sorting, searching, while everything changes', async () => {
    await using visit = await Visit.open(browser(), api.url, { token: api.token, ...SCREEN })
    const { page } = visit
    await visit.settled()
    await smooth('table', browser(), page, async () => {
      await visit.go('/peers?limit=200')
      await page.getByRole('row').nth(PEERS).waitFor()
      for (const column of ['Latency', 'Score', 'Latency']) {
        await page.getByRole('columnheader', { name: column }).getByRole('button').click()
        for (let i = 0; i < 10; i++) {
          await page.mouse.wheel(0, i < 5 ? 1_500 : -1_500)
          await events(1)
        }
      }
      await page.getByLabel('Search').pressSequentially('12D3KooW', { delay: 40 })
      await events(WATCHED_EVENTS)
    })
    expect(visit.complaints).to.deep.equal([])
  })

  it('the graph: drawing, pointing, moving, while everything changes', async () => {
    await using visit = await Visit.open(browser(), api.url, { token: api.token, ...SCREEN })
    const { page } = visit
    await visit.settled()
    await smooth('graph', browser(), page, async () => {
      await visit.go('/network')
      const canvas = page.locator('canvas').first()
      await canvas.waitFor()
      const { x, y, width, height } = (await canvas.boundingBox())!
      for (let i = 0; i < 40; i++) {
        await page.mouse.move(x + width * ((i * 37) % 100) / 100, y + height * ((i * 61) % 100) / 100, { steps: 4 })
        if (i % 10 === 0) await page.mouse.wheel(0, i % 20 === 0 ? 200 : -200)
        await events(1)
      }
      await events(WATCHED_EVENTS)
    })
    expect(visit.complaints).to.deep.equal([])
  })

  for (const [view, hash] of [['overview', '/'], ['events', '/events']] as const) {
    it(`the ${view}, while everything changes`, async () => {
      await using visit = await Visit.open(browser(), api.url, { token: api.token, ...SCREEN })
      await visit.settled()
      await smooth(view, browser(), visit.page, async () => {
        await visit.go(hash)
        await visit.settled()
        await events(WATCHED_EVENTS)
      })
      expect(visit.complaints).to.deep.equal([])
    })
  }
})
