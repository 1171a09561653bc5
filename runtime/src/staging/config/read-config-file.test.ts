import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConfigError } from './config-error.ts'
import { parseConfigFile, readConfigFile } from './read-config-file.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slung-config-'))
})
afterAll(() => rm(directory, { recursive: true }))

/** The lines of the error message, without the name of the file. */
function problemsOf(toml: string): string[] {
  try {
    parseConfigFile(toml, 'slung.toml')
    return []
  } catch (error) {
    return (error as ConfigError).message.split('\n').map((line) => line.replace('slung.toml:', ''))
  }
}

test('a file is read into settings in the units of the code', async () => {
  const file = join(directory, 'slung.toml')
  await writeFile(
    file,
    `host = "::1"
port = 0
data = "data"
token_file = "/run/secrets/token"
origins = ["https://ops.example.com/"]
log = { level = "debug" }
http = { allow = ["*.example.com"], timeout = "250ms", response_bytes = 512, redirects = 0, allow_addresses = ["10.0.0.0/8"] }
retention = { age = "90d", size = "10GiB" }
limits = { frame_bytes = "64KiB", future = "0s", series = 10 }

[[workflow]]
file = "build/alert.wasm"
env = { A = "1" }
env_from = ["API_KEY"]
memory = "100KiB"
watchdog = "1s"
tick = "1min"

[[workflow]]
file = "/opt/Alert2.WASM"

[[workflow]]
file = "other/alert.wasm"
name = "other alert"
`,
  )

  expect(await readConfigFile(file)).toEqual({
    file,
    locate: expect.any(Function),
    host: '::1',
    port: 0,
    data: join(directory, 'data'),
    tokenFile: '/run/secrets/token',
    origins: ['https://ops.example.com'],
    log: { level: 'debug' },
    http: {
      allow: ['*.example.com'],
      timeoutMillis: 250,
      responseBytesMax: 512,
      redirectsMax: 0,
      allowAddresses: ['10.0.0.0/8'],
    },
    retention: { ageMicros: 7_776_000_000_000, bytesMax: 10_737_418_240 },
    limits: { frameBytesMax: 65_536, futureMicros: 0, seriesMax: 10 },
    workflows: [
      {
        name: 'alert',
        file: join(directory, 'build/alert.wasm'),
        environment: { A: '1' },
        environmentFrom: ['API_KEY'],
        memoryPagesMax: 1,
        watchdogMillis: 1000,
        tickMillis: 60_000,
      },
      { name: 'Alert2', file: '/opt/Alert2.WASM', environmentFrom: [] },
      { name: 'other alert', file: join(directory, 'other/alert.wasm'), environmentFrom: [] },
    ],
  })
})

test('a file may be empty, and may begin with a byte order mark', async () => {
  const empty = join(directory, 'empty.toml')
  await writeFile(empty, '')
  expect(await readConfigFile(empty)).toEqual({ file: empty, locate: expect.any(Function) })

  const marked = join(directory, 'marked.toml')
  await writeFile(marked, '\ufeffprot = 1')
  await expect(readConfigFile(marked)).rejects.toThrow(`${marked}:1:1: unknown key "prot"; did you mean "port"?`)
})

test('the error about an unreadable file names it', async () => {
  const missing = join(directory, 'missing.toml')
  await expect(readConfigFile(missing)).rejects.toThrow(
    `cannot read the configuration "${missing}": there is no such file`,
  )
  await expect(readConfigFile(directory)).rejects.toThrow(
    `cannot read the configuration "${directory}": it is a directory`,
  )

  const wide = join(directory, 'utf-16.toml')
  await writeFile(wide, '\ufeffport = 1', 'utf16le')
  await expect(readConfigFile(wide)).rejects.toThrow(`cannot read the configuration "${wide}": it is not UTF-8 text`)
})

