/** The executable, as a person or a CI job uses it: arguments in, text and exit code out. */
import { exec, spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { guestUrl } from './build-guests.ts'

const executable = fileURLToPath(new URL('../bin/slung-test.js', import.meta.url))
const specs = fileURLToPath(new URL('specs', import.meta.url))
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-cli-'))
  await copyFile(guestUrl('downsample'), join(folder, 'flow.wasm'))
  await copyFile(join(specs, 'two-rows.csv'), join(folder, 'rows.csv'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Finished {
  readonly code: number | null
  readonly signal?: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

function start(
  args: string[],
  cwd: string,
  onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Finished> {
  // The program under test must not see this test runner's own environment variables.
  const { VITEST: _vitest, FORCE_COLOR: _color, ...environment } = process.env
  const child = spawn(process.execPath, [executable, ...args], { cwd, env: { ...environment, NO_COLOR: '1' } })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    onOutput?.(stdout, (signal) => child.kill(signal))
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

test.each([
  [['--help'], 'Usage: slung-test [options] [paths...]'],
  [['-h'], 'Usage: slung-test [options] [paths...]'],
  [['help'], 'Usage: slung-test [options] [paths...]'],
  [['help', 'replay'], 'Usage: slung-test replay [options]'],
  [['differ', '-h'], 'Usage: slung-test differ [options]'],
])('%j prints help and exits 0', async (args, text) => {
  expect(await start(args, folder)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(text) })
})

test.each([['-V'], ['--version']])('%s prints the version and exits 0', async (flag) => {
  expect(await start([flag], folder)).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  })
})

test('help for a command that does not exist exits 2', async () => {
  expect(await start(['help', 'relay'], folder)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: `slung-test: unknown command 'relay'; see "slung-test --help"\n`,
  })
})

test('passing specs exit 0 and reach every reporter of vitest', async () => {
  const junit = join(folder, 'junit.xml')
  const finished = await start(['passing.slung.yaml', '--reporter', 'junit', '--outputFile', junit], specs)

  expect(finished).toMatchObject({ code: 0 })
  const xml = await readFile(junit, 'utf8')
  expect(xml).toContain('tests="3" failures="0"')
  expect(xml).toContain('name="copies what it reads"')
})

test('a failing spec exits 1, tells the whole story, and points into the YAML', async () => {
  const { code, stdout, stderr } = await start(['failing.slung.yaml'], specs)

  expect(code).toBe(1)
  expect(stdout).toMatch(/1 failed \| 1 passed/)
  expect(stderr).toContain('expected 4 writebacks, 4 came: number 3 differs in value')
  expect(stderr).toContain('value: expected <5 ±0.5>, got 4')
  expect(stderr).toContain('cause  two-rows.csv:3  2026-01-01T00:00:01Z  temp = 3')
  expect(stderr).toContain("npx slung-test failing.slung.yaml -t '^expects another value$'")
  expect(stderr).toContain('❯ failing.slung.yaml:10:9')
})

test('names of files and folders are not patterns', async () => {
  const own = join(folder, 'a (b), {c}!')
  await mkdir(own)
  for (const name of ['one, {two}', '[x]', '*']) {
    await writeFile(join(own, `${name}.slung.yaml`), `workflow: ../flow.wasm\ninput: ../rows.csv\n${oneTest}`)
  }

  expect(await start([own], folder)).toMatchObject({ code: 0, stdout: expect.stringContaining('3 passed (3)') })
  expect(await start([join(own, '[x].slung.yaml')], folder)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 passed (1)'),
  })
})

test.each(['job@2', 'c++ wow! +(x) @(y)', '[a] {b,c} (d) *|^', 'what? #1', 'ü 100% a%2Fb'])(
  'a project may be in a folder that is called %s',
  async (name) => {
    const own = join(folder, 'projects', name, 'specs', name)
    await mkdir(own, { recursive: true })
    await copyFile(join(folder, 'flow.wasm'), join(own, 'flow.wasm'))
    await copyFile(join(folder, 'rows.csv'), join(own, 'rows.csv'))
    await writeFile(join(own, 'one.slung.yaml'), spec(oneTest))
    await mkdir(join(own, 'node_modules'))
    await writeFile(join(own, 'node_modules/not-ours.slung.yaml'), 'tests: 7')

    const passed = { code: 0, stdout: expect.stringContaining('1 passed (1)') }
    expect(await start([], own)).toMatchObject(passed)
    expect(await start(['specs'], join(folder, 'projects', name))).toMatchObject(passed)
    expect(await start([own], specs)).toMatchObject(passed)
  },
)

test('TypeScript in a folder that vitest cannot load from is refused with the reason', async () => {
  const own = join(folder, 'typescript #1')
  await mkdir(own)
  await writeFile(join(own, 'one.test.ts'), '')

  const { code, stderr } = await start([], own)
  expect(stderr).toContain(`one.test.ts": vitest loads no TypeScript from a path with "?" or "#" in it; rename`)
  expect(code).toBe(2)
})

test('-t runs only the tests it names', async () => {
  expect(await start(['failing.slung.yaml', '-t', 'is right'], specs)).toMatchObject({ code: 0 })
})

test('-t that matches no test name exits 2', async () => {
  const { code, stderr } = await start(['passing.slung.yaml', '-t', 'renamed'], specs)

  expect(stderr).toContain('cannot find a test whose name matches "renamed"')
  expect(code).toBe(2)
})

test('an unknown reporter exits 2', async () => {
  const { code, stderr } = await start(['passing.slung.yaml', '--reporter', 'bogus'], specs)

  expect(stderr).toContain('bogus')
  expect(code).toBe(2)
})

test('a reader that stops reading, such as head, is not an error', async () => {
  const rows = Array.from({ length: 5000 }, (_, row) => `${row},temp,p,1`)
  await writeFile(join(folder, 'many.csv'), ['timestamp,series,producer,value', ...rows].join('\n'))
  const command = `"${process.execPath}" "${executable}" replay flow.wasm many.csv --json | head -1`
  const finished = await new Promise<Finished>((resolve) => {
    exec(command, { cwd: folder }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }))
  })

  expect(finished).toMatchObject({ code: 0, stderr: '' })
  expect(finished.stdout.trim().split('\n')).toHaveLength(1)
})

