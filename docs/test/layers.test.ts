/** The architecture as tests: who imports whom, and the few rules of style that no other tool checks. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { layers, type Room } from '../../layers.ts'
import { importsBetweenRooms, problemOf, readSources } from './imports.ts'
import { repository } from './pages.ts'
import { withTables } from './written-table.ts'

const sources = readSources()
const imports = importsBetweenRooms(sources)

test('every import is one that layers.ts allows', () => {
  expect(imports.map(problemOf).filter((problem) => problem !== null)).toEqual([])
})

test('layers.ts allows nothing that no file imports', () => {
  const used = new Set(
    imports.map(({ from, target }) => `${from.room} ${typeof target === 'string' ? target : target?.room}`),
  )
  const unused = Object.values(layers).flatMap((rooms) =>
    rooms.flatMap(({ room, imports: allowed, packages = [] }) =>
      [...allowed, ...packages].map((target) => `${room} ${target}`).filter((permission) => !used.has(permission)),
    ),
  )

  expect(unused).toEqual([])
})

test('a room imports only rooms above it in its list, so there are no circles', () => {
  const upward = Object.values(layers).flatMap((rooms) =>
    rooms.flatMap(({ room, imports: allowed }, index) => {
      const below = new Set(rooms.slice(0, index).map((other) => other.room))
      return allowed.filter((other) => !below.has(other)).map((other) => `${room} imports ${other}`)
    }),
  )

  expect(upward).toEqual([])
})

test.each([
  ['runtime/src/engine/model/probe.ts', '../query/query.ts', 'model is the innermost room'],
  ['runtime/src/engine/query/probe.ts', '../store/memory-store.ts', 'query is the language'],
  ['runtime/src/engine/store/probe.ts', '../../staging/durable-store/varint.ts', 'the store keeps samples'],
  ['runtime/src/engine/live/probe.ts', '../store/chunk.ts', 'live follows samples'],
  ['runtime/src/engine/engine.ts', '../staging/observe/mark.ts', 'the engine joins'],
  ['runtime/src/guest/imports/probe.ts', '../../engine/engine.ts', 'only through GuestHost'],
  ['runtime/src/staging/writeback/probe.ts', '../server/access.ts', 'away from engine and server'],
  ['runtime/src/client/probe.ts', '../staging/server/routes.ts', 'by its wire format'],
  ['runtime/src/staging/durable-store/probe.ts', 'ws', 'one more store'],
  ['harness/src/compare/probe.ts', 'msw', 'comparison is pure'],
  ['harness/src/replay/probe.ts', '../report/describe-run.ts', 'knows nothing of test runners'],
  ['harness/src/spec-file/probe.ts', '../../../runtime/src/engine/engine.ts', 'a spec is values'],
])('%s may not import %s', (file, specifier, why) => {
  const withProbe = new Map([[file, `import { probe } from '${specifier}'\n`]])

  expect(importsBetweenRooms(withProbe).map(problemOf)).toEqual([
    expect.stringMatching(`^${file} imports "${specifier}": .*${why}`),
  ])
})

test('docs/architecture.md has the tables of layers.ts', async () => {
  const tables = Object.entries(layers).map(([name, rooms]) => [
    `layers of ${name}`,
    [[`in \`${name}/src\``, 'what it holds', 'imports'], ...rooms.map(tableRow)],
  ])

  const { path, text } = await withTables('docs/architecture.md', Object.fromEntries(tables))
  await expect(text).toMatchFileSnapshot(path)
})

function tableRow({ room, holds, imports: allowed, packages = [] }: Room): string[] {
  return [`\`${room}\``, holds, [...grouped(allowed), ...packages].join(', ')]
}

/** Several rooms of one wing as one word: `engine/{model,text}`. */
function grouped(rooms: readonly string[]): string[] {
  const wings = Map.groupBy(rooms, (room) => room.split('/', 1)[0]!)
  return [...wings].flatMap(([wing, members]) => {
    const inside = members.filter((room) => room !== wing).map((room) => room.slice(wing.length + 1))
    const joined = inside.length > 1 ? `{${inside.join(',')}}` : inside[0]
    return [
      ...(members.includes(wing) ? [`\`${wing}\``] : []),
      ...(joined === undefined ? [] : [`\`${wing}/${joined}\``]),
    ]
  })
}

describe('style', () => {
  const files = globSync('{runtime,harness,sdk-as,sdk-rust,examples,docs}/**/*.{ts,rs,js}', {
    cwd: repository,
    exclude: [
      '**/node_modules/**',
      '**/target/**',
      '**/dist/**',
      '**/build/**',
      '**/.vitepress/*/**',
      '**/.slung/**',
      '**/*.test.ts',
    ],
  })

  test('every source file opens with a comment that says what it is', () => {
    expect([...sources].filter(([, text]) => !/^(?:#!.*\n)?\/[/*]/.test(text)).map(([name]) => name)).toEqual([])
  })

  test('no line is longer than 140 columns', () => {
    const long = files.flatMap((name) => {
      const lines = readFileSync(join(repository, name), 'utf8').split('\n')
      return lines.flatMap((line, index) => (line.length > 140 ? [`${name}:${index + 1}`] : []))
    })

    expect(long).toEqual([])
  })
})
