/**
 * Prints the one line that sums up all test runners: `count-results.ts FOLDER STATUS`. The folder is that of
 * `SLUNG_TEST_RESULTS`; the status is that of everything else that ran, where a failure counts as a failed test. Exit
 * code 1: something failed.
 */
import { countResults } from './results.ts'

const [folder, status] = process.argv.slice(2)
if (folder === undefined || status === undefined) throw new TypeError('expected a folder and a status')

const { passed, failed, missing } = countResults(folder)
if (missing.length > 0) process.stderr.write(`count-results: no results of ${missing.join(', ')}\n`)
const failedInAll = failed === 0 && status !== '0' ? 1 : failed
process.stdout.write(`${passed} passed, ${failedInAll} failed\n`)
if (failedInAll > 0) process.exitCode = 1
