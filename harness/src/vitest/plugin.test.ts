import { expect, test } from 'vitest'
import { specLoader } from './plugin.ts'

interface CachedModule {
  readonly id: string
  readonly sourceCode: string
}

/** What vitest keeps a module by. */
function keyOf(module: CachedModule): unknown {
  let generate: ((module: CachedModule) => unknown) | undefined
  const { configureVitest } = specLoader() as unknown as {
    readonly configureVitest: (context: {
      readonly defineCacheKeyGenerator: (generator: typeof generate) => void
    }) => void
  }
  configureVitest({
    defineCacheKeyGenerator(generator) {
      generate = generator
    },
  })
  return generate?.(module)
}

function specOf(expectation: string): string {
  return `workflow: flow.wasm
input: rows.csv
tests:
  - name: posts
    expect: [${expectation}]
`
}

test('vitest keeps a spec by what this version reads in it, and not by its text', () => {
  const [id, other] = ['/tests/alert.slung.yaml', '/tests/other.slung.yaml']
  const key = keyOf({ id, sourceCode: specOf('{ ws: edge, text: low }') })

  expect(key).toEqual(expect.any(String))
  expect(keyOf({ id: `${id}?v=1`, sourceCode: specOf('{ ws: edge,   text: low }') })).not.toBe(false)
  expect(keyOf({ id, sourceCode: specOf('{ ws: edge, text: high }') })).not.toBe(key)
  expect(keyOf({ id: other, sourceCode: specOf('{ ws: edge, text: low }') })).not.toBe(key)
})

test('a spec that cannot be read is not kept, and other modules are kept as vitest keeps them', () => {
  expect(keyOf({ id: '/tests/alert.slung.yaml', sourceCode: 'tests: 7' })).toBe(false)
  expect(keyOf({ id: '/tests/alert.test.ts', sourceCode: '' })).toBeUndefined()
})
