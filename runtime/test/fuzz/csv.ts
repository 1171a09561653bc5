/** The tokenizer of fixtures against an independent CSV reader: the same records and faults, wherever the file is cut. */
import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { CsvTokenizer } from '../../src/engine/fixture/csv-tokenizer.ts'
import { countLines, cutAt, fromHex, toHex } from './bytes.ts'
import { readCsvNaively, type CsvItem } from './csv-naive.ts'
import { fuzzLaw, type Fuzz, type Law } from './law.ts'

interface Csv {
  /** The file, as hex. */
  readonly bytes: string
  readonly cuts: readonly number[]
}

function tokenize({ bytes, cuts }: Csv): CsvItem[] {
  const items: CsvItem[] = []
  const tokenizer = new CsvTokenizer({
    onRecord({ bytes: buffer, starts, ends, cellCount, line }) {
      const cells = Array.from({ length: cellCount }, (_, cell) =>
        Buffer.from(buffer.subarray(starts[cell], ends[cell])).toString('latin1'),
      )
      items.push({ line, cells })
    },
    onError(line, reason) {
      const fault = faults.find(([text]) => reason.includes(text))?.[1]
      if (fault === undefined) throw new Error(`unexpected reason: ${reason}`)
      items.push({ line, fault, cell: Number(/cell (\d+)/.exec(reason)?.[1]) })
    },
  })
  for (const chunk of cutAt(fromHex(bytes), cuts)) tokenizer.push(chunk)
  tokenizer.finish()
  return items
}

const faults = [
  ['contains a quote', 'quote inside'],
  ['text follows the closing quote', 'text after quote'],
  ['is never closed', 'never closed'],
] as const

const piece = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('a', '1.5', ',', ',', '"', '"', '""', '\n', '\r\n', '\r', ' ', '\t', 'é') },
  { weight: 1, arbitrary: fc.constantFrom('\xef\xbb\xbf', '\u{feff}', '\0', 'x'.repeat(70_000)) },
)
const pieces = fc.array(piece, { maxLength: 40 }).map((texts) => Buffer.from(texts.join('')))

export const csv: Law<Csv> = {
  name: 'csv',
  home: import.meta.dirname,
  parts: { name: 'lines', countOf: ({ bytes }) => countLines(bytes) },
  cases: fc.record({
    bytes: fc.oneof({ weight: 9, arbitrary: pieces }, fc.uint8Array({ maxLength: 40 })).map(toHex),
    cuts: fc.array(fc.nat(200), { maxLength: 6 }),
  }),
  holds: (input) =>
    deepStrictEqual(tokenize(input), readCsvNaively(Buffer.from(input.bytes, 'hex').toString('latin1'))),
}

export const fuzz: Fuzz = fuzzLaw(csv)
