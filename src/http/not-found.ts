import { ApiError } from './problem.ts'
import type { ApiApp } from './context.ts'

interface Known {
  readonly parts: readonly string[]
  readonly method: string
}

/** 404 for what is not there; 405 with `Allow` for what is there by another method. Knows the routes added after this. */
export function addNotFound (app: ApiApp): void {
  const routes: Known[] = []
  app.addHook('onRoute', ({ url, method }) => {
    for (const name of [method].flat()) routes.push({ parts: url.split('/'), method: name })
  })
  app.setNotFoundHandler((request, reply) => {
    const path = (request.url.split('?')[0] as string).split('/')
    const allowed = new Set(routes.filter(route => fits(route, path)).map(({ method }) => method))
    if (allowed.size === 0) throw new ApiError('API_NOT_FOUND', 'there is nothing at this path', { details: { fix: 'see /openapi.json for what there is' } })
    const list = [...allowed].join(', ')
    reply.header('allow', list)
    throw new ApiError('API_METHOD_NOT_ALLOWED', `this path does not take ${request.method}`, { details: { fix: `it takes ${list}` } })
  })
}

function fits ({ parts }: Known, path: readonly string[]): boolean {
  return parts.length === path.length && parts.every((part, i) => part === path[i] || part.startsWith(':') && path[i] !== '')
}
