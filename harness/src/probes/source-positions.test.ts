import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readSourcePositions } from './source-positions.ts'

interface Segment {
  readonly bytes: number
  readonly source: number
  readonly line: number
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function encode(value: number): string {
  let rest = value < 0 ? -value * 2 + 1 : value * 2
  let text = ''
  for (; rest >= 32; rest = Math.floor(rest / 32)) text += digits[(rest % 32) + 32]
  return text + digits[rest]
}

/**
 * As the specification says, every number is the difference from the one before. −1 stands for a segment without a
 * source.
 */
function encodeMappings(segments: readonly Segment[]): string {
  let [source, line] = [0, 0]
  return segments
    .map((segment) => {
      if (segment.source === -1) return encode(segment.bytes)
      const fields = [segment.bytes, segment.source - source, segment.line - 1 - line, 0]
      source = segment.source
      line = segment.line - 1
      return fields.map(encode).join('')
    })
    .join(',')
}

test('every segment comes back', () => {
  const segment = fc.record({
    bytes: fc.nat(70_000),
    source: fc.integer({ min: -1, max: 3 }),
    line: fc.integer({ min: 1, max: 5000 }),
  })
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      const map = { version: 3, sources: ['a', 'b', 'c', 'd'], names: [], mappings: encodeMappings(segments) }
      const read = readSourcePositions(JSON.stringify(map))!
      let offset = 0
      const expected = segments.map(({ bytes, source, line }) => ({ offset: (offset += bytes), source, line }))
      const came = expected.map(({ source }, index) => ({
        offset: read.offsets[index],
        source: read.sourceIndexes[index],
        line: source === -1 ? expected[index]!.line : read.lines[index],
      }))
      expect(came).toEqual(expected)
      expect(read.offsets).toHaveLength(segments.length)
    }),
  )
})

test('texts of sources are optional, and anything that is not a source map reads as null', () => {
  const map = { sourceRoot: './src', sources: ['a.ts', 'b.ts'], sourcesContent: ['let a', null], mappings: '' }
  expect(readSourcePositions(JSON.stringify(map))).toMatchObject({
    sourceRoot: './src',
    sources: [
      { name: 'a.ts', content: 'let a' },
      { name: 'b.ts', content: null },
    ],
  })
  expect(readSourcePositions('{"sources":["a.ts"],"mappings":""}')!.sources).toEqual([{ name: 'a.ts', content: null }])
  for (const text of ['', 'null', '{}', '{"sources":[]}']) expect(readSourcePositions(text)).toBeNull()
})
