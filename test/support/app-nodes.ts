import { createAppNode } from '../../src/index.ts'
import type { ServiceMap } from '@libp2p/interface'
import type { AppNode, AppNodeInit } from '../../src/index.ts'

export const TCP = '/ip4/127.0.0.1/tcp/0'

/** `await using nodes = new AppNodes()`: nodes on loopback that stop with the block. */
export class AppNodes {
  readonly #nodes: Array<AppNode<ServiceMap>> = []

  async create<S extends ServiceMap = {}> (init: AppNodeInit<S> = {}): Promise<AppNode<S>> {
    const node = await createAppNode<S>({ listen: [TCP], ...init })
    this.#nodes.push(node)
    return node
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await Promise.all(this.#nodes.map(node => node.stop()))
  }
}
