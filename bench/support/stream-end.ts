/** A process with one end of the stream of the throughput bench: see `stream-contract.ts`. */
import { serve } from './process-end.ts'
import { streamDialler, streamListener } from './stream-ends.ts'
import type { Send } from './raw-ends.ts'
import type { StreamCommand } from './stream-contract.ts'

const MIB = 1024 * 1024

let send: Send | undefined

serve<StreamCommand>(async command => {
  switch (command.do) {
    case 'listen': return await streamListener(command.arm)
    case 'dial':
      send = await streamDialler(command.arm, command.address)
      break
    case 'send':
      await send?.(command.mebibytes * MIB)
  }
  return ''
})
