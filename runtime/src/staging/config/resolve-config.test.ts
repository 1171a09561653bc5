import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SlungError } from '../../engine/model/slung-error.ts'
import type { Environment, RunFlags } from './config-sources.ts'
import { runtimeDefaults, workflowDefaults } from './defaults.ts'
import { parseConfigFile } from './read-config-file.ts'
import { resolveConfig, type ResolvedConfig } from './resolve-config.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slung-resolve-'))
})
afterAll(() => rm(directory, { recursive: true }))

const noFlags: RunFlags = { workflows: [], allowHttp: [], allowAddress: [], allowOrigin: [], env: [] }

function resolve(
  flags: Partial<RunFlags> = {},
  toml: string | null = null,
  environment: Environment = {},
): ResolvedConfig {
  const file = toml === null ? null : parseConfigFile(toml, '/etc/slung.toml')
  return resolveConfig({ ...noFlags, ...flags }, file, environment, { allow: checkPattern, headers: checkPattern })
}

function checkPattern(pattern: string): void {
  if (pattern.includes(' ')) throw new SlungError('bad-allow-pattern', 'patterns have no spaces')
}

test('no settings mean the defaults, and no warnings', () => {
  expect(resolve()).toEqual({ config: runtimeDefaults, warnings: [] })
  expect(resolve({}, '')).toEqual({ config: runtimeDefaults, warnings: [] })
})

test('flags precede the file, and the file the defaults', () => {
  const toml =
    'host = "::1"\nport = 1\ndata = "/var/slung"\nlog = { level = "warn", format = "json" }\nhttp.timeout = "1s"'

  expect(resolve({}, toml).config).toEqual({
    ...runtimeDefaults,
    host: '::1',
    port: 1,
    data: '/var/slung',
    log: { level: 'warn', format: 'json' },
    http: { ...runtimeDefaults.http, timeoutMillis: 1000 },
  })
  expect(resolve({ port: '0', data: 'here', logLevel: 'debug' }, toml).config).toMatchObject({
    host: '::1',
    port: 0,
    data: 'here',
    log: { level: 'debug', format: 'json' },
  })
})

test('lists on the command line add to those of the file', () => {
  const toml = 'origins = ["https://a.example"]\nhttp.allow = ["a.example"]\n[[workflow]]\nfile = "a.wasm"'
  const { config } = resolve(
    { workflows: ['b.wasm'], allowHttp: ['b.example'], allowOrigin: ['https://b.example'] },
    toml,
  )

  expect(config.origins).toEqual(['https://a.example', 'https://b.example'])
  expect(config.http.allow).toEqual(['a.example', 'b.example'])
  expect(config.workflows.map(({ name }) => name)).toEqual(['a', 'b'])
})

test('workflows on the command line share its variables, and those of the file keep their own', () => {
  const toml = '[[workflow]]\nfile = "/w/a.wasm"\nenv = { A = "1" }\nenv_from = ["API_KEY"]\ntick = "5s"'
  const { config } = resolve({ workflows: ['build/b.wasm', 'c'], env: ['B=2', 'C==x='] }, toml, {
    API_KEY: 'secret',
    OTHER: 'x',
  })

  expect(config.workflows).toEqual([
    { ...workflowDefaults, name: 'a', file: '/w/a.wasm', environment: { A: '1', API_KEY: 'secret' }, tickMillis: 5000 },
    { ...workflowDefaults, name: 'b', file: 'build/b.wasm', environment: { B: '2', C: '=x=' } },
    { ...workflowDefaults, name: 'c', file: 'c', environment: { B: '2', C: '=x=' } },
  ])
})

test('two workflows with one name are an error that says what to do', () => {
  expect(() => resolve({ workflows: ['a/x.wasm', 'b/x.wasm'] })).toThrow(
    'workflow "b/x.wasm": "a/x.wasm" is also called "x"; put one of them into [[workflow]] of a configuration file and set "name" there',
  )
  expect(() => resolve({ workflows: ['x.wasm'] }, '[[workflow]]\nfile = "/w/y.wasm"\nname = "x"')).toThrow(
    'workflow "x.wasm": "/w/y.wasm" is also called "x"',
  )
})

