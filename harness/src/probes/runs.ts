/** What runs counted and used: plain data, which can be added up in any order. */

export interface Runs {
  /** By the key of a guest file: how often each of its functions and lines ran. */
  readonly hits: Readonly<Record<string, Hits>>
  /** By workflow (absolute path): why it ran without probes. */
  readonly withoutProbes: Readonly<Record<string, string>>
  /** Runs that got stuck or did not start: what they counted is lost. */
  readonly lostCount: number
  /** By workflow and query; answers by spec, line and request. */
  readonly queries: Readonly<Record<string, QueryUse>>
  readonly answers: Readonly<Record<string, AnswerUse>>
}

export interface Hits {
  readonly functions: readonly number[]
  readonly lines: readonly number[]
  /** Two for each branch: how often control went the one way, and the other. */
  readonly branches: readonly number[]
}

/** A live query of a workflow (absolute path), and whether a sample of any run matched it. */
export interface QueryUse {
  readonly workflow: string
  readonly query: string
  readonly used: boolean
}

/** An `http:` answer of a spec (absolute path), and whether any run of the spec used it. */
export interface AnswerUse {
  readonly spec: string
  /** From 1. */
  readonly line: number
  /** `POST https://…` */
  readonly request: string
  readonly used: boolean
}

export const noRuns: Runs = { hits: {}, withoutProbes: {}, lostCount: 0, queries: {}, answers: {} }

export function addRuns(one: Runs, other: Runs): Runs {
  return {
    hits: addRecords(one.hits, other.hits, addHits),
    withoutProbes: { ...one.withoutProbes, ...other.withoutProbes },
    lostCount: one.lostCount + other.lostCount,
    queries: addRecords(one.queries, other.queries, addUses),
    answers: addRecords(one.answers, other.answers, addUses),
  }
}

function addRecords<Value>(
  one: Readonly<Record<string, Value>>,
  other: Readonly<Record<string, Value>>,
  add: (left: Value, right: Value) => Value,
): Record<string, Value> {
  const sum = { ...one }
  for (const [key, value] of Object.entries(other)) {
    sum[key] = Object.hasOwn(sum, key) ? add(sum[key]!, value) : value
  }
  return sum
}

/** Of the same guest. */
function addHits(one: Hits, other: Hits): Hits {
  const add = (left: readonly number[], right: readonly number[]): number[] =>
    left.map((count, index) => count + right[index]!)
  return {
    functions: add(one.functions, other.functions),
    lines: add(one.lines, other.lines),
    branches: add(one.branches, other.branches),
  }
}

function addUses<Use extends { readonly used: boolean }>(one: Use, other: Use): Use {
  return { ...one, used: one.used || other.used }
}