test('every problem is reported, in the order of the file', () => {
  const toml = `[http]
  timeot = "10s"
redirects = 2.5
allow = ["a.example", 3, ""]

[limits]
connections = "many"
frame_bytes = "64K"
`

  expect(problemsOf(toml)).toEqual([
    '2:3: unknown key "timeot" in [http]; did you mean "timeout"?',
    '3:1: "redirects" in [http] is 2.5, expected a whole number from 0 to 20',
    '4:23: item 2 of "allow" in [http] is 3, expected a pattern such as "hooks.example.com"',
    '4:26: item 3 of "allow" in [http] is empty, expected a pattern such as "hooks.example.com"',
    '7:1: "connections" in [limits] is the string "many", expected a whole number from 1 to 1000000',
    '8:1: "frame_bytes" in [limits] is the string "64K", expected a size from "1KiB" to "1GiB"',
  ])
})

test.each([
  ['port = 65536', '1:1: "port" is 65536, expected a whole number from 0 to 65535'],
  ['port = 1e400', '1:1: "port" is too large for a double, or inf, expected a whole number from 0 to 65535'],
  ['port = "2077"', '1:1: "port" is the string "2077", expected a whole number from 0 to 65535'],
  ['port = nan', '1:1: "port" is NaN, expected a whole number from 0 to 65535'],
  ['data = ""', '1:1: "data" is empty, expected the path of a directory'],
  ['data = 2026-01-01', '1:1: "data" is a date, expected the path of a directory'],
  [
    'origins = "https://a.example"',
    '1:1: "origins" is the string "https://a.example", expected a list in square brackets',
  ],
  ['http = true', '1:1: "http" is true, expected the table [http]'],
  [
    'log = { level = "warm" }',
    '1:9: "level" in [log] is the string "warm", expected "debug", "info", "warn" or "error"; did you mean "warn"?',
  ],
  ['http.timeout = 10', '1:6: "timeout" in [http] is 10, expected a duration from "1ms" to "24d"'],
  ['http.timeout = "25d"', '1:6: "timeout" in [http] is the string "25d", expected a duration from "1ms" to "24d"'],
  ['retention.size = 10', '1:11: "size" in [retention] is 10, expected a size from "1MiB" to "1000TiB"'],
  [
    'host = "localhost:2077"',
    '1:1: the host is "localhost:2077", expected an address or a name alone, such as 127.0.0.1, ::1 or localhost',
  ],
  [
    'humidity = 1',
    '1:1: unknown key "humidity"; known keys: host, port, data, token, token_file, origins, log, http, retention, limits, workflow',
  ],
  [
    '"a\\u001bb" = 1',
    '1:1: unknown key "a\ufffdb"; known keys: host, port, data, token, token_file, origins, log, http, retention, limits, workflow',
  ],
])('%s', (toml, problem) => {
  expect(problemsOf(toml)).toEqual([problem])
})

test('the error about a key in the wrong table says where it belongs', () => {
  expect(problemsOf('timeout = "1s"\n[log]\nport = 1\n[limits]\ntick = "1s"')).toEqual([
    '1:1: unknown key "timeout": it belongs in [http]',
    '3:1: unknown key "port" in [log]: it belongs at the top of the file, above the first table',
    '5:1: unknown key "tick" in [limits]: it belongs in [[workflow]]',
  ])
})

test('workflows need a file, and names that tell them apart', () => {
  expect(problemsOf('[[workflow]]\nfile = "a/x.wasm"\n[[workflow]]\nfile = "b/x.wasm"')).toEqual([
    '3:3: a second workflow is called "x"; set "name" to tell them apart',
  ])
  expect(problemsOf('[[workflow]]\nname = "x"')).toEqual([
    '1:3: the workflow has no "file", expected the path of a .wasm file',
  ])
  expect(problemsOf('[[workflow]]\nfile = "x.wasm"\nname = "a\\nb"')).toEqual([
    '3:1: the workflow\'s name is "a b", expected a name of at most 200 characters, without control characters',
  ])
  expect(problemsOf('[workflow]\nfile = "x.wasm"')).toEqual([
    '1:2: "workflow" is a table: write [[workflow]], with two brackets on each side',
  ])
  expect(problemsOf('workflow = ["x.wasm"]')).toEqual([
    '1:13: item 1 of "workflow" is the string "x.wasm", expected a table',
  ])
})

