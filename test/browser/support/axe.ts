import axe from 'axe-core'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** What keeps people from using the page, as axe sees it: serious or critical, in words. */
export async function barriers (page: Page): Promise<string[]> {
  // the page's own policy allows no foreign script: the debugger does
  const debug = await page.context().newCDPSession(page)
  await debug.send('Runtime.evaluate', { expression: axe.source })
  const { result, exceptionDetails } = await debug.send('Runtime.evaluate', { expression: 'axe.run(document)', awaitPromise: true, returnByValue: true })
  await debug.detach()
  if (exceptionDetails != null) throw new Error(`axe: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`)
  const { violations } = result.value as AxeResults
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')} ${failureSummary?.replaceAll(/\s+/g, ' ')}`))
}
