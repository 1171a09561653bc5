/**
 * `slung()`: the vitest plugin that makes every `*.slung.yaml` a file of tests (`spec-module.ts`), so that test filters,
 * reporters, annotations, code frames and the test trees of editors work with specs.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { configDefaults, type Plugin } from 'vitest/config'
import { readSpecFileText, readSpecText } from '../spec-file/read-spec.ts'
import { specPattern } from '../spec-file/spec.ts'
import { specBuilder } from './build-specs.ts'
import { moduleOf } from './spec-module.ts'
import { buildWatcher } from './watch-builds.ts'

/**
 * Adds specs to what vitest collects, and builds their workflows before it runs them.
 *
 * @example
 * // vitest.config.ts
 * export default defineConfig({ plugins: [slung()] })
 */
export function slung(): Plugin[] {
  return [
    specLoader(),
    {
      name: 'slung-project',
      config(config) {
        // Vite joins lists, so naming only ours would switch the default off for projects that name none.
        const include = config.test?.include === undefined ? [specPattern, ...configDefaults.include] : [specPattern]
        // Vite lets a plugin's value win.
        const testTimeout = config.test?.testTimeout ?? testTimeoutMillis
        return { test: { include, testTimeout } }
      },
    },
    specBuilder(),
    buildWatcher(),
  ]
}

/**
 * What `slung-test` and the plugin give a test unless told otherwise: a replay may wait 30 s for an answer, and should
 * then say so itself.
 */
export const testTimeoutMillis = 60_000

/** Only teaches vitest to load specs; the caller says which files there are. */
export function specLoader(): Plugin {
  return {
    name: 'slung',
    enforce: 'pre',
    config: () => ({ test: buildsLeftAlone }),
    // vitest keeps modules on disk from run to run, by the text of the file. A module of ours holds what this version
    // reads in that text, and the next version may read something else: so it is kept by what it holds.
    configureVitest({ defineCacheKeyGenerator }) {
      defineCacheKeyGenerator(({ id, sourceCode }) => {
        const file = specFileOf(id)
        return file === null ? undefined : cacheKeyOf(file, sourceCode)
      })
    },
    // Vite cuts a path at "?" and "#", which folders may have in their names.
    resolveId: (source) => (/[?#]/.test(source) && existsSync(source) ? specId(source) : undefined),
    async load(id) {
      const file = specFileOf(id)
      if (file === null) return undefined
      const text = await readSpecFileText(file)
      const spec = readSpecText(text, file)
      const inputs = [...spec.input, ...spec.tests.flatMap((test) => test.input ?? [])]
      for (const watched of [...spec.workflows, ...inputs.flatMap((input) => ('csv' in input ? input.csv : []))])
        this.addWatchFile(watched)
      return moduleOf(spec, text)
    },
  }
}

// Built already. Inside `node_modules` vitest leaves files alone anyway; a workspace links elsewhere.
const ownBuilds = [new URL('../', import.meta.url), new URL('./', import.meta.resolve('@slung/runtime'))].map(
  (folder) => new RegExp(`^${RegExp.escape(fileURLToPath(folder))}.*\\.js$`),
)

const buildsLeftAlone = { server: { deps: { external: ownBuilds } } }

const encodedPrefix = '\0slung:'

/** The id of a module for a spec whose path cannot be an id itself; `undefined` for another file. */
function specId(path: string): string | undefined {
  return path.endsWith(specSuffix) ? encodedPrefix + encodeURIComponent(path) : undefined
}

/** The spec of a module id; `null` for another module. */
function specFileOf(id: string): string | null {
  const path = id.split('?', 1)[0]!
  if (!path.endsWith(specSuffix)) return null
  return path.startsWith(encodedPrefix) ? decodeURIComponent(path.slice(encodedPrefix.length)) : path
}

const specSuffix = '.slung.yaml'

/** False keeps vitest from caching a spec that cannot be read. */
function cacheKeyOf(file: string, text: string): string | false {
  try {
    return moduleOf(readSpecText(text, file), text).code
  } catch {
    return false
  }
}
