import { EventHub, Inbox } from '../../../src/http/index.ts'
import { AppNodes } from '../../support/app-nodes.ts'
import type { AppNode, AppNodeInit } from '../../../src/index.ts'
import type { InboxInit } from '../../../src/http/inbox/inbox.ts'

/** A node as the program has it: with an inbox from before it starts, and a hub that hears of it. */
export interface Program {
  node: AppNode
  hub: EventHub
  inbox: Inbox
  /** What was told, latest last. */
  told: Array<{ event: string } & Record<string, any>>
}

const SMALL: AppNodeInit = { dht: { mode: 'off' }, presence: false, messaging: { minRetryMs: 20, maxRetryMs: 100 } }

export class Programs extends AppNodes {
  async run (init: AppNodeInit = {}, files?: InboxInit['files']): Promise<Program> {
    const node = await this.create({ ...SMALL, ...init, start: false })
    const hub = new EventHub()
    const told: Program['told'] = []
    hub.subscribe({}, ({ json }) => { told.push(JSON.parse(json) as Program['told'][number]) })
    const inbox = new Inbox({
      messaging: node.services.messaging,
      publish: event => { hub.publish(event) },
      tell: event => { hub.tell(event) },
      ...files == null ? {} : { files }
    })
    inbox.start()
    await node.start()
    return { node, hub, inbox, told }
  }
}
