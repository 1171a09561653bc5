import { defineConfig } from 'vitest/config'
import { runOf } from '../runtime/test/tools/vitest-settings.ts'

export default defineConfig({
  test: {
    ...runOf('docs'),
    name: 'docs',
    include: ['test/**/*.test.ts'],
  },
})
