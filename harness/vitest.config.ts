import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'harness',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/build-guests.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
