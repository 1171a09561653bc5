/** Gives a test's project all packages of the repository, as if it had installed them. */
import { mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'

const installed = join(import.meta.dirname, '../../../node_modules')
/** Commands in place of the packages' own, which `published.test.ts` covers. */
const ownCommands = new Map([
  ['asc', join(import.meta.dirname, 'asc.ts')],
  ['npx', join(import.meta.dirname, 'npx.sh')],
])

/** Creates the folder `modules`, a `node_modules`, and fills it with links. */
export async function linkModules(modules: string): Promise<void> {
  const commands = join(modules, '.bin')
  await mkdir(commands, { recursive: true })
  const isPackage = (name: string): boolean => !name.startsWith('.')
  await linkAll((await readdir(installed)).filter(isPackage), installed, modules)
  const others = (await readdir(join(installed, '.bin'))).filter((name) => !ownCommands.has(name))
  await linkAll(others, join(installed, '.bin'), commands)
  for (const [name, command] of ownCommands) await symlink(command, join(commands, name))
}

async function linkAll(names: readonly string[], from: string, to: string): Promise<void> {
  await Promise.all(names.map((name) => symlink(join(from, name), join(to, name))))
}
