import { readFile, readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { etagOf, names } from './views/cached-answer.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiApp } from './context.ts'

/** Where the build puts the dashboard; the same seen from `src` and from `dist`. */
export const DASHBOARD = join(import.meta.dirname, '../../dist/dashboard')

/** What is served; other files, as those for debuggers, are not. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8'
}

// as the build names what never changes: `main-4FQ7XZ2A.js`
const HASHED = /-[A-Z0-9]{8}\.[a-z0-9]+$/i

/** Best first. */
const ENCODINGS = [['br', '.br'], ['gzip', '.gz']] as const

interface Variant {
  readonly encoding?: string
  readonly body: Buffer
  readonly etag: string
}

interface Page {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  /** Best first; the last is as it is. */
  readonly variants: readonly Variant[]
}

/**
 * The dashboard at `/`, from a folder of built files, of which there may be `.br` and `.gz` beside. They are read once: whoever
 * asks for them, without a token, takes up neither files nor memory.
 */
export async function addDashboard (app: ApiApp, root: string): Promise<void> {
  const pages = await readPages(root)
  const config = { access: 'page' as const }
  const schema = { hide: true }
  if (!pages.some(({ name }) => name === 'index.html')) {
    app.get('/', { config, schema }, async (_request, reply) => {
      return await reply.code(404).type('text/plain; charset=utf-8').send('The dashboard has not been built: run "npm run build" in the folder of Peerkeep, then start the node again.\n')
    })
    return
  }
  for (const page of pages) {
    const urls = [`/${page.name}`, ...page.name === 'index.html' ? ['/'] : []]
    for (const url of urls) app.get(url, { config, schema }, (request, reply) => { send(page, request, reply) })
  }
}

function send ({ headers, variants }: Page, request: FastifyRequest, reply: FastifyReply): void {
  const accepted = request.headers['accept-encoding']
  const { encoding, body, etag } = variants.find(({ encoding }) => accepts(accepted, encoding)) as Variant
  reply.headers({ ...headers, etag })
  if (names(request.headers['if-none-match'], etag)) reply.code(304).send()
  else reply.headers(encoding == null ? {} : { 'content-encoding': encoding }).send(body)
}

async function readPages (root: string): Promise<Page[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch((err: NodeJS.ErrnoException) => {
    if (err.code !== 'ENOENT') throw err
  })
  const all = (entries ?? []).filter(entry => entry.isFile()).map(({ name }) => name)
  return await Promise.all(all.filter(name => TYPES[extname(name)] != null && !name.startsWith('.')).map(async name => ({
    name,
    headers: {
      'content-type': TYPES[extname(name)] as string,
      'cache-control': HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding'
    },
    variants: [
      ...await Promise.all(ENCODINGS.filter(([, ending]) => all.includes(name + ending)).map(async ([encoding, ending]) => await readVariant(join(root, name + ending), encoding))),
      await readVariant(join(root, name))
    ]
  })))
}

async function readVariant (path: string, encoding?: string): Promise<Variant> {
  const body = await readFile(path)
  return { encoding, body, etag: etagOf(body) }
}

/** Pure. Whether `Accept-Encoding` names it, and does not rule it out; what has none is taken by all. */
function accepts (header: string | undefined, encoding: string | undefined): boolean {
  return encoding == null || header != null && header.split(',').some(part => {
    const [name, ...parameters] = part.split(';').map(text => text.trim().toLowerCase())
    return name === encoding && !parameters.some(parameter => /^q=0(?:\.0*)?$/.test(parameter))
  })
}
