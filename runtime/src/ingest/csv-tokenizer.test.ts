import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CsvTokenizer, recordBytesMax } from './csv-tokenizer.ts'

test('lines become records, commas make cells', () => {
  expect(read('a,b\n1,2\n')).toEqual(['1: a|b', '2: 1|2'])
})

test('CRLF ends a line like LF, and the last line may lack its end', () => {
  expect(read('a,b\r\n"1","2"\r\n3,4')).toEqual(['1: a|b', '2: 1|2', '3: 3|4'])
  expect(read('a,"b"')).toEqual(['1: a|b'])
  expect(read('a,"b"\r')).toEqual(['1: a|b'])
})

test('an empty cell is a cell, at the end too', () => {
  expect(read(',\n,,x\na,')).toEqual(['1: |', '2: ||x', '3: a|'])
})

test('quotes hold commas, line ends and doubled quotes', () => {
  expect(read('"a,b","c\r\nd","say ""hi"""\nnext,""\n')).toEqual(['1: a,b|c\r\nd|say "hi"', '3: next|'])
})

test('blank lines are skipped but counted; an empty quoted cell is no blank line', () => {
  expect(read('\n\r\n  \t\na\n\n""\n')).toEqual(['4: a', '6: '])
})

test('spaces and tabs around a cell count only inside quotes', () => {
  expect(read(' a , b c\t\n" a "\n')).toEqual(['1: a|b c', '2:  a '])
})

test('a byte order mark is skipped, before a quote too', () => {
  expect(read('\ufeff"a",b\n')).toEqual(['1: a|b'])
  expect(read('\ufeff')).toEqual([])
  expect(read('a\ufeff\n')).toEqual(['1: a\ufeff'])
})

test('nothing makes no records', () => {
  expect(read('')).toEqual([])
})

test('text after a closing quote loses that record only', () => {
  const fault = 'text follows the closing quote of cell 2, expected a comma or the end of the line'
  expect(read('a,"b"c,d\ne\n')).toEqual([`1! ${fault}`, '2: e'])
  expect(read('a,"b"\rc\ne\n')).toEqual([`1! ${fault}`, '2: e'])
  expect(read('x\na,"b\nb" ,d\ne\n')).toEqual(['1: x', `3! ${fault}`, '4: e'])
})

test('a quote inside a cell without quotes loses that record only', () => {
  expect(read('5" pipe,1\na\n')).toEqual([
    '1! a quote stands in cell 1, expected one at its start (and doubled inside) or none',
    '2: a',
  ])
})

test('a quote that is never closed is named by the line where it opens', () => {
  expect(read('a\nb,"c\nd\ne')).toEqual(['1: a', '2! a quote opens cell 2 and is never closed'])
  expect(read('"')).toEqual(['1! a quote opens cell 1 and is never closed'])
})

test('a record longer than the limit is lost, and reading goes on with the next line', () => {
  const longest = 'x'.repeat(recordBytesMax - 1)
  expect(read(`${longest}\nb\n`)).toEqual([`1: ${longest}`, '2: b'])
  expect(read(`${longest}x\nb\n`)).toEqual([`1! the record is longer than ${recordBytesMax} bytes`, '2: b'])
})

test('an open quote does not swallow the file', () => {
  const lineCount = recordBytesMax / 2
  const seen = read(`a\nb,"c\n${'1,2\n'.repeat(lineCount)}`)
  expect(seen.slice(0, 2)).toEqual(['1: a', `2! a quote opens cell 2 and is not closed within ${recordBytesMax} bytes`])
  expect(seen.length).toBeGreaterThan(lineCount / 4)
  expect(seen.at(-1)).toBe(`${lineCount + 2}: 1|2`)
})

test('a long record in small chunks is put together', () => {
  const cells = Array.from({ length: 40_000 }, (_, cell) => `cell ${cell}`)
  const bytes = new TextEncoder().encode(`a,b\n${cells.join(',')}\nc\n`)
  const chunks = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) =>
    bytes.subarray(index * 7, index * 7 + 7),
  )
  expect(readChunks(chunks)).toEqual(['1: a|b', `2: ${cells.join('|')}`, '3: c'])
})

test('law: what was written is read, however it is quoted and cut', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab,"\n\r é😀') })
  const anyCell = fc.record({ text, quoted: fc.boolean(), pad: fc.constantFrom('', ' ', '\t ') })
  const row = fc.record({
    cells: fc.array(anyCell, { minLength: 2, maxLength: 5 }),
    end: fc.constantFrom('\n', '\r\n', '\n\n'),
  })
  fc.assert(
    fc.property(fc.array(row), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (rows, sizes) => {
      let line = 1
      let csv = ''
      const expected: string[] = []
      for (const { cells, end } of rows) {
        const written = cells.map(({ text: content, quoted, pad }) =>
          quoted || /[",\n\r]|^\s|\s$/.test(content) ? `"${content.replaceAll('"', '""')}"` : pad + content + pad,
        )
        expected.push(`${line}: ${cells.map(({ text: content }) => content).join('|')}`)
        csv += written.join(',') + end
        line += (written.join(',') + end).split('\n').length - 1
      }
      expect(readChunks(cut(new TextEncoder().encode(csv), sizes))).toEqual(expected)
    }),
  )
})

test('law: the chunks make no difference, whatever the bytes', () => {
  const byte = fc.constantFrom(...new TextEncoder().encode('ab,,""\n\n\r é\ufeff'), 0xff, 0)
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 })
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 60 }), sizes, (content, cuts) => {
      const bytes = Uint8Array.from(content)
      expect(readChunks(cut(bytes, cuts))).toEqual(readChunks([bytes]))
    }),
    { numRuns: 1000 },
  )
})

function read(text: string): string[] {
  return readChunks([new TextEncoder().encode(text)])
}

/** `line: cell|cell` for a record, `line! reason` for an error. */
function readChunks(chunks: readonly Uint8Array[]): string[] {
  const seen: string[] = []
  const tokenizer = new CsvTokenizer({
    onRecord({ bytes, starts, ends, cellCount, line }) {
      const cells = Array.from({ length: cellCount }, (_, cell) =>
        decoder.decode(bytes.subarray(starts[cell], ends[cell])),
      )
      seen.push(`${line}: ${cells.join('|')}`)
    },
    onError: (line, reason) => seen.push(`${line}! ${reason}`),
  })
  for (const chunk of chunks) {
    // A copy that is overwritten at once shows whether the tokenizer keeps what is not its own.
    const lent = chunk.slice()
    tokenizer.push(lent)
    lent.fill(0)
  }
  tokenizer.finish()
  return seen
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let start = 0, turn = 0; start < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!
    chunks.push(bytes.subarray(start, start + size))
    start += size
  }
  return chunks
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