test('a test that passes on input that the workflow does not wait for says so', async () => {
  const own = join(folder, 'other-series')
  await mkdir(own)
  await copyFile(join(folder, 'flow.wasm'), join(own, 'flow.wasm'))
  await writeFile(join(own, 'rows.csv'), 'timestamp,series,value\n1767225600000,humidity,1\n')
  await writeFile(join(own, 'quiet.slung.yaml'), spec('tests:\n  - name: quiet\n    expect: []\n'))

  const { code, stderr } = await start([], own)
  expect(code).toBe(0)
  expect(stderr).toContain('note: no sample matched MAX:temp:[]; the input has humidity')
  expect(stderr).toContain('note: the input begins at 1970-01-21T10:53:45.600Z: integer timestamps are microseconds')
})

test('one query of several that matches nothing is mentioned in the report, and does not disturb', async () => {
  const own = join(folder, 'two-queries')
  await mkdir(own)
  await copyFile(guestUrl('watch-two'), join(own, 'flow.wasm'))
  await writeFile(join(own, 'rows.csv'), 'timestamp,series,value\n2026-01-01T00:00:00Z,temp,1\n')
  await writeFile(join(own, 'half.slung.yaml'), spec('tests:\n  - name: half\n    exit: drained\n'))

  const { code, stderr } = await start(['--reporter', 'junit', '--outputFile', 'report.xml'], own)
  expect(code).toBe(0)
  expect(stderr).not.toContain('note:')
  expect(await readFile(join(own, 'report.xml'), 'utf8')).toContain('no sample matched')
})

