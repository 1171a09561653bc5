/** The command line, unbuilt: what `bin/slung.js` is to the build. */
import { main } from '../src/cli/main.ts'

process.exitCode = await main(process.argv.slice(2))
