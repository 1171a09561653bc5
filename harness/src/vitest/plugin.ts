/**
 * `slung()`: the vitest plugin that makes every `*.slung.yaml` a file of tests.
 *
 * A spec becomes a module with one call per test, each on the line of the YAML where the test stands: so test filters,
 * reporters, annotations and code frames point into the spec without a source map.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { configDefaults, type Plugin } from 'vitest/config'
import { parseSpec } from '../spec-file/parse-spec.ts'
import { specPattern } from '../spec-file/spec-pattern.ts'

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
      // Vite joins lists, so naming only ours would switch the default off for those who name none.
      const include = config.test?.include === undefined ? [specPattern, ...configDefaults.include] : [specPattern]
      return { test: { include, ...buildsLeftAlone } }
    },
  }
}

/** Only teaches vitest to load specs; the caller says which files there are. */
export function specLoader(): Plugin {
  return {
    name: 'slung',
    enforce: 'pre',
    config: () => ({ test: buildsLeftAlone }),
    async load(id) {
      const file = id.split('?', 1)[0]!
      if (!file.endsWith('.slung.yaml')) return undefined
      const spec = parseSpec(await readFile(file, 'utf8'), file)
      const inputs = [...spec.input, ...spec.tests.flatMap((test) => test.input ?? [])]
      for (const watched of [...spec.workflows, ...inputs.flatMap((input) => ('csv' in input ? input.csv : []))])
        this.addWatchFile(watched)
      return {
        code: moduleOf(
          file,
          spec.tests.map((test) => test.line),
        ),
        map: { mappings: '' },
      }
    },
  }
}

// Built already. Inside `node_modules` vitest leaves files alone by itself; a workspace links elsewhere.
const ownBuilds = [new URL('../', import.meta.url), new URL('./', import.meta.resolve('@slung/runtime'))].map(
  (folder) => new RegExp(`^${RegExp.escape(fileURLToPath(folder))}.*\\.js$`),
)

const buildsLeftAlone = { server: { deps: { external: ownBuilds } } }

const registrar = fileURLToPath(
  new URL(`./spec-tests${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
)

/** @param lines - 1-based line of each test, ascending */
function moduleOf(file: string, lines: readonly number[]): string {
  const code: string[] = []
  code[0] = `import { specTests } from ${JSON.stringify(registrar)}; const define = specTests(${JSON.stringify(file)});`
  for (const [index, line] of lines.entries()) code[line - 1] = `${code[line - 1] ?? ''} define(${index});`
  return Array.from(code, (line) => line ?? '').join('\n')
}
