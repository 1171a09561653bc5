/**
 * The lcov tracefile that genhtml, editors and coverage services read (`man geninfo`, section FILES): one record for
 * each source file, whichever workflows it was compiled into.
 */
import { isAbsolute, relative, sep } from 'node:path'
import type { GuestCoverage } from './coverage.ts'

/**
 * It leaves out functions without a place in a source, such as those of Rust: the format cannot express them.
 *
 * @param directory - where lcov and genhtml are started; files outside it are named by absolute paths
 */
export function formatLcov(guests: readonly GuestCoverage[], directory: string): string {
  const records = new Map<string, SourceRecord>()
  const recordOf = (file: string): SourceRecord => {
    const record = records.get(file) ?? { functions: new Map(), lines: new Map(), branches: [] }
    records.set(file, record)
    return record
  }
  for (const { functions, lines, branches } of guests) {
    for (const { name, place, hits } of functions) {
      if (place === null) continue
      const known = recordOf(place.file).functions
      known.set(name, { line: place.line, hits: (known.get(name)?.hits ?? 0) + hits })
    }
    for (const { file, line, hits } of lines ?? []) {
      const known = recordOf(file).lines
      known.set(line, (known.get(line) ?? 0) + hits)
    }
    for (const { file, line, ways } of branches) recordOf(file).branches.push({ line, ways })
  }
  const files = [...records.keys()].sort()
  return files.map((file) => formatRecord(displayFile(file, directory), records.get(file)!)).join('')
}

interface SourceRecord {
  readonly functions: Map<string, { readonly line: number; readonly hits: number }>
  /** Hits by line. */
  readonly lines: Map<number, number>
  /** Those of two builds stand beside each other: compilers order them differently. */
  readonly branches: { readonly line: number; readonly ways: readonly [number, number] }[]
}

function formatRecord(file: string, { functions, lines, branches }: SourceRecord): string {
  const byLine = [...functions].sort(([, one], [, other]) => one.line - other.line)
  const inOrder = [...lines].sort(([one], [other]) => one - other)
  const ways = branches
    .toSorted((one, other) => one.line - other.line)
    .flatMap(({ line, ways: pair }, block) => {
      // A dash says that the branch itself was never reached.
      const isReached = pair.some((hits) => hits > 0)
      return pair.map((hits, way) => `BRDA:${line},${block},${way},${isReached ? hits : '-'}`)
    })
  return [
    'TN:',
    `SF:${file}`,
    ...byLine.map(([name, { line }]) => `FN:${line},${name}`),
    ...byLine.map(([name, { hits }]) => `FNDA:${hits},${name}`),
    `FNF:${byLine.length}`,
    `FNH:${byLine.filter(([, { hits }]) => hits > 0).length}`,
    ...(ways.length === 0
      ? []
      : [...ways, `BRF:${ways.length}`, `BRH:${ways.filter((way) => !/,[0-]$/.test(way)).length}`]),
    ...inOrder.map(([line, hits]) => `DA:${line},${hits}`),
    `LF:${inOrder.length}`,
    `LH:${inOrder.filter(([, hits]) => hits > 0).length}`,
    'end_of_record\n',
  ].join('\n')
}

function displayFile(file: string, directory: string): string {
  const path = relative(directory, file)
  return path.startsWith('..') || isAbsolute(path) ? file : path.replaceAll(sep, '/')
}