test('a test that passes because no row came after its start, or none was left, says so', async () => {
  const own = join(folder, 'nothing-came')
  await mkdir(own)
  await copyFile(join(folder, 'flow.wasm'), join(own, 'flow.wasm'))
  await copyFile(join(folder, 'rows.csv'), join(own, 'rows.csv'))
  const tests = `tests:
  - { name: late start, start: 2026-01-02T00:00:00Z, expect: [] }
  - { name: nothing left, faults: [{ drop: 100% }], expect: [] }
`
  await writeFile(join(own, 'quiet.slung.yaml'), spec(tests))

  const { code, stderr } = await start([], own)
  expect(code).toBe(0)
  expect(stderr).toContain(
    'note: the workflow got no Event: all 2 rows arrive before it starts, at 2026-01-02T00:00:00Z',
  )
  expect(stderr).toContain('note: the workflow got no Event: the faults leave no row of the input')

  const { stdout } = await start(['replay', 'flow.wasm', 'rows.csv', '--start', '2026-01-02T00:00:00Z'], own)
  expect(stdout).toContain('note: the workflow got no Event: all 2 rows arrive before it starts')
})

test('--reporter takes one name, may be repeated, and paths may follow', async () => {
  const junit = join(folder, 'second.xml')
  const args = ['--reporter', 'dot', '--reporter', 'junit', 'passing.slung.yaml', '--outputFile', junit]
  const { code, stdout } = await start(args, specs)

  expect(code).toBe(0)
  expect(stdout).toContain('3 passed')
  expect(await readFile(junit, 'utf8')).toContain('tests="3"')
})

test('more shards than files exits 2', async () => {
  const { code, stderr } = await start(['passing.slung.yaml', '--shard', '2/3'], specs)

  expect(stderr).toContain('cannot run part 2/3: found 1 test file')
  expect(code).toBe(2)
})

test('GitHub gets an annotation at the line of the spec', async () => {
  const { stdout } = await start(['failing.slung.yaml', '--reporter', 'github-actions'], specs)

  expect(stdout).toMatch(/^::error file=.*failing\.slung\.yaml,title=[^\n]*line=10,column=9::/m)
})

test('an interrupted run dies of the signal, which a shell reports as 130', async () => {
  let isInterrupted = false
  const finished = await start(['spinning.slung.yaml'], specs, (text, kill) => {
    if (isInterrupted || !text.includes('RUN')) return
    isInterrupted = true
    kill('SIGINT')
  })

  expect(finished.signal).toBe('SIGINT')
})

const spec = (lines: string): string => `workflow: flow.wasm\ninput: rows.csv\n${lines}`
const oneTest = 'tests:\n  - name: drains\n    exit: drained\n'

