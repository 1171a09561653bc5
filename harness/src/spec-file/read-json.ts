/** Reads JSON with placeholders out of a located YAML tree. */
import { parsePlaceholder } from '../compare/placeholder.ts'
import { attemptAt } from './fields.ts'
import type { Located, Report } from './located.ts'

/** JSON in which any text may be a placeholder; what looks like a bad one is reported where it stands. */
export function readExpectedJson(located: Located, report: Report): unknown {
  if (located.kind === 'scalar' && typeof located.value === 'string') {
    const text = located.value
    attemptAt(located, report, () => parsePlaceholder(text))
  }
  return toJson(located, (part) => readExpectedJson(part, report))
}

/** JSON as it stands there. */
export function readJson(located: Located): unknown {
  return toJson(located, readJson)
}

function toJson(located: Located, read: (part: Located) => unknown): unknown {
  switch (located.kind) {
    case 'scalar':
      return located.value
    case 'list':
      return located.items.map(read)
    case 'mapping':
      // Unlike an assignment, this makes "__proto__" a key like any other.
      return Object.fromEntries(located.entries.map(({ key, value }) => [key, read(value)]))
  }
}
