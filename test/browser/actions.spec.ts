import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { inNetwork } from './support/network.ts'
import { Visit } from './support/visit.ts'
import type { BanList } from '../../src/http/schemas/ban.ts'
import type { Inbox } from '../../src/http/schemas/message.ts'
import type { NodeInfo } from '../../src/http/schemas/node.ts'
import type { PeerDetail } from '../../src/http/schemas/peer.ts'
import type { Settings } from '../../src/http/schemas/settings.ts'
import type { AdminClient } from './support/admin-client.ts'
import type { Page } from 'playwright-core'

const PATIENCE_MS = 30_000
const SECRET = 'correct horse battery staple ✓'

inNetwork('dashboard: what is done on the page happens', (browser, network) => {
  let api: AdminClient
  let visit: Visit
  let page: Page
  before(() => { ({ watched: { api } } = network()) })
  beforeEach(async () => {
    visit = await Visit.open(browser(), api.url, { token: api.token });
    ({ page } = visit)
    await visit.settled()
  })
  afterEach(async function () {
    await visit[Symbol.asyncDispose]()
    expect(visit.complaints).to.deep.equal([])
  })

  const button = (name: string | RegExp, within: Pick<Page, 'getByRole'> = page): ReturnType<Page['getByRole']> => within.getByRole('button', { name, exact: typeof name === 'string' })
  const connected = async (peerId: string): Promise<boolean> => (await api.get<PeerDetail>(`/v1/peers/${peerId}`)).connected
  const said = async (text: string | RegExp): Promise<void> => { await page.getByRole('status').filter({ hasText: text }).waitFor() }

  it('a peer is disconnected, and dialled again', async () => {
    const { peerId } = network().others[0]!
    const { addresses: [{ address } = { address: '' }] } = await api.get<PeerDetail>(`/v1/peers/${peerId}`)
    await visit.go(`/peers/${peerId}`)
    await button('Disconnect').click()
    await button('Disconnect', page.getByRole('dialog')).click()
    await said('is disconnected')
    await visit.go('/')
    await button('Dial a peer').first().click()
    await page.getByLabel('Address or peer id').fill(`${address.replace(/\/p2p\/.*/, '')}/p2p/${peerId}`)
    await button('Dial', page.getByRole('dialog')).click()
    await said('Connected with')
    await eventually('it is connected', async () => await connected(peerId), PATIENCE_MS)
    await visit.go(`/peers/${peerId}`)
    await button('Ping').click()
    await said(/answered in [\d.]+ m?s/)
  })

  it('a dial that fails says why, and what to do', async () => {
    await button('Dial a peer').first().click()
    const dialog = page.getByRole('dialog')
    await page.getByLabel('Address or peer id').fill('not an address')
    await button('Dial', dialog).click()
    await dialog.getByRole('alert').waitFor()
    await page.getByLabel('Address or peer id').fill('/ip4/127.0.0.1/tcp/1')
    await button('Dial', dialog).click()
    await dialog.getByRole('alert').filter({ hasText: '127.0.0.1' }).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(visit.taken().filter(complaint => !/status of 4\d\d|status of 50[0-9]/.test(complaint))).to.deep.equal([])
  })

  it('a peer is banned, is cut off and stays away, and comes back when the ban is lifted', async () => {
    const { peerId } = network().others[1]!
    await visit.go('/peers')
    await page.getByLabel('Search').fill(peerId)
    await button(new RegExp(`^Ban 12D3.*${peerId.slice(-8)}$`)).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('How long').selectOption({ label: '1 hour' })
    await dialog.getByLabel('Reason').fill('tried from the page')
    await button('Ban', dialog).click()
    await said('is banned')
    const { bans } = await api.get<BanList>('/v1/bans')
    expect(bans.find(({ key }) => key === peerId)).to.include({ by: 'hand', reason: 'tried from the page' })
    await eventually('it is cut off', async () => !await connected(peerId), PATIENCE_MS)

    await visit.go('/bans')
    await page.getByRole('row').filter({ hasText: 'tried from the page' }).getByRole('button', { name: /^Lift/ }).click()
    await button('Lift the ban', page.getByRole('dialog')).click()
    await said('may connect again')
    expect((await api.get<BanList>('/v1/bans')).bans.find(({ key }) => key === peerId)).to.equal(undefined)
    const { addresses: [{ address } = { address: '' }] } = await api.get<PeerDetail>(`/v1/peers/${peerId}`)
    await api.post('/v1/peers/dial', { target: `${address.replace(/\/p2p\/.*/, '')}/p2p/${peerId}` })
    await page.getByText('Nobody is banned').waitFor()
  })

  it('a text arrives at the peer, and its answer on the page by itself', async () => {
    const { friend, watched: { peerId } } = network()
    await visit.go('/messages')
    await page.getByRole('form', { name: 'To a peer' }).getByLabel('Peer').fill(friend.peerId)
    await page.getByRole('form', { name: 'To a peer' }).getByLabel('Text').fill('Hello from the page')
    await button('Send').click()
    const arrived = await eventually('it arrives', async () => (await friend.api.get<Inbox>('/v1/messages')).messages.find(({ text }) => text === 'Hello from the page'), PATIENCE_MS)
    expect(arrived).to.include({ peerId, how: 'direct' })
    await friend.api.post('/v1/messages', { peerId, text: 'Hello to the page' })
    await page.getByRole('article').filter({ hasText: 'Hello to the page' }).waitFor()
  })

  it('a broadcast arrives at those who take the topic', async () => {
    const { friend } = network()
    await friend.api.post('/v1/topics', { topic: 'page-news' })
    await visit.go('/messages')
    const form = page.getByRole('form', { name: 'To everybody' })
    await form.getByLabel('Topic').fill('page-news')
    await eventually('it arrives', async () => {
      // nobody may be in the mesh of a new topic yet
      await form.getByLabel('Text').fill('Hello everybody')
      await button('Broadcast').click()
      await said(/Handed to \d+ peer/)
      return (await friend.api.get<Inbox>('/v1/messages')).messages.some(({ topic, text }) => topic === 'page-news' && text === 'Hello everybody')
    }, PATIENCE_MS)
  })

  it('a setting is changed at once, a wrong value is refused', async () => {
    await visit.go('/settings')
    const field = page.getByLabel('maxPeers')
    await field.fill('0')
    expect(await button('Apply').isDisabled()).to.equal(true)
    await field.fill('61')
    await button('Apply').click()
    await said('Changed: maxPeers')
    const { settings } = await api.get<Settings>('/v1/settings')
    expect(settings.find(({ name }) => name === 'maxPeers')).to.include({ value: 61, from: 'running' })
  })

  it('the addresses can be copied, and shown as a QR code', async () => {
    const { peerId, addresses } = await api.get<NodeInfo>('/v1/node')
    await button('Copy the peer id').click()
    expect(await page.evaluate(async () => await navigator.clipboard.readText())).to.equal(peerId)
    await button('Show the address as a QR code').first().click()
    await page.getByRole('dialog').getByRole('img', { name: addresses[0] }).waitFor()
  })

  it('a secret is stored over peers, and opened again', async () => {
    await visit.go('/secrets')
    await button(/^Store a secret/).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Secret', { exact: true }).fill(SECRET)
    await dialog.getByLabel('Label').fill('from the page')
    await dialog.getByLabel('Holders').fill('5')
    await dialog.getByLabel('Threshold').fill('3')
    await button('Store', dialog).click()
    await page.getByRole('heading', { level: 1, name: 'from the page' }).waitFor({ timeout: PATIENCE_MS })
    await page.getByText('can be opened').waitFor({ timeout: PATIENCE_MS })
    expect(await page.getByText(SECRET).count(), 'shown before it is opened').to.equal(0)
    await button('Open').click()
    await page.getByLabel('The secret').filter({ hasText: SECRET }).waitFor({ timeout: PATIENCE_MS })
    await button('Hide').click()
    expect(await page.getByText(SECRET).count()).to.equal(0)
    await visit.go('/secrets')
    await page.getByRole('row').filter({ hasText: 'from the page' }).filter({ hasText: '3 of 5 holders' }).waitFor()
  })
})
