import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { barriers } from './support/axe.ts'
import { inNetwork } from './support/network.ts'
import { Visit } from './support/visit.ts'
import type { Vault } from '../../src/http/schemas/shards.ts'

const SCREENS = [{ width: 360, height: 740 }, { width: 1_920, height: 1_080 }] as const
const SCREENSHOTS = process.env.SCREENSHOTS ?? join(tmpdir(), 'peerkeep-screenshots')
const FORBIDDEN = '198.51.100.0/24'

/** What of the page cannot be seen without moving it to the side. */
function hidden (): string[] {
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= width) return []
  return [...document.querySelectorAll('body *')].filter(element => element.getBoundingClientRect().right > width + 1).map(element => `${element.tagName} ${element.getAttribute('class')}`)
}

inNetwork('dashboard: every view', (browser, network) => {
  /** What the address has after the #, by the name of the picture. */
  const views = new Map<string, string>()

  before(async () => {
    const { watched: { api, peerId }, friend } = network()
    const { id } = await api.post<Vault>('/v1/shards', { text: 'the launch code is 4711', label: 'launch code', threshold: 3, holders: 5 })
    await friend.api.post('/v1/shards', { text: 'kept for others', threshold: 3, holders: 5 })
    await api.post('/v1/bans', { target: FORBIDDEN, reason: 'sends nothing but noise' })
    await api.post('/v1/topics', { topic: 'news' })
    await api.post('/v1/messages', { peerId: friend.peerId, text: 'Are you there?' })
    await friend.api.post('/v1/messages', { peerId, text: 'I am: here is a longer text, with a line\nbreak and a word that does not end: ' + 'a'.repeat(90) })
    await friend.api.post('/v1/broadcast', { topic: 'news', text: 'News for everybody' })

    await using visit = await Visit.open(browser(), api.url, { token: api.token })
    const links = visit.page.getByRole('navigation', { name: 'Views' }).getByRole('link')
    await links.first().waitFor()
    for (const link of await links.all()) {
      const hash = (await link.getAttribute('href'))!.slice(1)
      views.set(hash === '/' ? 'overview' : hash.slice(1), hash)
      if (/secrets|vaults/.test(hash)) views.set('secret', `${hash}/${id}`)
    }
    views.set('peer', `/peers/${friend.peerId}`)
    views.set('ban', `/bans/${encodeURIComponent(FORBIDDEN)}`)
    views.set('outbox', '/messages?tab=outbox').set('topics', '/messages?tab=topics').set('files', '/messages?tab=files')
    views.set('nowhere', '/nowhere')
    await mkdir(SCREENSHOTS, { recursive: true })
  })

  for (const screen of SCREENS) {
    for (const dark of [false, true]) {
      it(`at ${screen.width} px, ${dark ? 'dark' : 'light'}: nothing is cut off, nobody is kept out, nothing fails`, async function () {
        this.timeout(300_000)
        const { api } = network().watched
        const faults: Record<string, string[]> = {}
        await using visit = await Visit.open(browser(), api.url, { token: api.token, dark, ...screen })
        const { page } = visit
        const judge = async (name: string): Promise<void> => {
          await visit.picture(join(SCREENSHOTS, `${name}-${screen.width}-${dark ? 'dark' : 'light'}.png`))
          const found = [...await page.evaluate(hidden), ...await barriers(page), ...visit.taken()]
          if (found.length > 0) faults[name] = found
        }
        await visit.settled()
        for (const [name, hash] of views) {
          await visit.go(hash)
          await visit.settled()
          await judge(name)
        }
        await visit.go('/')
        await page.getByRole('button', { name: 'Dial a peer' }).first().click()
        await page.getByRole('dialog').waitFor()
        await judge('dialog')
        await page.keyboard.press('Escape')
        await page.getByRole('button', { name: 'Sign out' }).click()
        await page.getByLabel('Token').waitFor()
        await judge('sign-in')
        expect(faults).to.deep.equal({})
      })
    }
  }

  it('all have been looked at, and are on pictures', () => {
    expect(views.size).to.be.at.least(12)
    process.stdout.write(`      screenshots: ${SCREENSHOTS}\n`)
  })
})
