/**
 * What a running runtime survives, for longer than a test has time: `npm run soak -- NAME [args]`.
 *
 * Each attack is a file of `soak/`, which exports `soak`, prints what it did, and throws at the first broken promise. The
 * first sentence of the file is its line in the list that is printed without a name.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SeededRandom } from '../src/testing/seeded-random.ts'
import { fillDisk } from '../test/fill-disk.ts'
import { killRounds } from '../test/kill-rounds.ts'

/** Takes the arguments after the name. */
type Soak = (args: readonly string[]) => Promise<void>

const home = join(import.meta.dirname, 'soak')
const [name = '', ...args] = process.argv.slice(2)
const files = (await readdir(home)).filter((file) => file.endsWith('.ts')).sort()
const short: Readonly<Record<string, Soak>> = { kill, 'full-disk': fullDisk }

if (files.includes(`${name}.ts`)) {
  const { soak } = (await import(`./soak/${name}.ts`)) as { readonly soak: Soak }
  await soak(args)
} else if (short[name] !== undefined) {
  await short[name](args)
} else {
  if (name !== '') process.stderr.write(`cannot soak "${name}": there is no such attack\n`)
  console.log('npm run soak -- NAME [args]\n')
  for (const file of files) console.log(`  ${file.slice(0, -'.ts'.length).padEnd(12)}${await sentenceOf(file)}`)
  for (const known of Object.keys(short)) if (!files.includes(`${known}.ts`)) console.log(`  ${known}`)
  process.exitCode = name === '' ? 0 : 2
}

/** The first sentence of the comment at the start of a file. */
async function sentenceOf(file: string): Promise<string> {
  const text = await readFile(join(home, file), 'utf8')
  const comment = /\/\*\*(.*?)\*\//s.exec(text)?.[1] ?? ''
  return /^.*?\.(?=\s|$)/.exec(comment.replace(/\s+\*?\s*/g, ' ').trim())?.[0] ?? ''
}

/** The process is killed again and again while it takes events; nothing acknowledged is missing or stored twice. */
async function kill([rounds = '20', seed = String(Date.now() % 1e6)]: readonly string[]): Promise<void> {
  console.log(`seed ${seed}`)
  const report = await inFolder((folder) => killRounds(folder, Number(rounds), new SeededRandom(Number(seed))))
  console.log(`killed ${report.rounds} times: ${report.acknowledged} events acknowledged, none missing, none twice`)
  console.log(`${report.surplus} were there beyond that`)
}

/** The disk fills up; the runtime reports it, and nothing acknowledged is missing. */
async function fullDisk([mebibytes = '4']: readonly string[]): Promise<void> {
  const { health, acknowledged, found } = await inFolder((folder) => fillDisk(folder, Number(mebibytes) * 1024 * 1024))
  if (found !== acknowledged) throw new Error(`${acknowledged} events were acknowledged, found are ${found}`)
  console.log(`full disk: ${acknowledged} events acknowledged, none missing; /health said ${JSON.stringify(health)}`)
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'slung-soak-'))
  try {
    return await work(join(folder, 'data'))
  } finally {
    await rm(folder, { recursive: true })
  }
}
