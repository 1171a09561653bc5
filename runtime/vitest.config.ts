import { defineConfig } from 'vitest/config'
import { runOf, unitTestsOf } from './test/tools/vitest-settings.ts'

export default defineConfig({
  test: {
    ...runOf('runtime'),
    projects: [
      unitTestsOf('runtime'),
      { extends: true, test: { name: 'runtime as a whole', include: ['test/**/*.test.ts'] } },
    ],
  },
})
