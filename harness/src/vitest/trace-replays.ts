/** With `slung-test --trace`, runs before each file of tests in TypeScript: the replays in it are traced, too. */
import { expect } from 'vitest'
import { traceReplays } from '../replay/requested-traces.ts'
import { traceFileOfReplay } from './trace-file-of.ts'

/** A property replays hundreds of times in one test. */
const tracesPerTestMax = 20

const counts = new Map<string, number>()
let fileCount = 0

traceReplays(() => {
  const { testPath, currentTestName: name = 'outside of tests' } = expect.getState()
  if (testPath === undefined) return null
  const count = (counts.get(name) ?? 0) + 1
  counts.set(name, count)
  return count > tracesPerTestMax ? null : traceFileOfReplay(testPath, name, ++fileCount)
})
