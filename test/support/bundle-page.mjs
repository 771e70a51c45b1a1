// Stands in for a web page: loads the browser bundle, connects to the address it is given, prints what came of it.
const [, , bundle, address] = process.argv
// the message alone: the line that threw is the whole bundle
process.on('uncaughtException', err => {
  process.stderr.write(`${err.message}\n`)
  process.exit(1)
})
const { createAppNode } = await import(bundle)

const refusal = await createAppNode({ dataDir: '/data' }).then(() => 'started', err => err.code)
// browsers dial no private addresses and no plain WebSockets unless they are told to
const node = await createAppNode({ bootstrap: [address], connectionGater: { denyDialMultiaddr: () => false } })
const connected = new Promise(resolve => node.services.pool.addEventListener('peer:connected', ({ detail }) => resolve(detail.peerId.toString())))
const peer = node.services.pool.peers()[0]?.peerId.toString() ?? await connected
await node.stop()
process.stdout.write(JSON.stringify({ refusal, peer }))
// libp2p's browser build keeps a BroadcastChannel open
process.exit(0)
