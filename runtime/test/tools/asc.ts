#!/usr/bin/env -S node --liftoff-only
/**
 * The command `asc` in test projects: it writes, prints and returns what AssemblyScript's does, and keeps the result.
 *
 * The compiler is itself WebAssembly; for a single compilation, optimising it does not pay: 1.6 s instead of 2.7 s.
 */
import { compileAssemblyScript, writeCompiled } from './compile-assemblyscript.ts'

const compilation = await compileAssemblyScript(process.argv.slice(2), process.cwd())
process.stderr.write(compilation.output)
await writeCompiled(compilation, process.cwd())
process.exitCode = compilation.hasFailed ? 1 : 0
