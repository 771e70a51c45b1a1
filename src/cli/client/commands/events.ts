import { optional } from '../../../config/option.ts'
import { matching } from '../../../config/value-types.ts'
import { client } from '../../command.ts'
import { describeApiEvent } from '../event-lines.ts'
import { openEvents } from '../event-stream.ts'
import { untilInterrupted } from '../interrupt.ts'
import { word } from '../value-types.ts'

/** Told every second: shown when asked for. */
const FREQUENT = 'stats'

export const events = client({
  summary: 'show what happens at the node, until Ctrl-C',
  about: 'Who comes and goes, what is decided, messages, secrets. Goes on where it was after the node was started anew.',
  example: 'events --types peer:connected,peer:disconnected,ban:added',
  arguments: {},
  flags: {
    types: optional(matching('<names>', /^[a-z:-]+(?:,[a-z:-]+)*$/, 'names of events with commas between, like peer:connected,ban:added'), 'only these; "stats" has figures of every second'),
    after: optional(word, 'the id of an event: also what came after it and is still kept; "oldest" for all that is kept')
  },
  json: 'one object a line: event, time and its own fields',
  run: async ({ api, out, flags }) => {
    const types = flags.types?.split(',')
    await untilInterrupted(out, async (signal) => {
      const stream = await openEvents(api, {
        ...types == null ? {} : { types },
        ...flags.after == null ? {} : { after: flags.after },
        signal,
        onLost: () => { out.note('lost the node, trying again') }
      })
      if (out.live) out.note('listening; Ctrl-C ends it')
      for await (const event of stream) {
        if (event.event !== FREQUENT || types?.includes(FREQUENT) === true) out.answer(event, p => describeApiEvent(event, p))
      }
    })
  }
})
