import { expect, test } from 'vitest'
import { nameFunction } from './name-function.ts'
import type { OwnPosition } from './source-positions.ts'

const watch = {
  name: 'assembly/watch.ts',
  content: `import { limit } from './limit'
export class Watch {
  constructor(public size: i32) {
  }
  poll(): void {
    if (limit(1)) this.poll()
  }
  static create<T>(): Watch {
    return new Watch(1)
  }
}
export function call(): i32 {
  return 0
}
class Other {
  constructor() {
  }
}`,
}
const sources = [watch, { name: 'assembly/limit.ts', content: null }]
const at = (source: number, line: number): OwnPosition => ({
  offset: 0,
  source,
  line,
  column: 0,
})

test.each([
  ['a function', 'assembly/watch/call', [at(0, 13)], { name: 'call', place: { source: 0, line: 12 } }],
  ['a method', 'assembly/watch/Watch#poll', [at(0, 6)], { name: 'Watch#poll', place: { source: 0, line: 5 } }],
  [
    'a static method for a type',
    'assembly/watch/Watch.create<~lib/string/String>',
    [at(0, 9)],
    { name: 'Watch.create<~lib/string/String>', place: { source: 0, line: 8 } },
  ],
  [
    'code of another function before its own',
    'assembly/watch/call',
    [at(1, 70), at(0, 13)],
    { name: 'call', place: { source: 0, line: 12 } },
  ],
  [
    'several declarations, so the first line with code',
    'assembly/watch/Watch#constructor',
    [at(0, 4)],
    { name: 'Watch#constructor', place: { source: 0, line: 4 } },
  ],
  [
    'no text to look into',
    'assembly/limit/limit',
    [at(1, 3), at(1, 4)],
    { name: 'limit', place: { source: 1, line: 3 } },
  ],
  ['only code of other files', 'assembly/limit/limit', [at(0, 6)], { name: 'limit', place: { source: 0, line: 6 } }],
  ['no source map', 'guest::main', [], { name: 'guest::main', place: null }],
])('%s', (_what, name, positions, expected) => {
  expect(nameFunction(name, positions, sources)).toEqual(expected)
})
