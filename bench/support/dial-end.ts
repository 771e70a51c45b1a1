/** A process with one end of the connections of the dial bench: see `dial-contract.ts`. */
import { dialler, listener } from './dial-ends.ts'
import type { DialAnswer, DialCommand } from './dial-contract.ts'
import type { Dialler } from './dial-ends.ts'

let diallers: Dialler[] = []

function say (answer: DialAnswer): void {
  process.send?.(answer)
}

function cpuMs (): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** The address, where there is one to tell. */
async function obey (command: DialCommand): Promise<string> {
  switch (command.do) {
    case 'listen': return (await listener(command.arm, peer => { say({ event: 'identified', peer }) })).address
    case 'prepare':
      diallers = await Promise.all(Array.from({ length: command.diallers }, async () => dialler(command.arm, command.address)))
      break
    case 'dial': {
      let left = command.count
      await Promise.all(diallers.map(async each => {
        while (left-- > 0) await each.dial(command.holdMs)
      }))
      break
    }
    case 'identified':
    case 'cpu':
  }
  return ''
}

process.on('message', (command: DialCommand) => {
  if (command.do === 'identified') {
    for (const { peer, identified } of diallers) if (peer === command.peer) identified()
    return
  }
  obey(command).then(address => { say({ event: 'done', address, cpuMs: cpuMs() }) }, (err: unknown) => {
    say({ event: 'failed', message: err instanceof Error ? err.stack ?? err.message : String(err) })
  })
})
// the bench has ended
process.on('disconnect', () => { process.exit() })