test('a misspelt key is reported once, and not again as a missing one', () => {
  expect(problemsOf('[[workflow]]\nflie = "x.wasm"')).toEqual([
    '2:1: unknown key "flie" in [[workflow]]; did you mean "file"?',
  ])
})

test('variables are texts and come from one place', () => {
  const toml =
    '[[workflow]]\nfile = "x.wasm"\nenv = { A = "1", B = 2, "C=D" = "3", E = "\\u0000" }\nenv_from = ["A", "", "F=hunter2"]'

  expect(problemsOf(toml)).toEqual([
    '3:9: "env_from" also has the variable "A"; keep one of them',
    '3:18: "B" in [workflow.env] is a number, expected a string in quotes',
    '3:25: the variable\'s name "C" is followed by = or contains a NUL, expected a name alone, such as API_KEY',
    '3:38: the value of the variable contains a NUL, which an environment cannot hold',
    "4:18: the variable's name is empty, expected a name alone, such as API_KEY",
    '4:22: the variable\'s name "F" is followed by = or contains a NUL, expected a name alone, such as API_KEY',
  ])
})

test('a token is given once', () => {
  expect(problemsOf('token = "a"\ntoken_file = "b"')).toEqual([
    '2:1: both "token" and "token_file" are set; keep one of them',
  ])
  expect(problemsOf('token = ""')).toEqual(['1:1: the token is empty; leave it out to run without one'])
})

test('a syntax error shows its place and the lines around it', () => {
  expect(problemsOf('[http]\ntimeout = 10s\nredirects = 5\n')).toEqual([
    expect.stringMatching(/^2:\d+: \S/),
    '  1 | [http]',
    '  2 | timeout = 10s',
    expect.stringMatching(/^ {16,}\^$/),
    '  3 | redirects = 5',
  ])
  expect(problemsOf('port = 1\nport = 2')[0]).toBe('2:1: trying to redefine an already defined table or value')
})

test('headers are texts, variables or files', () => {
  const toml = `[[http.with]]
url = "https://api.example.com/v1/"
headers = { Authorization = { from = "KEY", prefix = "Bearer " }, X-Team = "plant" }
[[http.with]]
url = "*.example.org"
[http.with.headers]
x-key = { file = "secrets/key" }
`
  expect(parseConfigFile(toml, '/etc/slung/slung.toml').http).toEqual({
    with: [
      {
        url: 'https://api.example.com/v1/',
        headers: { Authorization: { from: 'KEY', prefix: 'Bearer ' }, 'X-Team': 'plant' },
      },
      { url: '*.example.org', headers: { 'x-key': { file: '/etc/slung/secrets/key' } } },
    ],
  })
})

test('headers that cannot be used are reported together', () => {
  expect(
    problemsOf(`[[http.with]]
headers = { a = "1" }
[[http.with]]
url = "a.example"
[[http.with]]
url = "a.example"
headers = { Host = "x", "a b" = "x", c = 3, d = { from = "A", file = "b" }, e = {}, f = { form = "A" } }
[[http.with]]
url = 3
headers = "Authorization: x"
[[http.with]]
url = "a.example"
headers = { Authorization = "x", AUTHORIZATION = "y" }
[http.wiht]
`),
  ).toEqual([
    '1:8: [[http.with]] has no "url", expected both "url" and "headers"',
    '3:8: [[http.with]] has no "headers", expected both "url" and "headers"',
    '7:13: the header "Host" is up to the runtime; leave it out',
    '7:25: the name of a header is a word such as Authorization, without spaces or a colon',
    '7:38: "c" in [http.with.headers] is a number, expected a string in quotes, { from = "VARIABLE" } or { file = "PATH" }',
    '7:45: "d" in [http.with.headers] has both "from" and "file", expected one of them',
    '7:77: "e" in [http.with.headers] has neither "from" nor "file", expected one of them',
    '7:85: "f" in [http.with.headers] has neither "from" nor "file", expected one of them',
    '7:91: unknown key "form" in [http.with.headers.f]; did you mean "from"?',
    '9:1: "url" in [[http.with]] is 3, expected a pattern such as "https://hooks.example.com"',
    '10:1: "headers" in [[http.with]] is a string, expected a table such as { Authorization = { from = "API_KEY", prefix = "Bearer " } }',
    '13:34: a second header is called "AUTHORIZATION", in other letters; keep one of them',
    '14:7: unknown key "wiht" in [http]; did you mean "with"?',
  ])
})

