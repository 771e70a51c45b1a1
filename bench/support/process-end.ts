/** What is said in the processes of a `ProcessPair`, and in their own words what each bench has them do. */
export interface Order {
  do: string
}

/** Nothing but the figures that come with every answer. */
export interface CpuOrder {
  do: 'cpu'
}

export interface Done {
  event: 'done'
  /** Where there is one to tell. */
  address: string
  elapsedMs: number
  /** Of the process, user and system, from its start. */
  cpuMs: number
}

export interface Failed {
  event: 'failed'
  message: string
}

/** Tells the bench something. */
export function say<A extends { event: string }> (answer: A): void {
  process.send?.(answer)
}

/** Does what the bench says until that ends; `obey` resolves to an address or '', and returns nothing for what needs no answer. */
export function serve<O extends Order> (obey: (order: O) => Promise<string> | undefined): void {
  process.on('message', (order: O | CpuOrder) => {
    const startMs = performance.now()
    const work = isCpuOrder(order) ? Promise.resolve('') : obey(order)
    work?.then(address => { say<Done>({ event: 'done', address, elapsedMs: performance.now() - startMs, cpuMs: cpuMs() }) }, (err: unknown) => {
      say<Failed>({ event: 'failed', message: err instanceof Error ? err.stack ?? err.message : String(err) })
    })
  })
  process.on('disconnect', () => { process.exit() })
}

function isCpuOrder (order: Order): order is CpuOrder {
  return order.do === 'cpu'
}

function cpuMs (): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
