// Opens the storage in the directory it is given and writes until it is killed. Prints `ready` when it begins, `peer <id>`
// when it has an identity, `found <n>` for what an earlier run stored, `stored <n>` for each acknowledged write.
import { Key } from 'interface-datastore'
import { openStorage } from '../../src/platform/storage.ts'

const [, , dataDir = ''] = process.argv
const say = (line: string): void => { process.stdout.write(`${line}\n`) }
const key = new Key('/counter')

async function live (): Promise<never> {
  // loaded first, so that the kill comes while something is written
  await Promise.all([import('../../src/platform/data-dir.ts'), import('../../src/platform/datastore.ts')])
  say('ready')
  const { privateKey, datastore, warnings } = await openStorage({ dataDir })
  for (const { code, message } of warnings) say(`warning ${code} ${message}`)
  say(`peer ${privateKey?.publicKey.toString() ?? 'none'}`)
  if (datastore == null) throw new Error('there is no datastore')

  let count = await datastore.has(key) ? new DataView((await datastore.get(key)).slice().buffer).getUint32(0) : 0
  say(`found ${count}`)
  for (;;) {
    count++
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, count)
    await datastore.put(key, bytes)
    say(`stored ${count}`)
  }
}

live().catch((err: unknown) => {
  process.stderr.write(`${String(err)}\n`)
  process.exitCode = 1
})
