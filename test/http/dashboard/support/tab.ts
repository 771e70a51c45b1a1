/** What scripts of the dashboard find in the tab of a browser, as far as they need no page. `using` takes it away again. */
export class Tab implements Disposable {
  readonly stored = new Map<string, string>()
  /** What was asked for, of the node. */
  readonly asked: string[] = []
  readonly location = { pathname: '/', hash: '' }
  readonly #before = Object.getOwnPropertyDescriptors(globalThis)

  /** @param answer by the node, to the path and the token that is asked with */
  constructor (answer: (path: string, token: string | undefined) => Response) {
    const globals = {
      sessionStorage: {
        getItem: (key: string) => this.stored.get(key) ?? null,
        setItem: (key: string, value: string) => { this.stored.set(key, value) },
        removeItem: (key: string) => { this.stored.delete(key) }
      },
      location: this.location,
      history: { replaceState: (_state: null, _unused: string, to: string) => { this.location.hash = new URL(to, 'http://localhost').hash } },
      fetch: async (path: string, { headers, signal }: { headers: Headers, signal?: AbortSignal }) => {
        this.asked.push(path)
        const answered = answer(path, headers.get('authorization')?.replace('Bearer ', ''))
        return new Response(answered.body?.pipeThrough(new TransformStream(), { signal }), answered)
      }
    }
    for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }

  [Symbol.dispose] (): void {
    for (const name of ['sessionStorage', 'location', 'history', 'fetch'] as const) {
      const before = this.#before[name] as PropertyDescriptor | undefined
      if (before == null) delete (globalThis as Partial<typeof globalThis>)[name]
      else Object.defineProperty(globalThis, name, before)
    }
  }
}
