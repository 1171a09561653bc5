/** Leaves as-pect's counts where `.ci/run` looks for them; as-pect's own reporters print for people. */
import { writeFileSync } from 'node:fs'
import { resultsFile, type RunResults } from '../../runtime/test/tools/results.ts'

/** The part of as-pect's type used here: one file of specs that has run. */
interface FinishedSpecs {
  readonly testCount: number
  readonly testPassCount: number
}

class CountReporter {
  #passed = 0
  #failed = 0

  onEnter(): void {}

  onExit(): void {}

  onFinish({ testCount, testPassCount }: FinishedSpecs): void {
    this.#passed += testPassCount
    this.#failed += testCount - testPassCount
    const results: RunResults = {
      numPassedTests: this.#passed,
      numFailedTests: this.#failed,
      success: this.#failed === 0,
    }
    const path = resultsFile('as-pect')
    if (path !== null) writeFileSync(path, JSON.stringify(results))
  }
}

export default new CountReporter()
