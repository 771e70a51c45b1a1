import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { join } from 'node:path'
import { writeEndpoint } from '../../src/http/endpoint-file.ts'
import { makeTempDir } from './temp-dir.ts'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Place } from '../../src/config/place-options.ts'

export const TOKEN = 'a-token-that-nobody-can-guess-0123456789'

export interface ApiStub {
  /** Tells a client of it. */
  place: Place
  dataDir: string
  url: string
  requests: Array<Pick<IncomingMessage, 'method' | 'url' | 'headers'>>
  /** Nobody listens there any more. */
  end (): Promise<void>
  [Symbol.asyncDispose] (): Promise<void>
}

/** What answers where a node's admin API should be, and a data directory that leads to it. */
export async function stubApi (answer: RequestListener, tls?: { cert: string, key: string }): Promise<ApiStub> {
  const dir = await makeTempDir()
  const requests: ApiStub['requests'] = []
  const listener: RequestListener = (request, response) => {
    requests.push(request)
    answer(request, response)
  }
  const server = tls == null ? createServer(listener) : createTlsServer(tls, listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http${tls == null ? '' : 's'}://127.0.0.1:${(server.address() as AddressInfo).port}`
  await writeFile(join(dir.path, 'api-token'), `${TOKEN}\n`, { mode: 0o600 })
  await writeFile(join(dir.path, 'node.pid'), `${process.pid}\n`)
  await writeEndpoint(dir.path, { url, pid: process.pid, ...tls == null ? {} : { certificate: tls.cert } })
  const end = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return {
    place: { dataDir: dir.path, config: undefined, profile: 'default', apiTokenFile: undefined, apiUrl: undefined, json: false },
    dataDir: dir.path,
    url,
    requests,
    end,
    [Symbol.asyncDispose]: async () => {
      if (server.listening) await end()
      await dir[Symbol.asyncDispose]()
    }
  }
}
