#!/usr/bin/env node
// Says clearly that Node is too old before anything is loaded that an old Node cannot even parse.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 20)) {
  console.error(
    `slung-test needs Node 24.20 or newer, but this is Node ${process.versions.node}. ` +
      'Add the npm package "node" to your devDependencies and run "npx slung-test", which then finds the right one.',
  )
  process.exit(2)
}
await import('../dist/cli/main.js')
