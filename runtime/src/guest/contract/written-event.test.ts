/** Feeds the vectors that all hosts share to the parser whose results they record. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { HostRefusal } from './guest-host.ts'
import { parseWrittenEvent } from './written-event.ts'

interface Texts {
  readonly name: string
  readonly timestamp: string
  readonly value: string
  readonly tags: string
}

interface Vectors {
  readonly written: readonly (Texts & {
    readonly event: {
      readonly series: string
      readonly timestamp: string
      readonly valueBits: string
      readonly tags: readonly string[]
    }
  })[]
  readonly refused: readonly (Texts & { readonly reason: string })[]
}

const path = '../../../../sdk-as/vectors/written-events.json'
const vectors = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Vectors

test.each(vectors.written)('$name: written', ({ timestamp, value, tags, event }) => {
  const written = parseWrittenEvent(timestamp, value, tags)

  expect(written).toEqual({
    series: { name: event.series, tags: event.tags },
    timestamp: Number(event.timestamp),
    value: new Float64Array(BigUint64Array.of(BigInt(`0x${event.valueBits}`)).buffer)[0],
  })
})

test.each(vectors.refused)('$name: refused', ({ timestamp, value, tags, reason }) => {
  const parse = () => parseWrittenEvent(timestamp, value, tags)

  expect(parse).toThrow(HostRefusal)
  expect(parse).toThrow(new RegExp(`^cannot write the event: [^]*${RegExp.escape(reason)}$`))
})
