/** Gives a project of a test all packages of the repository, as if it had installed them. */
import { mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'

const installed = join(import.meta.dirname, '../../../node_modules')
/** In place of the packages' own. `published.test.ts` has those. */
const ownCommands = new Map([
  ['asc', join(import.meta.dirname, 'asc.ts')],
  ['npx', join(import.meta.dirname, 'npx.sh')],
])

/** Makes the folder `modules`, a `node_modules`, and fills it with links. */
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
