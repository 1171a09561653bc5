import { expect, test } from 'vitest'
import { specLoader } from './plugin.ts'

test('vitest keeps no spec on disk: a later version of the harness may read the same text differently', () => {
  let isKept: ((module: { readonly id: string }) => unknown) | undefined
  const { configureVitest } = specLoader() as unknown as {
    readonly configureVitest: (context: {
      readonly defineCacheKeyGenerator: (generator: typeof isKept) => void
    }) => void
  }
  configureVitest({
    defineCacheKeyGenerator(generator) {
      isKept = generator
    },
  })
  expect(isKept?.({ id: '/tests/alert.slung.yaml' })).toBe(false)
  expect(isKept?.({ id: '/tests/alert.slung.yaml?v=1' })).toBe(false)
  expect(isKept?.({ id: '/tests/alert.test.ts' })).toBeUndefined()
})