test('a syntax error hides values that may be secrets', () => {
  expect(problemsOf('port = 2077\ntoken = hunter2 # old: hunter1\nhost = "::1"')).toEqual([
    '2:9: invalid value',
    '  1 | port = 2077',
    '  2 | token = …',
    '              ^',
    '  3 | host = "::1"',
  ])
})

test.each([
  ['an unquoted token', 'token = hunter2'],
  ['a token without its end', 'token = "hunter2'],
  ['a token beside the error', 'token = "hunter2"\nport ='],
  ['a token without an equals sign', 'token "hunter2"'],
  ['a token over several lines', 'token = """\nhunter2\n'],
  ['a commented token', '# hunter2\nport ='],
  ['a variable in a table of its own', '[[workflow]]\n[workflow.env]\nname = hunter2'],
  ['a variable in an inline table', '[[workflow]]\nenv = { name = hunter2 }'],
  ['a variable in a dotted key', '[[workflow]]\nenv.KEY = hunter2'],
  ['a workflow on one line', 'workflow = [{ file = "a", env = { A = hunter2 } }]'],
  ['a token of the wrong type', 'token = ["hunter2"]'],
  ['a token that cannot be sent', 'token = "hunter2 "'],
  ['a variable of the wrong type', '[[workflow]]\nfile = "a"\nenv = { KEY = ["hunter2"] }'],
  ['variables of the wrong type', '[[workflow]]\nfile = "a"\nenv = "KEY=hunter2"'],
  ['a header of the wrong type', '[[http.with]]\nurl = "a"\nheaders = { Authorization = ["hunter2"] }'],
  ['a header in its own name', '[[http.with]]\nurl = "a"\nheaders = { "Authorization: hunter2" = "x" }'],
  ['headers of the wrong type', '[[http.with]]\nurl = "a"\nheaders = "hunter2"'],
  ['a header without quotes', '[[http.with]]\nheaders = { Authorization = hunter2 }'],
  ['a header in a table of its own', '[[http.with]]\n[http.with.headers]\nAuthorization = hunter2'],
  ['an assignment as a name', '[[workflow]]\nfile = "a"\nenv_from = ["KEY=hunter2"]'],
])('no message contains a secret: %s', (_, toml) => {
  const problems = problemsOf(toml)

  expect(problems.length).toBeGreaterThan(0)
  expect(problems.join('\n')).not.toContain('hunter')
})

test('law: any file is read, or its problems are reported with their places', () => {
  const key = fc.constantFrom(
    'host',
    'port',
    'token',
    'http',
    'allow',
    'workflow',
    'env',
    'env_from',
    'file',
    '"__proto__"',
  )
  const scalar = fc.constantFrom('1', '-0.5', 'true', '"x"', '""', '2026-01-01', 'nan', "'''\n'''")
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(tie('value'), { maxLength: 2 }).map((items) => `[${items.join(', ')}]`),
      fc
        .uniqueArray(fc.tuple(key, tie('value')), { maxLength: 3, selector: ([name]) => name })
        .map((pairs) => `{ ${pairs.map(([name, text]) => `${name} = ${text}`).join(', ')} }`),
    ),
  }))
  const toml = fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name })

  fc.assert(
    fc.property(toml, (pairs) => {
      const text = pairs.map(([name, written]) => `${name} = ${written}\n`).join('')
      for (const problem of problemsOf(text)) expect(problem).toMatch(/^\d+:\d+: \S.*\S$/)
    }),
  )
})
