// What the authors of bundled packages want said: their licences, in one text.
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const NAME = /^(?:licen[cs]e|copying|notice)/i

/** @param inputs paths of the files that are in a bundle, as esbuild's metafile names them */
export async function licensesOf (inputs, root) {
  const folders = inputs.flatMap(path => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [])
  const texts = await Promise.all([...new Set(folders.toSorted())].map(async folder => await licenseOf(join(root, folder))))
  return `${texts.join(`\n${'-'.repeat(72)}\n\n`)}\n`
}

async function licenseOf (folder) {
  const { name, version, license, homepage = '' } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const files = (await readdir(folder)).filter(file => NAME.test(file)).toSorted()
  const texts = await Promise.all(files.map(async file => await readFile(join(folder, file), 'utf8')))
  return [`${name} ${version}`, texts.length > 0 ? texts.join('\n') : `${license}\n${homepage}`].join('\n\n')
}
