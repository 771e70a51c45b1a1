import { join } from 'node:path'
import { EventHub } from '../http/events/event-hub.ts'
import { Inbox } from '../http/inbox/inbox.ts'
import { MetricsRegistry } from '../platform/metrics-registry.ts'
import { systemClock } from '../util/clock.ts'
import { isAddressInUse } from './listen.ts'
import type { AppNode, AppNodeInit } from '../app-node.ts'
import type { NodeEvent } from '../app-node/events.ts'
import type { Merged } from '../config/index.ts'
import type { AdminApi } from '../http/index.ts'
import type { ApiPlace } from './api-place.ts'
import type { Log } from './log.ts'

const MIB = 1024 * 1024

/** Where the API was reached in the end. */
export interface AdminFacts {
  url: string
  token: string
  tokenFile: string
}

/** The admin API beside one node: from before that node starts, so that no message and no event of it is missed. */
export interface Admin {
  /** For the making of the node. */
  readonly init: Pick<AppNodeInit, 'metrics'>
  /** Before the node starts: what nobody takes is refused for good. */
  attach (node: AppNode): void
  publish (event: NodeEvent): void
  /** @throws ApiListenError, TokenFileError, TokenError, or the signal's reason before anything was opened */
  listen (node: AppNode, place: ApiPlace, about: { version: string, log: Log, signal: AbortSignal }): Promise<AdminFacts>
  close (): Promise<void>
}

/** What the API needs of this program before the node starts; the rest is loaded in `listen`, when that is ready. */
export function createAdmin (merged: Merged): Admin {
  const { config } = merged
  const metrics = new MetricsRegistry()
  const events = new EventHub()
  const early: NodeEvent[] = []
  let count = (event: NodeEvent): void => { early.push(event) }
  let inbox: Inbox | undefined
  let api: AdminApi | undefined
  let opening: Promise<AdminFacts> | undefined

  return {
    init: { metrics: () => metrics },
    attach (node) {
      inbox = new Inbox({
        messaging: node.services.messaging,
        publish: event => { events.publish(event) },
        tell: event => { events.tell(event) },
        ...(config.filesDir == null ? {} : { files: { dir: config.filesDir, maxBytes: config.filesMib * MIB } })
      })
      inbox.start()
    },
    publish (event) {
      count(event)
      events.publish(event)
    },
    async listen (node, place, { version, log, signal }) {
      const tokenFile = config.apiTokenFile ?? join(config.dataDir, 'api-token')
      const { createAdminApi, createRunningSettings, exposeNode, openMetrics, readOrCreateToken, writeEndpoint } = await import('./admin-parts.ts')
      signal.throwIfAborted()
      const nodeMetrics = openMetrics(metrics)
      count = exposeNode(nodeMetrics, node, { network: config.network, dataDir: config.dataDir })
      for (const event of early.splice(0)) count(event)
      const open = async (): Promise<AdminFacts> => {
        const token = await readOrCreateToken(tokenFile)
        api = await createAdminApi({
          node, token, version, events, inbox,
          startedMs: systemClock.now(),
          dataDir: config.dataDir,
          network: config.network,
          roles: [...new Set(config.role)],
          settings: createRunningSettings({ node, merged, log, publish: event => { events.publish(event) } }),
          metrics: nodeMetrics.source,
          hosts: [...config.apiHost]
        })
        const url = await listenAt(api, place)
        await writeEndpoint(config.dataDir, { url, pid: process.pid, ...(place.tls == null ? {} : { certificate: place.tls.cert }) })
        return { url, token, tokenFile }
      }
      return await (opening = open())
    },
    async close () {
      // whoever called `listen` knows how that ended; what it opened is closed here
      await Promise.allSettled([opening])
      await api?.close()
      if (api != null) await (await import('./admin-parts.ts')).removeEndpoint(config.dataDir)
      inbox?.stop()
    }
  }
}

async function listenAt (api: AdminApi, { host, port, tls, chosen }: ApiPlace): Promise<string> {
  const at = { host, ...(tls == null ? {} : { tls }) }
  try {
    return await api.listen({ ...at, port })
  } catch (err) {
    // somebody took the port since it was tried
    if (chosen || !isAddressInUse(err)) throw err
    return await api.listen({ ...at, port: 0 })
  }
}
