/** SHA-256 off the main thread, where the platform can. */
export async function chunkHash (bytes: Uint8Array): Promise<Uint8Array> {
  // the type wants to know that it is not shared with a worker
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
}
