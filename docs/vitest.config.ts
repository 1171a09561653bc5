import { defineConfig } from 'vitest/config'
import { runOf } from '../runtime/test/tools/vitest-settings.ts'

export default defineConfig({
  test: {
    ...runOf('docs'),
    name: 'docs',
    include: ['test/**/*.test.ts'],
    // Pages install packages and build workflows, in two languages.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})
