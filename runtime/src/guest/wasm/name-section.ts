/**
 * Reads the `name` custom section: the names of a module and its functions, as compilers leave them for debuggers
 * (core specification, appendix "Custom Sections"). Damaged sections give the names read so far: names are a courtesy.
 */
import { ByteCursor } from './byte-cursor.ts'

/** Function names by function index, as compilers wrote them: `readFunctionName` makes them readable. */
export function readFunctionNames(section: Uint8Array): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  try {
    const cursor = new ByteCursor(section)
    while (!cursor.done) {
      const id = cursor.byte()
      const subsection = cursor.slice(cursor.unsigned())
      if (id !== 1) continue
      for (let count = subsection.count(); count > 0; count--) names.set(subsection.unsigned(), subsection.name())
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return names
}
