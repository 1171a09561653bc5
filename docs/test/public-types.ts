/**
 * The types of a package as its users meet them: walks from each door's `.d.ts` to the declarations that it exports,
 * and finds the types of ours that those mention and no door of the package exports. A user cannot name such a type.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

interface Declaration {
  readonly file: string
  readonly name: string
}

/** A declaration file: what it declares at the top, and where other names come from. */
interface DeclarationFile {
  readonly declared: ReadonlyMap<string, string>
  readonly imported: ReadonlyMap<string, Declaration>
  readonly exported: ReadonlyMap<string, Declaration>
}

/** @param doors - `.d.ts` files. @returns `name, mentioned by … of FILE` for each missing type */
export function unexportedTypes(doors: readonly string[]): string[] {
  const files = new Map<string, DeclarationFile>()
  const read = (file: string): DeclarationFile => {
    const known = files.get(file) ?? readDeclarations(file)
    files.set(file, known)
    return known
  }
  const find = ({ file, name }: Declaration): Declaration => {
    const { declared, exported, imported } = read(file)
    if (declared.has(name)) return { file, name }
    const origin = exported.get(name) ?? imported.get(name)
    if (origin === undefined) throw new Error(`cannot find "${name}" in ${file}`)
    return find(origin)
  }
  const keyOf = ({ file, name }: Declaration): string => `${file} ${name}`

  const reached = doors.flatMap((door) => [...read(door).exported.keys()].map((name) => find({ file: door, name })))
  const exported = new Set(reached.map(keyOf))
  const missing: string[] = []
  for (const { file, name } of reached) {
    const { declared, imported } = read(file)
    for (const word of new Set(declared.get(name)!.match(/[A-Za-z_$][\w$]*/g))) {
      if (word === name || !(declared.has(word) || imported.has(word))) continue
      const origin = find({ file, name: word })
      if (!exported.has(keyOf(origin))) missing.push(`${word}, mentioned by ${name} of ${file}`)
    }
  }
  return missing.sort()
}

function readDeclarations(file: string): DeclarationFile {
  const text = withoutComments(readFileSync(file, 'utf8'))
  const declared = new Map<string, string>()
  const imported = new Map<string, Declaration>()
  const exported = new Map<string, Declaration>()
  for (const [, isExport, names, module] of text.matchAll(
    /^(import|export) (?:type )?\{([^}]*)\} from '(\.[^']*)'/gm,
  )) {
    const target = declarationFileOf(resolve(dirname(file), module!))
    for (const entry of names!.split(',').map((part) => part.trim().replace(/^type /, ''))) {
      if (entry === '') continue
      const [name, alias = name] = entry.split(' as ')
      const isOut = isExport === 'export'
      ;(isOut ? exported : imported).set(alias!, { file: target, name: name! })
    }
  }
  const starts = [...text.matchAll(topLevel)]
  starts.forEach((start, index) => {
    const [, isExport, name] = start
    // Overloads, and a type and a value of one name, belong together.
    const body = text.slice(start.index, starts[index + 1]?.index)
    declared.set(name!, (declared.get(name!) ?? '') + body)
    if (isExport !== undefined) exported.set(name!, { file, name: name! })
  })
  return { declared, imported, exported }
}

const topLevel =
  /^(export )?(?:default )?(?:declare )?(?:abstract )?(?:class|interface|type|function|const|let|enum|namespace) ([A-Za-z_$][\w$]*)/gm

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

function declarationFileOf(path: string): string {
  const file = path.replace(/\.(?:ts|js)$/, '.d.ts')
  if (!existsSync(file)) throw new Error(`cannot find the declarations of ${path}`)
  return file
}

/** The declaration files of a package that is built, one for each entry of `exports` that has types. */
export function doorsOf(packageFolder: string): string[] {
  const { exports } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { readonly types: string }>
  }
  return Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [] : [join(packageFolder, entry.types)],
  )
}
