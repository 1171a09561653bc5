/** Where tests keep what the next run can reuse. `npm ci` empties it. */
import { join } from 'node:path'

export const cacheFolder: string = join(import.meta.dirname, '../../../node_modules/.cache/slung-tests')
