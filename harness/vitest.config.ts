import { defineConfig } from 'vitest/config'
import { runOf, unitTestsOf } from '../runtime/test/tools/vitest-settings.ts'

export default defineConfig({
  test: {
    ...runOf('harness'),
    globalSetup: ['test/build-guests.ts'],
    projects: [
      unitTestsOf('harness'),
      { extends: true, test: { name: 'harness as a whole', include: ['test/**/*.test.ts'] } },
    ],
  },
})
