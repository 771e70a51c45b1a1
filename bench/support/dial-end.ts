/** A process with one end of the connections of the dial bench: see `dial-contract.ts`. */
import { dialler, listener } from './dial-ends.ts'
import { say, serve } from './process-end.ts'
import type { DialCommand, Identified } from './dial-contract.ts'
import type { Dialler } from './dial-ends.ts'

let diallers: Dialler[] = []

async function obey (command: Exclude<DialCommand, { do: 'identified' }>): Promise<string> {
  switch (command.do) {
    case 'listen': return (await listener(command.arm, peer => { say<Identified>({ event: 'identified', peer }) })).address
    case 'prepare':
      diallers = await Promise.all(Array.from({ length: command.diallers }, async () => dialler(command.arm, command.address)))
      break
    case 'dial': {
      let left = command.count
      await Promise.all(diallers.map(async each => {
        while (left-- > 0) await each.dial(command.holdMs)
      }))
    }
  }
  return ''
}

serve<DialCommand>(command => {
  if (command.do !== 'identified') return obey(command)
  for (const { peer, identified } of diallers) if (peer === command.peer) identified()
  return undefined
})
