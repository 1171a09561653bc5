/** `npm run fuzz -- NAME`: looks for broken laws by chance, for as long as one likes. */
import { fuzzTruth } from './truth/fuzz.ts'

const laws: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  truth: fuzzTruth,
  requests: async (args) => (await import('../../runtime/test/fuzz/requests.ts')).fuzz(args),
  toml: async (args) => (await import('../../runtime/test/fuzz/toml.ts')).fuzz(args),
  log: async (args) => (await import('../../runtime/test/fuzz/log.ts')).fuzz(args),
}

const [name = '', ...args] = process.argv.slice(2)
const fuzz = laws[name]
if (fuzz === undefined) console.error(`cannot fuzz "${name}": expected ${Object.keys(laws).join(', ')}`)
// The threads of guests are still there.
process.exit(fuzz === undefined ? 2 : await fuzz(args))
