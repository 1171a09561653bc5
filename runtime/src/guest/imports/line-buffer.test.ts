import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineBuffer, lineBytesMax } from './line-buffer.ts'

function linesOf(...pieces: readonly (string | Uint8Array)[]): string[] {
  const lines: string[] = []
  const buffer = new LineBuffer((line) => lines.push(line))
  for (const piece of pieces) buffer.write(typeof piece === 'string' ? Buffer.from(piece) : piece)
  buffer.flush()
  return lines
}

test('lines come whole, however they were cut, and the last one needs no end', () => {
  expect(linesOf('one', ' line\ntw', 'o\r\n\nlast')).toEqual(['one line', 'two', '', 'last'])
})

test('the pieces do not matter', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'ä', '😀', ' ') })
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(40), { maxLength: 20 }), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''))
      const pieces: Uint8Array[] = []
      let start = 0
      for (const cut of cuts) pieces.push(bytes.subarray(start, (start += cut)))
      expect(linesOf(...pieces, bytes.subarray(start))).toEqual(lines)
    }),
  )
})

test('a line that is too long comes in pieces, and no character is cut in two', () => {
  const text = `x${'😀'.repeat(lineBytesMax / 4)}`
  const lines = linesOf(text, '\nnext\n')
  expect(lines).toHaveLength(3)
  expect(lines[0]).toBe(`x${'😀'.repeat(lineBytesMax / 4 - 1)}`)
  expect(lines.slice(1)).toEqual(['😀', 'next'])
})

test('a line of exactly the longest length stays one line', () => {
  const text = 'y'.repeat(lineBytesMax)
  expect(linesOf(text, '\n', `${text}\n`)).toEqual([text, text])
})

test('bytes that are not UTF-8 are shown as such, however many there are', () => {
  expect(linesOf(Uint8Array.of(0x61, 0xff, 0x0a))).toEqual(['a\ufffd'])
  expect(linesOf(new Uint8Array(lineBytesMax + 1).fill(0x80)).map((line) => line.length)).toEqual([lineBytesMax, 1])
})
