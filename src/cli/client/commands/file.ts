import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { optional } from '../../../config/option.ts'
import { path } from '../../../config/value-types.ts'
import { describeError } from '../../../errors.ts'
import { systemRng } from '../../../util/rng.ts'
import { UsageError } from '../../argv.ts'
import { client, needed } from '../../command.ts'
import { absolutePath } from '../../files.ts'
import { shortBytes } from '../../text.ts'
import { whileWatching } from '../event-stream.ts'
import { peerIdOf } from '../names.ts'
import { Progress } from '../progress.ts'
import { anyText, peerName } from '../value-types.ts'
import type { FileAnswer, FileProgress, FileQuery } from '../../../http/schemas/message.ts'
import type { ApiEvent } from '../event-stream.ts'

const ID_BYTES = 16

export const file = client({
  summary: 'send a file to a peer',
  about: 'It goes to the peer as it is read, and is checked there. The peer must be connected and take files (--files-dir).',
  example: 'file 5fGk2pQz ./photo.jpg',
  arguments: { peer: needed(peerName, 'a peer id, or its end'), path: needed(path, 'the file') },
  flags: { name: optional(anyText, 'another name than it has here') },
  json: 'one object: id, bytes, root',
  run: async ({ api, out, args, flags }) => {
    const from = absolutePath(args.path)
    const size = await sizeOf(from)
    const peerId = await peerIdOf(api, args.peer)
    const id = Buffer.from(systemRng.bytes(ID_BYTES)).toString('hex')
    const query: FileQuery = { peerId, name: flags.name ?? basename(from), id }
    const upload = async (): Promise<FileAnswer> => await api.upload<FileAnswer>('/v1/files', { ...query }, createReadStream(from), size)
    const progress = new Progress(out)
    const tell = (event: ApiEvent): void => {
      const { id: of, bytes } = event as ApiEvent & FileProgress
      if (of === id) progress.say(`${shortBytes(bytes)} of ${shortBytes(size)} (${size === 0 ? 100 : Math.floor(100 * bytes / size)} %)`)
    }
    try {
      const answer = progress.shown ? await whileWatching(api, ['file:progress'], tell, upload) : await upload()
      progress.end()
      out.answer(answer, () => `${basename(from)} (${shortBytes(answer.bytes)}) arrived at ${peerId}`)
    } catch (err) {
      progress.end()
      throw err
    }
  }
})

async function sizeOf (file: string): Promise<number> {
  const found = await stat(file).catch((err: unknown) => { throw new UsageError(`cannot read ${file}: ${describeError(err)}`, 'check the path') })
  if (!found.isFile()) throw new UsageError(`${file} is no file`, 'pack a folder first: tar -cf folder.tar folder')
  return found.size
}
