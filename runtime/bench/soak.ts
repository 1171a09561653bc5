/**
 * What a running runtime survives, for longer than a test has time: `npm run soak -- NAME [args]`.
 *
 * Each attack is a file of `soak/`, which exports `soak`, prints what it did, and throws at the first broken promise. The
 * first sentence of the file is its line in the list that is printed without a name.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Takes the arguments after the name. */
type Soak = (args: readonly string[]) => Promise<void>

const home = join(import.meta.dirname, 'soak')
const [name = '', ...args] = process.argv.slice(2)
const files = (await readdir(home)).filter((file) => file.endsWith('.ts')).sort()

if (files.includes(`${name}.ts`)) {
  const { soak } = (await import(`./soak/${name}.ts`)) as { readonly soak: Soak }
  await soak(args)
} else {
  if (name !== '') process.stderr.write(`cannot soak "${name}": there is no such attack\n`)
  console.log('npm run soak -- NAME [args]\n')
  for (const file of files) console.log(`  ${file.slice(0, -'.ts'.length).padEnd(12)}${await sentenceOf(file)}`)
  process.exitCode = name === '' ? 0 : 2
}

/** The first sentence of the comment at the start of a file. */
async function sentenceOf(file: string): Promise<string> {
  const text = await readFile(join(home, file), 'utf8')
  const comment = /\/\*\*(.*?)\*\//s.exec(text)?.[1] ?? ''
  return /^.*?\.(?=\s|$)/.exec(comment.replace(/\s+\*?\s*/g, ' ').trim())?.[0] ?? ''
}
