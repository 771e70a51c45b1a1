import type { Browser, BrowserContext, Page } from 'playwright-core'

/** How long a page may take for anything it is waited for. */
const PATIENCE_MS = 20_000
const MAX_PICTURE_HEIGHT = 8_000

export interface VisitInit {
  /** Put into the address, as `npm start` prints it. @default none */
  token?: string
  /** Pixels. @default 1280 */
  width?: number
  /** Pixels. @default 800 */
  height?: number
  /** @default false */
  dark?: boolean
}

/** A page in a browser profile of its own, and whatever went wrong in it. `await using` closes it. */
export class Visit implements AsyncDisposable {
  readonly page: Page
  /** Errors on the console, in scripts and of requests, and every request that went anywhere else. */
  readonly complaints: string[] = []
  readonly #context: BrowserContext
  readonly #entrance: string

  private constructor (context: BrowserContext, page: Page, entrance: string) {
    this.#context = context
    this.page = page
    this.#entrance = entrance
  }

  static async open (browser: Browser, url: string, { token, width = 1_280, height = 800, dark = false }: VisitInit = {}): Promise<Visit> {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', permissions: ['clipboard-read', 'clipboard-write'] })
    context.setDefaultTimeout(PATIENCE_MS)
    // the loader of TypeScript wraps functions into it, also those that tests run in the page
    await context.addInitScript({ content: 'globalThis.__name = wrapped => wrapped' })
    const visit = new Visit(context, await context.newPage(), token == null ? url : `${url}/#token=${token}`)
    visit.#listen()
    await visit.page.goto(visit.#entrance)
    return visit
  }

  /** To another view, by what stands in the address after the #. */
  async go (hash: string): Promise<void> {
    await this.page.evaluate(hash => { location.hash = hash }, hash)
  }

  /** Another tab that is signed in too, at the first view. */
  async another (): Promise<Page> {
    const page = await this.#context.newPage()
    await page.goto(this.#entrance)
    return page
  }

  /** Resolves when a view is there with all that it loads. */
  async settled (): Promise<void> {
    await this.page.getByRole('heading', { level: 1 }).waitFor()
    await this.page.waitForFunction(() => document.querySelector('.loading, [aria-busy="true"]') == null)
  }

  /** A picture of all of the page, down to its end. */
  async picture (path: string): Promise<void> {
    const { page } = this
    const seen = page.viewportSize()!
    // what is out of sight is not drawn, and has another height until it is: seen once it is remembered
    for (let i = 0; i < 2; i++) {
      await page.setViewportSize(seen)
      const height = await page.evaluate(() => document.documentElement.scrollHeight)
      await page.setViewportSize({ width: seen.width, height: Math.min(height, MAX_PICTURE_HEIGHT) })
      await page.evaluate(async () => await new Promise(resolve => { requestAnimationFrame(() => { requestAnimationFrame(resolve) }) }))
    }
    await page.screenshot({ path, animations: 'disabled' })
    await page.setViewportSize(seen)
  }

  /** What was complained of since it was last asked. */
  taken (): string[] {
    return this.complaints.splice(0)
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await this.#context.close()
  }

  #listen (): void {
    const { page, complaints } = this
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console ${message.type()}: ${message.text()} (${message.location().url})`)
    })
    page.on('pageerror', err => { complaints.push(`error: ${err.stack ?? err.message}`) })
    page.on('requestfailed', request => {
      const reason = request.failure()?.errorText
      // the page itself has given up, such as events that it no longer needs
      if (reason !== 'net::ERR_ABORTED') complaints.push(`request failed: ${request.url()} ${reason}`)
    })
    page.on('request', request => { this.#judge(request.url()) })
    page.on('websocket', socket => { this.#judge(socket.url()) })
  }

  #judge (url: string): void {
    const { protocol, origin } = new URL(url)
    if (protocol !== 'data:' && protocol !== 'blob:' && origin !== new URL(this.#entrance).origin) this.complaints.push(`foreign request: ${url}`)
  }
}