test.each([
  ['an unknown key', spec(`expects: []\n${oneTest}`), 'bad.slung.yaml:3:1: unknown key "expects" in a spec'],
  ['YAML that does not parse', spec('tests: [\n'), 'bad.slung.yaml:4:1'],
  [
    'a missing workflow',
    `workflow: nothing.wasm\ninput: rows.csv\n${oneTest}`,
    'cannot read workflow "nothing.wasm": there is no such file',
  ],
  [
    'a workflow that is not WebAssembly',
    `workflow: rows.csv\ninput: rows.csv\n${oneTest}`,
    'it is not a WebAssembly module',
  ],
  [
    'a missing fixture',
    `workflow: flow.wasm\ninput: nothing.csv\n${oneTest}`,
    'cannot read fixture "nothing.csv": there is no such file',
  ],
  ['a broken row', `workflow: flow.wasm\ninput: broken.csv\n${oneTest}`, 'broken.csv:3: value "4O.1" is not a number'],
  [
    'every broken row',
    `workflow: flow.wasm\ninput: broken-rows.csv\n${oneTest}`,
    'broken-rows.csv:2: value "x" is not a number\nbroken-rows.csv:4: value "y" is not a number\n',
  ],
  ['an empty fixture', `workflow: flow.wasm\ninput: empty.csv\n${oneTest}`, 'fixture "empty.csv" is empty'],
  ['an unknown time unit', `workflow: flow.wasm\ninput: { csv: rows.csv, time_unit: msec }\n${oneTest}`, '"msec"'],
  ['an empty list of inputs', `workflow: flow.wasm\ninput: []\n${oneTest}`, '"input" is an empty list'],
  [
    'a fixture that is right for one test and wrong for another',
    'workflow: flow.wasm\ntests:\n' +
      '  - { name: a, exit: drained, input: { csv: plain.csv } }\n' +
      '  - { name: b, exit: drained, input: { csv: plain.csv, series: temp } }\n',
    'plain.csv:1:',
  ],
  [
    'an offset without its unit',
    spec('tests:\n  - { name: a, exit: drained, until: +2 }\n'),
    'bad.slung.yaml:4:38: "until" is number +2, expected + and a duration with its unit, such as +2s or +2m',
  ],
  [
    'a time of an expectation in seconds',
    spec('tests:\n  - name: a\n    expect: [{ event: copy, at: 1767225600 }]\n'),
    '"at" of the expectation on line 5 is 1970-01-01T00:29:27.225600Z, 56 years before the first row arrives',
  ],
  ['a test that asserts nothing', spec('tests:\n  - name: idle\n'), 'bad.slung.yaml:4:5'],
])('%s is reported in one message, exits 2, and nothing runs', async (what, text, message) => {
  const own = join(folder, what.replaceAll(/\W/g, '-'))
  await mkdir(own)
  await copyFile(join(folder, 'flow.wasm'), join(own, 'flow.wasm'))
  await copyFile(join(folder, 'rows.csv'), join(own, 'rows.csv'))
  await writeFile(join(own, 'broken.csv'), 'timestamp,series,value\n1,temp,1\n2,temp,4O.1\n')
  await writeFile(join(own, 'broken-rows.csv'), 'timestamp,series,value\n1,temp,x\n2,temp,1\n3,temp,y\n')
  await writeFile(join(own, 'plain.csv'), 'timestamp,value\n1,1\n')
  await writeFile(join(own, 'empty.csv'), 'timestamp,series,value\n')
  await writeFile(join(own, 'bad.slung.yaml'), text)

  const { code, stdout, stderr } = await start([], own)

  expect(stderr).toContain(message)
  expect(stderr).not.toMatch(/\n +at /)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
})

test.each([
  [['--testNamePatern', 'x'], 'Did you mean --testNamePattern?'],
  [['nowhere'], 'there is no file or directory nowhere'],
  [['--bail', 'soon'], 'expected a number of tests'],
  [['--shard', '3'], 'expected a part and the number of parts, such as 1/3'],
  [['--shard', '3/2'], 'expected a part and the number of parts'],
  [['-t', '('], 'Invalid regular expression'],
  [['rows.csv'], 'cannot run "rows.csv" as a test'],
  [['flow.wasm'], 'use "slung-test replay"'],
  [['replay', 'flow.wasm'], "missing required argument 'fixtures'"],
  [['replay', 'flow.wasm', 'rows.csv', '--http', 'maybe'], 'expected ok or deny; see "slung-test replay --help"'],
  [['replay', 'flow.wasm', 'rows.csv', '--time-unit', 'msec'], '"msec"'],
  [['replay', 'rows.csv', 'rows.csv'], 'it is not a WebAssembly module'],
  [['replay', 'flow.wasm', 'nothing.csv'], 'there is no such file'],
])('%j exits 2 and says why', async (args, message) => {
  const { code, stdout, stderr } = await start(args, folder)

  expect(stderr).toContain(message)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
})

test('replay prints what the workflow did', async () => {
  const { code, stdout } = await start(['replay', 'flow.wasm', 'rows.csv'], folder)

  expect(code).toBe(0)
  expect(stdout).toContain('EVENT copy 4 {a=1,b=2}')
  expect(stdout).toContain('WS edge-a "2 copies"')
  expect(stdout).toMatch(/2 rows, 2 Events delivered, 4 writebacks: drained\n$/)
})

