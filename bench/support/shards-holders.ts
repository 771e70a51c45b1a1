/** A worker with holders: answers frames as they come, so that the client's processor time is its own. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { defaultLogger } from '@libp2p/logger'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { MemoryDatastore } from 'datastore-core'
import { loadFastGroup } from '../../dist/crypto/threshold/index.js'
import { systemClock, systemRng } from '../../dist/index.js'
import { Holder } from '../../dist/services/shards/holder/holder.js'

export interface HoldersData {
  count: number
}

export interface Frame {
  id: number
  from: string
  to: string
  frame: Uint8Array
}

if (!isMainThread && parentPort != null) {
  const port = parentPort
  const { count } = workerData as HoldersData
  await loadFastGroup()
  const holders = new Map<string, Holder>()
  for (let i = 0; i < count; i++) {
    const privateKey = await generateKeyPair('Ed25519')
    const peerId = peerIdFromPrivateKey(privateKey)
    const holder = new Holder({ datastore: new MemoryDatastore(), privateKey, peerId, clock: systemClock, rng: systemRng, log: defaultLogger().forComponent('bench') })
    await holder.load()
    holders.set(peerId.toString(), holder)
  }
  port.on('message', ({ id, from, to, frame }: Frame) => {
    holders.get(to)?.receive(peerIdFromString(from), frame).then(answer => { port.postMessage({ id, frame: answer }) }, (err: unknown) => { port.postMessage({ id, error: String(err) }) })
  })
  port.postMessage({ peers: [...holders.keys()] })
}
