import { toString } from 'uint8arrays/to-string'
import type { Datastore } from 'interface-datastore'

/** All of it: keys, and values in hexadecimal. */
export async function contentsOf (datastore: Datastore): Promise<Array<[key: string, hex: string]>> {
  const contents: Array<[string, string]> = []
  for await (const { key, value } of datastore.query({})) contents.push([key.toString(), toString(value, 'base16')])
  return contents
}

/** Writes fail from now on, until the function that is returned is called. */
export function fillUp (datastore: Datastore): () => void {
  const { put, batch, delete: remove } = datastore
  const full = async (): Promise<never> => { throw new Error('ENOSPC: no space left on device') }
  datastore.put = full
  datastore.delete = full
  datastore.batch = () => ({ put: () => {}, delete: () => {}, commit: full })
  return () => { Object.assign(datastore, { put, batch, delete: remove }) }
}
