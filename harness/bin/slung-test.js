#!/usr/bin/env node
// Starts the command line, after a word to those whose Node cannot run it. It must parse on every Node there is.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 20)) {
  console.error(
    `slung-test: cannot run on Node ${process.versions.node}: expected 24.20 or newer;` +
      ' "npx slung-test" in a project that has the npm package "node" (npm install --save-dev node@24) uses that one',
  )
  process.exitCode = 2
} else {
  void import('../dist/cli/main.js')
}