test('replay --json prints one object per line, keys in the documented order', async () => {
  const { code, stdout } = await start(['replay', 'flow.wasm', 'rows.csv', '--json'], folder)
  const [first, second] = [1_767_225_600_000_000, 1_767_225_601_000_000]

  expect(code).toBe(0)
  expect(stdout).toBe(
    [
      `{"kind":"event","at":${first},"timestamp":${first},"series":"copy","value":4,"tags":["a=1","b=2"]}`,
      `{"kind":"ws","at":${first},"producer":1,"text":"1 copies"}`,
      `{"kind":"event","at":${second},"timestamp":${second},"series":"copy","value":4,"tags":["a=1","b=2"]}`,
      `{"kind":"ws","at":${second},"producer":1,"text":"2 copies"}`,
      `{"kind":"end","at":${second},"outcome":"drained","code":null,"rows":2,"delivered":2}`,
      '',
    ].join('\n'),
  )
})

test('replay fills in columns that a CSV lacks', async () => {
  const file = join(folder, 'plain.csv')
  await writeFile(file, 'timestamp,value\n1,7\n2,8\n')
  const flags = ['--series', 'temp', '--tag', 'room=a', '--producer', 'edge-z', '--time-unit', 's', '--json']
  const { stdout } = await start(['replay', 'flow.wasm', file, ...flags], folder)

  expect(stdout).toContain('{"kind":"ws","at":2000000,"producer":1,"text":"2 copies"}')
})

test.each([
  ['refused-query', 1, '"outcome":"returned","code":1'],
  ['poll-one-of-two', 1, '"outcome":"undelivered","code":null'],
  ['feed-itself', 1, '"outcome":"runaway","code":null'],
  ['call-bad-pointers', 0, '"outcome":"drained","code":null'],
])('replay of %s exits %d', async (guest, code, end) => {
  const finished = await start(
    ['replay', fileURLToPath(guestUrl(guest)), join(specs, 'three-rows.csv'), '--json'],
    folder,
  )

  expect(finished).toMatchObject({ code, stderr: '' })
  expect(finished.stdout.trimEnd().split('\n').at(-1)).toContain(end)
})

test('--json says why a run ended in an unusual way', async () => {
  const { stdout } = await start(
    ['replay', fileURLToPath(guestUrl('poll-one-of-two')), join(specs, 'three-rows.csv'), '--json'],
    folder,
  )

  expect(stdout).toMatch(
    /"stream":"host","text":"the input ended while 3 Events of SUM:temp:\[\] had not been polled[^\n]*\n\{"kind":"end"/,
  )
})

test('a guest with pointers that lead nowhere gets its sentinels and reasons', async () => {
  const { stdout } = await start(
    ['replay', fileURLToPath(guestUrl('call-bad-pointers')), join(specs, 'three-rows.csv'), '--json'],
    folder,
  )

  expect(stdout).toContain('"stream":"stdout","text":"0 0 0"')
  expect(stdout.match(/"stream":"host"/g)).toHaveLength(3)
})

test('--env and env: give the workflow its variables, those of a test on top of those of the spec', async () => {
  await copyFile(guestUrl('end-at-third'), join(folder, 'third.wasm'))
  await writeFile(join(folder, 'third.csv'), 'timestamp,series,value\n1,temp,1\n2,temp,1\n3,temp,1\n4,temp,1\n')
  const lines = [
    'workflow: third.wasm',
    'input: third.csv',
    'env: { MODE: trap, A: "1", B: "" }',
    'tests:',
    '  - { name: as the spec says, exit: trapped }',
    '  - { name: as the test says, env: { MODE: return }, exit: 3 }',
    '  - { name: as both say, env: { C: x=y }, exit: trapped }',
  ]
  await writeFile(join(folder, 'third.slung.yaml'), lines.join('\n'))
  expect(await start(['third.slung.yaml'], folder)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('3 passed'),
  })

  const replay = (...env: string[]) => start(['replay', 'third.wasm', 'third.csv', '--json', ...env], folder)
  const ends = (outcome: string) => expect.stringContaining(`"outcome":"${outcome}"`)
  expect(await replay('--env', 'MODE=return', '--env', 'A=x=y', '--env', 'B=')).toMatchObject({
    stdout: ends('returned'),
  })
  expect(await replay('--env', 'MODE=trap')).toMatchObject({ stdout: ends('trapped') })
  expect(await replay('--env', 'MODE')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(
      "option '--env <key=value>' argument 'MODE' is invalid: found no =, expected KEY=VALUE",
    ),
  })
  expect(
    await start(['differ', 'third.wasm', 'third.wasm', 'third.csv', '--env', 'MODE=return'], folder),
  ).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('returned 3'),
  })
  expect(await start(['replay', 'flow.wasm', 'rows.csv', '--env', 'A=1', '--env', 'B=2'], folder)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('it has 2 environment variables (A and B), but its module imports no environ_get'),
  })
})

