/** Guests as files, for a runtime that reads them. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compileGuest } from './compile-guest.ts'

/**
 * Writes a guest's module into a directory as `NAME.wasm`.
 *
 * @param port - written over the zeros of a guest that talks to `127.0.0.1:00000`
 * @returns the path of the file
 */
export async function writeGuest(
  directory: string,
  guest: string,
  name: string = guest,
  port?: number,
): Promise<string> {
  const module = Buffer.from((await compileGuest(guest)).get(`${guest}.wasm`)!)
  if (port !== undefined) {
    // As bytes: a search for a text looks at even places alone.
    const zeros = module.indexOf(Buffer.from(':00000', 'utf16le'))
    if (zeros < 0) throw new Error(`the guest ${guest} has no :00000`)
    module.write(`:${String(port).padStart(5, '0')}`, zeros, 'utf16le')
  }
  const path = join(directory, `${name}.wasm`)
  await writeFile(path, module)
  return path
}
