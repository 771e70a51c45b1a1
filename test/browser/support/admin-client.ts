/** The admin API of a node, to look at what the dashboard did there. */
export class AdminClient {
  readonly url: string
  readonly token: string

  constructor (url: string, token: string) {
    this.url = url
    this.token = token
  }

  async get<T> (path: string): Promise<T> {
    return await this.#ask('GET', path) as T
  }

  async post<T> (path: string, body: unknown): Promise<T> {
    return await this.#ask('POST', path, body) as T
  }

  async delete (path: string): Promise<void> {
    await this.#ask('DELETE', path)
  }

  async #ask (method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...body === undefined ? {} : { 'content-type': 'application/json' } },
      ...body === undefined ? {} : { body: JSON.stringify(body) }
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}
