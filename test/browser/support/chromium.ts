import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** $CHROMIUM, or where systems put it. */
function findChromium (): string | undefined {
  const { CHROMIUM: chosen } = process.env
  if (chosen != null && !existsSync(chosen)) throw new Error(`CHROMIUM=${chosen}: there is no such file`)
  return chosen ?? PLACES.find(path => existsSync(path))
}

/** A suite with a real browser, of which every test opens its own `Visit`; skipped where there is none. */
export function inChromium (title: string, suite: (browser: () => Browser) => void): void {
  describe(title, () => {
    let browser: Browser | undefined

    before(async function () {
      const executablePath = findChromium()
      if (executablePath == null) {
        process.stdout.write('skipped: no chromium\n')
        this.skip()
      }
      browser = await chromium.launch({ executablePath, args: ARGUMENTS })
    })

    after(async () => { await browser?.close() })

    // one level down: where there is none, its hooks are skipped too
    describe('in Chromium', () => {
      suite(() => {
        if (browser == null) throw new Error('the browser is not started before the tests')
        return browser
      })
    })
  })
}