test('build: builds a missing workflow, rebuilds it when its sources change, and not otherwise', async () => {
  const own = join(folder, 'building')
  await mkdir(join(own, 'assembly'), { recursive: true })
  await copyFile(join(folder, 'rows.csv'), join(own, 'rows.csv'))
  const source = join(own, 'assembly', 'index.ts')
  await writeFile(source, 'first')
  // Beside the folder of the spec: inside, it would count as a source.
  const made = join(folder, 'built.txt')
  // Stands in for a compiler: copies a module and notes that it ran.
  const command = `cp ../flow.wasm assembly/index.wasm && touch assembly/index.wasm.map && echo built >> '${made}'`
  const text = `workflow: assembly/index.wasm\nbuild: ${JSON.stringify(command)}\ninput: rows.csv\n${oneTest}`
  await writeFile(join(own, 'flow.slung.yaml'), text)
  await symlink('nowhere', join(own, 'dangling'))
  const timesBuilt = async (): Promise<number> => (await readFile(made, 'utf8')).trim().split('\n').length

  expect(await start([], own)).toMatchObject({ code: 0 })
  expect(await timesBuilt()).toBe(1)
  expect(await start([], own)).toMatchObject({ code: 0 })
  expect(await timesBuilt()).toBe(1)
  const later = new Date(Date.now() + 60_000)
  await utimes(source, later, later)
  expect(await start([], own)).toMatchObject({ code: 0 })
  expect(await timesBuilt()).toBe(2)
})

test('a build without which nothing can run exits 2 with what the compiler said', async () => {
  const own = join(folder, 'failing-build')
  await mkdir(own)
  await copyFile(join(folder, 'rows.csv'), join(own, 'rows.csv'))
  const text = `workflow: build/flow.wasm\nbuild: echo 'ERROR TS1005 here' && exit 7\ninput: rows.csv\n${oneTest}`
  await writeFile(join(own, 'flow.slung.yaml'), text)

  const { code, stderr } = await start([], own)
  expect(code).toBe(2)
  expect(stderr).toMatch(/exit code 7\nERROR TS1005 here/)
})

test('a build that fails fails the tests of its workflow alone, with what the compiler said', async () => {
  const own = join(folder, 'one-failing-build')
  await mkdir(own)
  await copyFile(join(folder, 'rows.csv'), join(own, 'rows.csv'))
  await copyFile(join(folder, 'flow.wasm'), join(own, 'here.wasm'))
  const build = `build:\n  there.wasm: echo 'ERROR TS1005 here' && exit 7\n`
  await writeFile(
    join(own, 'both.slung.yaml'),
    `workflow: [here.wasm, there.wasm]\n${build}input: rows.csv\n${oneTest}`,
  )
  await writeFile(join(own, 'other.slung.yaml'), `workflow: here.wasm\ninput: rows.csv\n${oneTest}`)

  const { code, stdout, stderr } = await start([], own)
  expect(code).toBe(1)
  expect(stdout).toMatch(/1 failed \| 2 passed/)
  expect(stderr).toMatch(
    /drains \[there\][^]*cannot build the workflow of both\.slung\.yaml: .*exit code 7\nERROR TS1005 here/,
  )
  // One who watches wants a workflow that builds.
  expect(await start(['--watch'], own)).toMatchObject({ code: 2, stderr: expect.stringContaining('ERROR TS1005 here') })
})

