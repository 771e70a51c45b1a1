import { signal } from '@preact/signals'
import { takeTokenFromAddress } from '../api/session.ts'

/** Where the page is: `#/peers/12D3...?tab=score` is `{ path: ['peers', '12D3...'], params: tab=score }`. */
export interface Route {
  readonly path: readonly string[]
  readonly params: URLSearchParams
}

export type Params = Record<string, string | number | undefined>

export const route = signal<Route>(routeOf(location.hash))

export function routeOf (hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2)
  return { path: path.split('/').filter(part => part !== '').map(decoded), params: new URLSearchParams(query) }
}

function decoded (part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // typed by hand: it names what it says
    return part
  }
}

/** A link to a view; empty parameters are left out. */
export function href (path: readonly string[], params: Params = {}): string {
  const query = new URLSearchParams(Object.entries(params).flatMap(([name, value]) => value == null || value === '' ? [] : [[name, String(value)]])).toString()
  return `#/${path.map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`
}

/** `replace`: the back button skips where the page is now. */
export function go (to: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, '', to)
    route.value = routeOf(to)
  } else location.hash = to
}

/** Changes parameters of where the page is; the back button skips the change. */
export function setParams (changed: Params): void {
  go(href(route.value.path, { ...Object.fromEntries(route.value.params), ...changed }), { replace: true })
}

export function startRouter (): void {
  const moved = (): void => {
    takeTokenFromAddress()
    route.value = routeOf(location.hash)
  }
  moved()
  addEventListener('hashchange', moved)
}
