/** promtool, of the Debian package prometheus, which `.ci/run` installs. */
import { spawnSync } from 'node:child_process'

/** Whether it is here; the tests that need it are skipped otherwise. */
export const hasPromtool: boolean = spawnSync('promtool', ['--version']).error === undefined
