// For `npx vitest` and editors: adds the specs to vitest's tests. `npx slung-test` needs no configuration.
import { slung } from '@slung/harness/vitest'
import { defineConfig } from 'vitest/config'

export default defineConfig({ plugins: [slung()] })
