/**
 * Stores passwords with peers, and finds and opens them again. The passphrase of the key file is in VAULT_PASSPHRASE.
 *
 *   node examples/vault-owner.ts store <folder> <address of a holder>
 *   node examples/vault-owner.ts open <key file> <address of a holder>
 */
import { createAppNode, ShardsError } from 'peerkeep'

const PASSWORDS = 'mail: hunter2\nbank: correct horse battery staple\nphone: 0000\n'
const LABEL = 'passwords'
const WAIT_MS = 120_000
const AGAIN_MS = 500

const [action, place = '', address = ''] = process.argv.slice(2)
const node = await createAppNode({
  listen: ['/ip4/127.0.0.1/tcp/0'],
  bootstrap: [address],
  network: 'vault-example',
  // `open` knows nothing but the key
  ...action === 'store' ? { dataDir: place } : {},
  shards: { hold: false, ownerPassphrase: process.env['VAULT_PASSPHRASE'], ...action === 'open' ? { ownerKeyFile: place } : {} }
})
const { shards } = node.services

/** Until enough of the network has been found. */
async function patiently<T> (call: () => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(WAIT_MS)
  for (;;) {
    try {
      return await call()
    } catch (err) {
      const early = err instanceof ShardsError && ['SHARDS_TOO_FEW_PEERS', 'SHARDS_TOO_FEW_SHARES', 'SHARDS_UNKNOWN_VAULT'].includes(err.code)
      if (!early || deadline.aborted) throw err
      await new Promise(resolve => { setTimeout(resolve, AGAIN_MS) })
    }
  }
}

async function found (): Promise<string> {
  const vault = (await shards.list()).find(({ label }) => label === LABEL)
  if (vault == null) throw new ShardsError('SHARDS_UNKNOWN_VAULT', `nobody who was asked has a vault called ${LABEL}`)
  return vault.id
}

shards.addEventListener('holder:lied', ({ detail }) => { console.log(`a holder lied, and there is proof: ${detail.peerId.toString()} (${detail.kind})`) })

try {
  if (action === 'store') {
    const vault = await patiently(async () => await shards.store(new TextEncoder().encode(PASSWORDS), { threshold: 4, holders: 7, label: LABEL }))
    console.log(`stored in vault ${vault.id}: any ${vault.threshold} of ${vault.holders.length} holders open it for its owner`)
  } else {
    const id = await patiently(found)
    const secret = await patiently(async () => await shards.open(id))
    console.log(`opened vault ${id}:\n${new TextDecoder().decode(secret).trimEnd()}`)
    const { holders } = await shards.audit(id)
    for (const { peerId, health } of holders) console.log(`${peerId.toString()} is ${health}`)
  }
} finally {
  await node.stop()
}
