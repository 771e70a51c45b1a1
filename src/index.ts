/**
 * @packageDocumentation
 *
 * A libp2p application node: find a network by one address, or start one, and keep a set of good peers.
 *
 * @example
 *
 * ```ts
 * import { createAppNode } from 'peerkeep'
 *
 * const node = await createAppNode({
 *   listen: ['/ip4/0.0.0.0/tcp/4701', '/ip4/0.0.0.0/tcp/4702/ws'],
 *   bootstrap: ['/dns4/seed.example.org/tcp/4701'],
 *   dataDir: './data'
 * })
 * node.services.pubsub.subscribe('news')
 * node.services.pool.addEventListener('peer:connected', ({ detail }) => console.log(detail.peerId.toString()))
 * ```
 */
export * from './browser.ts'