test('the token is taken from flags, then SLUNG_TOKEN, then the file', async () => {
  const tokenFile = join(directory, 'token')
  const other = join(directory, 'other-token')
  await writeFile(tokenFile, 'from-flag-file\n')
  await writeFile(other, 'from-file-file')
  const environment = { SLUNG_TOKEN: 'from-environment' }
  const toml = 'token = "from-file"'

  expect(resolve({ token: 'from-flag' }, toml, environment).config.token).toBe('from-flag')
  expect(resolve({ tokenFile }, toml, environment).config.token).toBe('from-flag-file')
  expect(resolve({}, toml, environment).config.token).toBe('from-environment')
  expect(resolve({}, toml).config.token).toBe('from-file')
  expect(resolve({}, `token_file = ${JSON.stringify(other)}`).config.token).toBe('from-file-file')
})

test('a token file is not even opened when another token precedes it', () => {
  expect(resolve({}, 'token_file = "/nowhere"', { SLUNG_TOKEN: 'a' }).config.token).toBe('a')
})

test('a token that would protect nothing is an error', () => {
  expect(() => resolve({}, null, { SLUNG_TOKEN: '' })).toThrow('SLUNG_TOKEN: the token is empty')
  expect(() => resolve({ token: '' })).toThrow('--token: the token is empty')
  expect(() => resolve({ token: 'a', tokenFile: 'b' })).toThrow('--token: both --token and --token-file are given')
  expect(() => resolve({}, 'port = 1\ntoken_file = "/nowhere"')).toThrow(
    '/etc/slung.toml:2:1: cannot read the token file "/nowhere": there is no such file',
  )
})

test('a token on the command line works, with a warning', () => {
  const { config, warnings } = resolve({ token: 'hunter2' })

  expect(config.token).toBe('hunter2')
  expect(warnings).toEqual([
    'the token given with --token is visible to other users of this machine in the process list; ' +
      'use --token-file or the environment variable SLUNG_TOKEN',
  ])
})

test('listening to the network without a token works, with a warning', () => {
  expect(resolve({ host: '0.0.0.0' }).warnings).toEqual([
    'the runtime listens on 0.0.0.0 without a token: anyone who reaches port 2077 can read all samples and send more; ' +
      'set one with --token-file or SLUNG_TOKEN',
  ])
  expect(resolve({ host: '0.0.0.0' }, null, { SLUNG_TOKEN: 'a' }).warnings).toEqual([])
  expect(resolve({ allowHttp: ['*'] }).warnings).toEqual([expect.stringContaining('HTTP anywhere')])
})

test('all problems are reported together, each with its flag or its place in the file', () => {
  const flags: Partial<RunFlags> = {
    workflows: ['a.wasm', 'b/a.wasm'],
    host: 'http://x',
    port: '99999',
    data: '',
    allowHttp: ['c d'],
    allowOrigin: ['example.com'],
    env: ['A=1', 'hunter2', '=hunter2'],
    logLevel: 'loud',
    logFormat: 'xml',
  }
  const toml = 'http.allow = ["ok", "a b"]\n[[workflow]]\nfile = "w.wasm"\nenv_from = ["SET", "MISSING"]'

  expect(() => resolve(flags, toml, { SET: '1' })).toThrow(
    expect.objectContaining({
      code: 'bad-config',
      message: [
        '--host: the host is "http://x", expected an address or a name alone, such as 127.0.0.1, ::1 or localhost',
        '--port: "99999" is not a port, expected a whole number from 0 to 65535',
        '--data: the path is empty, expected a directory',
        '--allow-origin: the origin is "example.com", expected a scheme and a host, such as https://ops.example.com',
        '/etc/slung.toml:4:20: the environment variable "MISSING" is not set; set it, or remove it from "env_from"',
        '--env (number 2): found no =, expected KEY=VALUE',
        '--env (number 3): found no name before =, expected KEY=VALUE',
        'workflow "b/a.wasm": "a.wasm" is also called "a"; put one of them into [[workflow]] of a configuration file and set "name" there',
        '/etc/slung.toml:1:21: patterns have no spaces',
        '--allow-http: patterns have no spaces',
        '--log-level: found "loud", expected "debug", "info", "warn" or "error"',
        '--log-format: found "xml", expected "json" or "text"',
      ].join('\n'),
    }),
  )
})

