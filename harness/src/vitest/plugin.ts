/**
 * `slung()`: the vitest plugin that makes every `*.slung.yaml` a file of tests.
 *
 * A spec becomes a module with one call per test, each on the line of the YAML where the test stands: so test filters,
 * reporters, annotations and code frames point into the spec without a source map.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { configDefaults, type Plugin } from 'vitest/config'
import { packSpec, readSpecFile, readSpecText } from '../spec-file/read-spec.ts'
import { specPattern, type Spec } from '../spec-file/spec.ts'

/**
 * Adds specs to what vitest collects.
 *
 * @example
 * // vitest.config.ts
 * export default defineConfig({ plugins: [slung()] })
 */
export function slung(): Plugin {
  return {
    ...specLoader(),
    config(config) {
      // Vite joins lists, so naming only ours would switch the default off for projects that name none.
      const include = config.test?.include === undefined ? [specPattern, ...configDefaults.include] : [specPattern]
      // Vite lets a plugin's value win.
      const testTimeout = config.test?.testTimeout ?? testTimeoutMillis
      return { test: { include, testTimeout, ...buildsLeftAlone } }
    },
  }
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
      const spec = await readSpecFile(file)
      const inputs = [...spec.input, ...spec.tests.flatMap((test) => test.input ?? [])]
      for (const watched of [...spec.workflows, ...inputs.flatMap((input) => ('csv' in input ? input.csv : []))])
        this.addWatchFile(watched)
      return { code: moduleOf(spec), map: { mappings: '' } }
    },
  }
}

// Built already. Inside `node_modules` vitest leaves files alone anyway; a workspace links elsewhere.
const ownBuilds = [new URL('../', import.meta.url), new URL('./', import.meta.resolve('@slung/runtime'))].map(
  (folder) => new RegExp(`^${RegExp.escape(fileURLToPath(folder))}.*\\.js$`),
)

const buildsLeftAlone = { server: { deps: { external: ownBuilds } } }

const registrar = fileURLToPath(
  new URL(`./spec-tests${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
)

// vitest imports a path as if it were a URL, where "%" escapes and "?" and "#" end the path; Node's `require` does not.
const importRegistrar = /[%?#]/.test(registrar)
  ? `import { createRequire } from 'node:module'; const { specTests } = createRequire(import.meta.url)(${JSON.stringify(registrar)});`
  : `import { specTests } from ${JSON.stringify(registrar)};`

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
    return moduleOf(readSpecText(text, file))
  } catch {
    return false
  }
}

/** The spec travels inside, so that the tests need not parse it again. */
function moduleOf(spec: Spec): string {
  const code: string[] = []
  code[0] = `${importRegistrar} const define = specTests('${packSpec(spec)}');`
  for (const [index, { line }] of spec.tests.entries()) code[line - 1] = `${code[line - 1] ?? ''} define(${index});`
  return Array.from(code, (line) => line ?? '').join('\n')
}
