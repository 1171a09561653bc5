#!/usr/bin/env node
/**
 * The command `npm` of readers who install the published packages. Eight of them do, each in an empty folder, and most
 * of what they get is the same hundred megabytes. So `npm install` starts from the result of an earlier one of the same
 * packages in this run of the tests: npm itself still runs, and has less to do.
 *
 * It runs on the reader's Node, of any version. `SLUNG_TEST_NPM` is the npm to run, `SLUNG_TEST_INSTALLS` the folder
 * for what was installed.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { env, exit, pid } from 'node:process'

const args = process.argv.slice(2)
const isInstall = args[0] === 'install' && !existsSync('node_modules')
const installed = isInstall ? join(env.SLUNG_TEST_INSTALLS, keyOf(packageNames())) : ''
if (isInstall && existsSync(installed)) copy(installed, 'node_modules')

const { status } = spawnSync(env.SLUNG_TEST_NPM, args, { stdio: 'inherit' })
if (status === 0 && isInstall && !existsSync(installed)) {
  // All or nothing.
  copy('node_modules', `${installed}.${pid}`)
  renameSync(`${installed}.${pid}`, installed)
}
exit(status ?? 1)

/**
 * The packages asked for, without versions: npm replaces what does not fit.
 *
 * @returns {string[]}
 */
function packageNames() {
  const manifest = existsSync('package.json') ? JSON.parse(readFileSync('package.json', 'utf8')) : {}
  const asked = args.slice(1).filter((arg) => !arg.startsWith('-'))
  const names = asked.map((name) => name.replace(/(?<=.)@.*$/, ''))
  return [...Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }), ...names]
}

/** @param {string[]} names */
function keyOf(names) {
  return createHash('sha256')
    .update([...new Set(names)].sort().join())
    .digest('hex')
}

/** By hard links, except for the list of packages: npm writes it in place, and trusts it while it is newer than the folder. */
function copy(from, to) {
  execFileSync('cp', ['-al', from, to])
  const lock = '.package-lock.json'
  execFileSync('cp', ['--remove-destination', join(from, lock), join(to, lock)])
}
