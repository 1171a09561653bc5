/**
 * The tests of `npm run quick`: the unit tests of the runtime and the harness, and the layers, in as few processes as
 * there are processors. Two files take as long as all others together and are left to `npm test`: one opens a store 130
 * times, the other compiles guests and starts a thread for each.
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { unitTestsOf } from './vitest-settings.ts'

const repository = join(import.meta.dirname, '../../..')

export default defineConfig({
  root: repository,
  test: {
    maxWorkers: availableParallelism(),
    globalSetup: ['harness/test/build-guests.ts'],
    exclude: ['**/durable-store.test.ts', '**/workflow.test.ts'],
    projects: [
      unitTestsOf('runtime'),
      unitTestsOf('harness'),
      {
        extends: true,
        root: join(repository, 'docs'),
        test: { name: 'layers', include: ['test/layers.test.ts'], isolate: false },
      },
    ],
  },
})
