import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineBytesMax, LineSplitter } from './line-splitter.ts'

test('LF and CRLF end a line, and the last one may lack its end', () => {
  expect(split('a\nb\r\n\r\nc')).toEqual(['1 a', '2 b', '3 ', '4 c'])
  expect(split('a\n')).toEqual(['1 a'])
  expect(split('a\rb\r')).toEqual(['1 a\rb'])
  expect(split('')).toEqual([])
})

test('a byte order mark at the start is skipped, and only there', () => {
  expect(split('\ufeffa\n\ufeffb')).toEqual(['1 a', '2 \ufeffb'])
  expect(split('\ufeff\n')).toEqual(['1 '])
})

test('a line that is too long is one error, however it comes', () => {
  const long = 'x'.repeat(lineBytesMax + 1)
  const most = 'y'.repeat(lineBytesMax)
  const body = `a\n${long}\nb\n${most}\n${long}`
  const expected = ['1 a', '2 is too long', '3 b', `4 ${most}`, '5 is too long']
  expect(split(body)).toEqual(expected)
  expect(split(body, [70_000])).toEqual(expected)
  expect(split(body, [lineBytesMax, 1, 1, 1])).toEqual(expected)
})

test('law: the sizes of chunks make no difference', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r', '\ufeff'), maxLength: 60 })
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (body, sizes) => {
      const whole = split(body)
      expect(split(body, sizes)).toEqual(whole)
      const lines = body.replace(/^\ufeff/, '').split('\n')
      const ended = lines.slice(0, -1).map((line) => line.replace(/\r$/, ''))
      const last = lines[lines.length - 1]!.replace(/\r$/, '')
      const model = body.endsWith('\n') || body === '' ? ended : [...ended, last]
      expect(whole).toEqual(model.map((line, index) => `${index + 1} ${line}`))
    }),
  )
})

function split(body: string, sizes: readonly number[] = [body.length * 3 + 1]): string[] {
  const lines: string[] = []
  const splitter = new LineSplitter({
    onLine: (bytes, start, end, line) => lines.push(`${line} ${Buffer.from(bytes.subarray(start, end)).toString()}`),
    onOverlong: (line) => lines.push(`${line} is too long`),
  })
  const bytes = new TextEncoder().encode(body)
  for (let start = 0, turn = 0; start < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!
    // A copy that is overwritten afterwards: the splitter must not keep what it lends.
    const chunk = bytes.slice(start, start + size)
    splitter.push(chunk)
    chunk.fill(0)
    start += size
  }
  splitter.finish()
  return lines
}
