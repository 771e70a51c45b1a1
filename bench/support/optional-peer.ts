import { existsSync } from 'node:fs'

/** Whether what is compared with beside libp2p has been installed: `npm --prefix bench/peers ci`. */
export function peersInstalled (): boolean {
  return existsSync(new URL('../peers/node_modules', import.meta.url))
}

/** Instead of what would have been measured. */
export const SKIPPED = 'skipped: bench/peers is not installed (npm --prefix bench/peers ci)'

/**
 * What a file of one of these packages exports. They are no dependency of this project: the caller says what it uses of them.
 *
 * @param file - below bench/peers/node_modules
 */
export async function optionalPeer<T> (file: string): Promise<T> {
  return await import(new URL(`../peers/node_modules/${file}`, import.meta.url).href) as T
}
