import { defineConfig } from 'vitest/config'
import { runOf } from '../runtime/test/tools/vitest-settings.ts'

export default defineConfig({
  test: {
    ...runOf('sdk-as'),
    name: 'sdk-as',
    include: ['test/**/*.test.ts'],
    // One process, in which the compiler gets warm.
    isolate: false,
  },
})
