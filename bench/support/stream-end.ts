/** A process with one end of the stream of the throughput bench: see `stream-contract.ts`. */
import { streamDialler, streamListener } from './stream-ends.ts'
import type { StreamAnswer, StreamCommand } from './stream-contract.ts'
import type { Send } from './stream-ends.ts'

const MIB = 1024 * 1024

let send: Send | undefined

function say (answer: StreamAnswer): void {
  process.send?.(answer)
}

function cpuMs (): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** The address, where there is one to tell. */
async function obey (command: StreamCommand): Promise<string> {
  switch (command.do) {
    case 'listen': return await streamListener(command.arm)
    case 'dial':
      send = await streamDialler(command.arm, command.address)
      break
    case 'send':
      await send?.(command.mebibytes * MIB)
      break
    case 'cpu':
  }
  return ''
}

process.on('message', (command: StreamCommand) => {
  const startMs = performance.now()
  obey(command).then(address => { say({ event: 'done', address, elapsedMs: performance.now() - startMs, cpuMs: cpuMs() }) }, (err: unknown) => {
    say({ event: 'failed', message: err instanceof Error ? err.stack ?? err.message : String(err) })
  })
})
// the bench has ended
process.on('disconnect', () => { process.exit() })