test.each([
  [
    'writes elsewhere',
    'cp ../flow.wasm build/other.wasm',
    'does not write the old build/flow.wasm; it wrote build/other.wasm',
  ],
  ['writes nothing', 'echo done', 'does not write the old build/flow.wasm'],
])('a build that %s fails: the workflow that is there is older than its sources', async (what, command, message) => {
  const own = join(folder, what)
  await mkdir(join(own, 'build'), { recursive: true })
  await copyFile(join(folder, 'rows.csv'), join(own, 'rows.csv'))
  await copyFile(join(folder, 'flow.wasm'), join(own, 'build/flow.wasm'))
  const past = new Date(2020, 0, 1)
  await utimes(join(own, 'build/flow.wasm'), past, past)
  await writeFile(join(own, 'index.ts'), 'newer')
  const text = `workflow: build/flow.wasm\nbuild: ${command}\ninput: rows.csv\n${oneTest}`
  await writeFile(join(own, 'flow.slung.yaml'), text)

  const { code, stderr } = await start([], own)
  expect(stderr).toContain(`flow.slung.yaml: "${command}" succeeded but ${message}`)
  expect(code).toBe(2)
  expect(await readFile(join(own, 'build/flow.wasm'))).toEqual(await readFile(join(folder, 'flow.wasm')))
  expect(await readdir(join(own, 'build'))).not.toContain('flow.wasm.previous')
})

test('a build that knows that nothing has to be compiled passes, and is not asked again', async () => {
  const own = join(folder, 'incremental')
  await mkdir(join(own, 'build'), { recursive: true })
  await copyFile(join(folder, 'rows.csv'), join(own, 'rows.csv'))
  await copyFile(join(folder, 'flow.wasm'), join(own, 'build/flow.wasm'))
  const past = new Date(2020, 0, 1)
  await utimes(join(own, 'build/flow.wasm'), past, past)
  await writeFile(join(own, 'index.ts'), 'newer, but not a source of this workflow')
  const command = 'test -f build/flow.wasm || cp -p ../flow.wasm build/flow.wasm'
  const text = `workflow: build/flow.wasm\nbuild: ${command}\ninput: rows.csv\n${oneTest}`
  await writeFile(join(own, 'flow.slung.yaml'), text)

  expect(await start([], own)).toMatchObject({ code: 0, stderr: expect.stringContaining('building') })
  expect(await start([], own)).toMatchObject({ code: 0, stderr: expect.not.stringContaining('building') })
})

test('a source that changes while it is compiled is compiled again', async () => {
  const own = join(folder, 'edited-meanwhile')
  await mkdir(own)
  await copyFile(join(folder, 'rows.csv'), join(own, 'rows.csv'))
  await writeFile(join(own, 'index.ts'), 'old text')
  // Somebody saves the file before the compiler is done.
  const command = `cat index.ts >> ../texts.txt && echo 'new text' > index.ts && cp ../flow.wasm flow.wasm`
  const text = `workflow: flow.wasm\nbuild: ${JSON.stringify(command)}\ninput: rows.csv\n${oneTest}`
  await writeFile(join(own, 'flow.slung.yaml'), text)

  expect(await start([], own)).toMatchObject({ code: 0 })
  expect(await readFile(join(folder, 'texts.txt'), 'utf8')).toBe('old textnew text\n')
})

test('a build that cannot run on this machine skips the tests of its workflow, with its reason', async () => {
  const own = join(folder, 'skipping-build')
  await mkdir(own)
  await copyFile(join(folder, 'rows.csv'), join(own, 'rows.csv'))
  await copyFile(join(folder, 'flow.wasm'), join(own, 'here.wasm'))
  const build = `build:\n  there.wasm: echo 'install the compiler' && exit 77\n`
  await writeFile(
    join(own, 'flow.slung.yaml'),
    `workflow: [here.wasm, there.wasm]\n${build}input: rows.csv\n${oneTest}`,
  )

  const { code, stdout, stderr } = await start(['--reporter', 'verbose'], own)
  expect(code).toBe(0)
  expect(stderr).toContain('slung-test: tests are skipped: install the compiler')
  expect(stdout).toMatch(/1 passed \| 1 skipped/)
  expect(stdout).toMatch(/drains \[there\].*\[install the compiler\]/)
  expect(await start(['-t', 'there'], own)).toMatchObject({ code: 0 })
})