test('headers come from the file itself, from variables and from files', async () => {
  const secret = join(directory, 'key')
  await writeFile(secret, 'from a file\r\n')
  const toml = `[[http.with]]
url = "a.example"
headers = { A = "itself", B = { from = "KEY", prefix = "Bearer " }, C = { file = "${secret}" } }`

  expect(resolve({}, toml, { KEY: 'k3y' }).config.http.with).toEqual([
    { url: 'a.example', headers: { A: 'itself', B: 'Bearer k3y', C: 'from a file' } },
  ])
})

test('headers that cannot be had are reported together, without their values', async () => {
  const broken = join(directory, 'two-lines')
  await writeFile(broken, 'hunter2\nhunter3')
  const toml = `[[http.with]]
url = "a b"
[http.with.headers]
A = { from = "MISSING" }
B = { from = "ODD" }
C = { file = "${broken}" }
D = { file = "no" }
E = ""`

  const odd =
    'begins or ends with white space, or has a character that no header can have; expected one line of Latin letters'
  expect(() => resolve({ allowAddress: ['10.0.0.0/8', 'db'] }, toml, { ODD: 'hunter2\n' })).toThrow(
    expect.objectContaining({
      code: 'bad-config',
      message: [
        '--allow-address: cannot allow HTTP to the address "db": expected an IP address or a range of them, such as 10.1.2.3, 10.0.0.0/8 or fd00::/8; names belong to --allow-http',
        '/etc/slung.toml:2:1: patterns have no spaces',
        '/etc/slung.toml:4:1: the environment variable "MISSING" is not set; set it, or remove the header',
        `/etc/slung.toml:5:1: the value of the header "B" ${odd}`,
        `/etc/slung.toml:6:1: the value of the header "C" ${odd}`,
        '/etc/slung.toml:7:1: cannot read the header from "/etc/no": there is no such file',
        '/etc/slung.toml:8:1: the value of the header "E" is empty; expected one line of Latin letters',
      ].join('\n'),
    }),
  )
})

test.each(['toString', '__proto__', 'constructor'])('%s is not a variable that every environment has', (name) => {
  const header = `[[http.with]]\nurl = "a.example"\nheaders = { A = { from = "${name}" } }`
  expect(() => resolve({}, header)).toThrow(`the environment variable "${name}" is not set`)
  const workflow = `[[workflow]]\nfile = "a.wasm"\nenv_from = ["${name}"]`
  expect(() => resolve({}, workflow)).toThrow(`the environment variable "${name}" is not set`)
})

test('a header in place of its variable is not shown, and an empty variable is named', () => {
  const from = (name: string) =>
    `[[http.with]]\nurl = "a.example"\nheaders = { A = { from = "${name}", prefix = "Bearer " } }`
  expect(() => resolve({}, from('hunter 2'))).toThrow('the environment variable of "from" is not set')
  expect(() => resolve({}, from('EMPTY'), { EMPTY: '' })).toThrow('the environment variable "EMPTY" is empty')
})

test('variables without a workflow are an error', () => {
  expect(() => resolve({ env: ['A=1'] }, '[[workflow]]\nfile = "a.wasm"')).toThrow(
    '--env: it is for the workflows on the command line, and there are none; use "env" in [[workflow]]',
  )
})

test.each(['', '-1', '65536', '1e3', ' 80', '0x50', 'http'])('"%s" is not a port', (port) => {
  expect(() => resolve({ port })).toThrow('is not a port, expected a whole number from 0 to 65535')
})
