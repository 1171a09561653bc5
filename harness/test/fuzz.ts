/** `npm run fuzz -- NAME`: looks for broken laws by chance, for as long as one likes. */
type Fuzz = (args: readonly string[]) => Promise<number>

/** Loaded when it is asked for. */
const laws: Readonly<Record<string, () => Promise<Fuzz>>> = {
  truth: async () => (await import('./truth/fuzz.ts')).fuzzTruth,
  damage: async () => (await import('../../runtime/test/fuzz/damage.ts')).fuzzDamage,
  records: async () => (await import('../../runtime/test/fuzz/records.ts')).fuzzRecords,
}

const [name = '', ...args] = process.argv.slice(2)
const fuzz = laws[name]
if (fuzz === undefined) console.error(`cannot fuzz "${name}": expected ${Object.keys(laws).join(', ')}`)
// The threads of guests are still there.
process.exit(fuzz === undefined ? 2 : await (await fuzz())(args))
