/** The process of a `Victim`: makes the node it is told to, answers commands, ends with its parent. */
import { describeError } from '../../../src/errors.ts'
import { commands } from './victim-commands.ts'
import { watch } from './victim-watch.ts'
import type { Command, Commands, Reply, Request, VictimNode, VictimOptions } from './victim-contract.ts'

let node: VictimNode | undefined
let known: Commands = commands

async function start (options: VictimOptions): Promise<string[]> {
  if (options.commands != null) known = { ...commands, ...await import(options.commands) as Commands }
  node = await make(options)
  watch.start(node)
  return node.getMultiaddrs().map(String)
}

async function make (options: VictimOptions): Promise<VictimNode> {
  // loaded when needed: neither is to pay for the other
  if (options.kind === 'stock') return await (await import('./stock-node.ts')).stockNode(options)
  return await (await import('./peerkeep-node.ts')).peerkeepNode(options)
}

async function answer ({ name, args }: Request): Promise<unknown> {
  if (name === 'start') return await start(args[0] as VictimOptions)
  if (node == null) throw new Error(`'${name}' before 'start'`)
  if (name === 'stop') return await node.stop()
  const command: Command | undefined = known[name]
  if (command == null) throw new Error(`there is no command '${name}'`)
  return await command(node, ...args)
}

function send (reply: Reply): void {
  process.send?.(reply, () => { if (stopping) process.exit(0) })
}

let stopping = false
process.on('message', (request: Request) => {
  answer(request).then(result => {
    stopping = request.name === 'stop'
    send({ id: request.id, result })
  }, (err: unknown) => { send({ id: request.id, error: `${request.name}: ${describeError(err)}` }) })
})
process.once('disconnect', () => { process.exit(1) })
