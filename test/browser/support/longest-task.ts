import type { Browser, Page } from 'playwright-core'

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  /** Microseconds: of the wall, and of the processor. */
  dur?: number
  tdur?: number
  args?: { name?: string }
}

export interface LongestTask {
  /** Of the processor: what the page itself takes, however busy the machine is. */
  cpuMs: number
  /** What a user of this machine waited. */
  wallMs: number
}

/** The longest that the page did without a chance to draw or to answer, while `work` ran. */
export async function longestTask (browser: Browser, page: Page, work: () => Promise<void>): Promise<LongestTask> {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] })
  await work()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  const pages = new Set(traceEvents.filter(({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain').map(threadOf))
  const tasks = traceEvents.filter(event => event.name.endsWith('RunTask') && pages.has(threadOf(event)))
  if (tasks.length === 0) throw new Error('the browser has told of no task')
  return {
    cpuMs: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000,
    wallMs: Math.max(...tasks.map(({ dur = 0 }) => dur)) / 1_000
  }
}

function threadOf ({ pid, tid }: TraceEvent): string {
  return `${pid} ${tid}`
}
