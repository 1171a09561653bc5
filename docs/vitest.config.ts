import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'docs',
    include: ['test/**/*.test.ts'],
    // Pages install packages and build workflows, in two languages.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})
