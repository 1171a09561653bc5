/**
 * A spec as a module with one call of `test` per test and workflow.
 *
 * `vitest list` and editors do not run the module: they read the names of the tests in its calls, and the places in its
 * source map. Calls stand below all lines of the spec. So only they are mapped, and the place that a failure names in the
 * YAML is taken as it is.
 */
import { basename, dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packSpec } from '../spec-file/read-spec.ts'
import type { Position, Spec } from '../spec-file/spec.ts'

interface SpecModule {
  readonly code: string
  readonly map: {
    readonly version: 3
    readonly sources: string[]
    readonly sourcesContent: string[]
    readonly names: string[]
    readonly mappings: string
  }
}

/** @param text - of the spec */
export function moduleOf(spec: Spec, text: string): SpecModule {
  const lineCount = text.split('\n').length
  // The spec travels inside, so that the tests need not parse it again.
  const lines = [`${importRegistrar} const { test, body } = specTests('${packSpec(spec)}');`]
  const places: Position[] = []
  for (const [index, specTest] of spec.tests.entries()) {
    for (const [position, workflow] of spec.workflows.entries()) {
      const name = spec.workflows.length === 1 ? specTest.name : `${specTest.name} [${workflowName(workflow, spec)}]`
      // Answers of a spec take no real time and the watchdog stops a workflow that spins, so its replay ends; how long it
      // takes depends on the input and on how busy the machine is.
      lines.push(`test(${literalOf(name)}, { timeout: 0 }, body(${index}, ${position}));`)
      places.push(specTest)
    }
  }
  return {
    code: '\n'.repeat(lineCount) + lines.join('\n'),
    map: {
      version: 3,
      sources: [resolve(spec.file)],
      sourcesContent: [text],
      names: [],
      mappings: ';'.repeat(lineCount + 1) + mappingsOf(places),
    },
  }
}

/** The file's name where it tells the workflows apart, its path from the spec otherwise. */
export function workflowName(workflow: string, { file, workflows }: Spec): string {
  const name = basename(workflow)
  const isUnique = workflows.filter((other) => basename(other) === name).length === 1
  return (isUnique ? name : relative(dirname(resolve(file)), workflow)).replace(/\.wasm$/, '')
}

const registrar = fileURLToPath(
  new URL(`./spec-tests${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
)

// vitest imports a path as if it were a URL, where "%" escapes and "?" and "#" end the path; Node's `require` does not.
const importRegistrar = /[%?#]/.test(registrar)
  ? `import { createRequire } from 'node:module'; const { specTests } = createRequire(import.meta.url)(${JSON.stringify(registrar)});`
  : `import { specTests } from ${JSON.stringify(registrar)};`

/** In quotes that need no escapes where there are such: who reads the code takes what is between them as the name. */
function literalOf(name: string): string {
  const isPlain = !/[\\\n\r\u2028\u2029]/.test(name)
  const quote = isPlain ? ['"', "'", '`'].find((mark) => !name.includes(mark)) : undefined
  if (quote === undefined || (quote === '`' && name.includes('${'))) return JSON.stringify(name)
  return `${quote}${name}${quote}`
}

/** One segment per line: its beginning stands for the place (https://tc39.es/ecma426/). */
function mappingsOf(places: readonly Position[]): string {
  let [line, column] = [1, 1]
  return places
    .map((place) => {
      const segment = [0, 0, place.line - line, place.column - column].map(variableLength).join('')
      ;({ line, column } = place)
      return segment
    })
    .join(';')
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Five bits per digit, the sign in the lowest. */
function variableLength(value: number): string {
  let rest = value < 0 ? -value * 2 + 1 : value * 2
  let text = ''
  do {
    const digit = rest % 32
    rest = Math.floor(rest / 32)
    text += digits[rest > 0 ? digit + 32 : digit]
  } while (rest > 0)
  return text
}
