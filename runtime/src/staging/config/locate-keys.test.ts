import fc from 'fast-check'
import { parse, stringify } from 'smol-toml'
import { expect, test } from 'vitest'
import { type KeyPath, locateKeys } from './locate-keys.ts'

/** The place as `line:column`. */
function place(toml: string, ...path: KeyPath): string {
  parse(toml)
  const { line, column } = locateKeys(toml)(path)
  return `${line}:${column}`
}

test('keys are located at the root and in tables', () => {
  const toml = 'port = 1\n\n[http]\n# timeout = "1s"\n  timeout = "2s"\n'

  expect(place(toml, 'port')).toBe('1:1')
  expect(place(toml, 'http')).toBe('3:2')
  expect(place(toml, 'http', 'timeout')).toBe('5:3')
})

test('tables of an array are distinct, with the tables inside them', () => {
  const toml =
    '[[w]]\nfile = "a"\n[w.env]\nA = "1"\n[[w]]\nfile = "b"\n  [ w . env ]\n  A = "2"\n[[w.part]]\nx = 1\n[[w.part]]\nx = 2'

  expect(place(toml, 'w', 0)).toBe('1:3')
  expect(place(toml, 'w', 0, 'env', 'A')).toBe('4:1')
  expect(place(toml, 'w', 1)).toBe('5:3')
  expect(place(toml, 'w', 1, 'file')).toBe('6:1')
  expect(place(toml, 'w', 1, 'env')).toBe('7:9')
  expect(place(toml, 'w', 1, 'env', 'A')).toBe('8:3')
  expect(place(toml, 'w', 1, 'part', 1, 'x')).toBe('12:1')
})

test('dotted keys open tables where they stand', () => {
  const toml = 'http.timeout = "1s"\nhttp . allow = []\n[a.b]\nc.d.e = 1\n'

  expect(place(toml, 'http')).toBe('1:1')
  expect(place(toml, 'http', 'timeout')).toBe('1:6')
  expect(place(toml, 'http', 'allow')).toBe('2:8')
  expect(place(toml, 'a', 'b', 'c', 'd', 'e')).toBe('4:5')
})

test('quoted keys are located by their meaning', () => {
  const toml = '"a.b" = 1\n\'c "d"\' = 2\n"\\u00e9\\"" = 3\n["x y"."#"]\n"" = 4\n'

  expect(place(toml, 'a.b')).toBe('1:1')
  expect(place(toml, 'c "d"')).toBe('2:1')
  expect(place(toml, 'é"')).toBe('3:1')
  expect(place(toml, 'x y', '#')).toBe('4:8')
  expect(place(toml, 'x y', '#', '')).toBe('5:1')
})

test('the search enters inline tables and lists, even over several lines', () => {
  const toml =
    'w = [ { file = "a", env = { A.B = "}" } }, # ] }\n  { file = "b" } ]\nallow = [\n  "x]", # "no"\n  \'y\',\n]\n'

  expect(place(toml, 'w', 0, 'env', 'A', 'B')).toBe('1:31')
  expect(place(toml, 'w', 1)).toBe('2:3')
  expect(place(toml, 'w', 1, 'file')).toBe('2:5')
  expect(place(toml, 'allow', 1)).toBe('5:3')
})

test('what looks like a key inside a text is not one', () => {
  const toml = 'a = """\nb = 1\n\\""" [c] """""\nd = \'\'\'\nb = 2 \\\'\'\'\'\ne = "#"\nb = 3'

  expect(place(toml, 'd')).toBe('4:1')
  expect(place(toml, 'e')).toBe('6:1')
  expect(place(toml, 'b')).toBe('7:1')
})

test('numbers, dates and comments end where they end', () => {
  const toml = 'a = 1979-05-27 07:32:00Z # b = 1\r\nc = [+1_000, -inf,0x1F]# c\r\nd = true\r\n'

  expect(place(toml, 'c', 2)).toBe('2:19')
  expect(place(toml, 'd')).toBe('3:1')
})

test('a missing key is located at its table', () => {
  const toml = '\n[[w]]\nfile = "a"\n'

  expect(place(toml, 'w', 0, 'name')).toBe('2:3')
  expect(place(toml, 'w', 0, 'env', 'A')).toBe('2:3')
  expect(place(toml, 'port')).toBe('1:1')
})

test('law: every value of any document is found beside its key', () => {
  interface Tree {
    readonly [key: string]: Tree | readonly Tree[] | null
  }
  const key = fc.oneof(
    fc.constantFrom('a', 'b', 'c-d', '__proto__', '1'),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  )
  const { tree } = fc.letrec<{ tree: Tree; node: Tree | readonly Tree[] | null }>((tie) => ({
    tree: fc.dictionary(key, tie('node'), { maxKeys: 4, noNullPrototype: true }),
    node: fc.oneof(
      { maxDepth: 3 },
      fc.constant(null),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      tie('tree'),
    ),
  }))

  /** Gives each leaf its own number, and returns where it went. */
  function number(node: Tree, path: KeyPath, leaves: Map<number, KeyPath>): Record<string, unknown> {
    function numbered(value: Tree | readonly Tree[] | null, at: KeyPath): unknown {
      if (value === null) return leaves.set(leaves.size, at).size - 1
      if (!Array.isArray(value)) return number(value as Tree, at, leaves)
      return value.map((item: Tree, index) => number(item, [...at, index], leaves))
    }
    return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, numbered(value, [...path, name])]))
  }

  fc.assert(
    fc.property(tree, (drawn) => {
      const leaves = new Map<number, KeyPath>()
      const toml = stringify(number(drawn, [], leaves))
      const locate = locateKeys(toml)
      const lines = toml.split('\n')
      for (const [value, path] of leaves) {
        const { line, column } = locate(path)
        expect(Object.entries(parse(lines[line - 1]!.slice(column - 1)))).toEqual([[path.at(-1), value]])
      }
    }),
  )
})
