#!/usr/bin/env -S node --liftoff-only
/**
 * The command `asc` in projects of tests: it makes, prints and returns what AssemblyScript's does, and keeps it.
 *
 * The compiler is WebAssembly itself; for a single compilation it does not pay to optimise it: 1.6 s instead of 2.7 s.
 */
import { compileAssemblyScript, writeCompiled } from './compile-assemblyscript.ts'

const compilation = await compileAssemblyScript(process.argv.slice(2), process.cwd())
process.stderr.write(compilation.output)
await writeCompiled(compilation, process.cwd())
process.exitCode = compilation.hasFailed ? 1 : 0
