/**
 * A writeback that came, turned into an expectation: for the other test of `same_as`, or the other build of a matrix.
 */
import { mapScalars, parseJson, type Writeback } from '@slung/runtime'
import type { ExpectedWriteback } from './expected-writeback.ts'
import type { AsymmetricMatcher } from './match-value.ts'

/**
 * Everything about it except its time and how it was answered.
 *
 * @param producers - names by connection id, of the run it came from: another run may number them differently
 */
export function expectExactly(came: Writeback, producers: ReadonlyMap<number, string>): ExpectedWriteback {
  switch (came.kind) {
    case 'http':
      return { http: literal(`${came.method} ${came.url}`), ...expectBody(came.body) }
    case 'ws':
      return { ws: literal(producers.get(came.producer) ?? String(came.producer)), ...expectBody(came.text) }
    case 'event': {
      const { series, value, tags, timestamp } = came
      return { event: literal(series), value, tags: tags.map(literal), timestamp, exact: true }
    }
  }
}

function expectBody(body: string): { json: unknown; exact: true } | { text: string } {
  if (!/^\s*[[{]/.test(body)) return { text: literal(body) }
  try {
    return {
      json: mapScalars(parseJson(body), (value) => (typeof value === 'string' ? literal(value) : value)),
      exact: true,
    }
  } catch {
    return { text: literal(body) }
  }
}

/** A text as it is, even if it looks like a placeholder; expected values take matchers wherever they take texts. */
function literal(text: string): string {
  if (!text.startsWith('<')) return text
  const matcher: AsymmetricMatcher = {
    asymmetricMatch: (actual) => actual === text,
    toString: () => JSON.stringify(text),
  }
  return matcher as unknown as string
}
