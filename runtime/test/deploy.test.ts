/** The files of `deploy/`: they fit the runtime, as far as that can be tried without a cluster. */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { createRunCommand } from '../src/cli/run-command.ts'
import { runtimeDefaults } from '../src/staging/config/defaults.ts'
import { openPaths } from '../src/staging/server/routes.ts'
import { compileGuest } from './compile-guest.ts'
import { hasPromtool } from './promtool.ts'
import { startTestRuntime, testWorkflow } from './runtime-fixture.ts'

const run = promisify(execFile)
const deploy = join(import.meta.dirname, '../deploy')
const read = (name: string): Promise<string> => readFile(join(deploy, name), 'utf8')

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-deploy-'))
})
afterEach(() => rm(folder, { recursive: true }))

const flags = new Set(createRunCommand({ out: () => {}, error: () => {} }, () => {}).options.map(({ long }) => long))

/** Those of a command line that `slung run` does not know. */
function unknownFlags(words: readonly string[]): string[] {
  return words.filter((word) => word.startsWith('--') && !flags.has(word))
}

/** The words of `ExecStart` after `slung.js`. */
async function startWords(): Promise<string[]> {
  const [, line] = /^ExecStart=\/usr\/bin\/node \S+\/slung\.js (.*)$/m.exec(await read('slung.service'))!
  return line!.split(' ')
}

test('the command of the unit starts a runtime with its token and its directory, and SIGTERM stops it', async () => {
  await writeFile(join(folder, 'token'), 's3cret\n')
  await writeFile(join(folder, 'slung.toml'), 'port = 0\n')
  const words = (await startWords()).map((word) =>
    word
      .replace('${STATE_DIRECTORY}', join(folder, 'data'))
      .replace('${CREDENTIALS_DIRECTORY}', folder)
      .replace('/etc/slung', folder),
  )
  const child = spawn(process.execPath, [join(import.meta.dirname, 'slung.ts'), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const [first] = (await once(child.stdout, 'data')) as [Buffer]
  const { msg } = JSON.parse(first.toString()) as { msg: string }
  const [, url] = /^listening on (\S+); samples are kept in .*data; no workflows$/.exec(msg)!
  expect((await fetch(`${url}/ready`)).status).toBe(200)
  expect((await fetch(`${url}/metrics`)).status).toBe(401)
  expect((await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer s3cret' } })).status).toBe(200)
  child.kill('SIGTERM')
  expect(await closed).toEqual([0, null])
})

test.skipIf(spawnSync('systemd-analyze', ['--version']).status !== 0)(
  'systemd has nothing to say about the unit',
  async () => {
    const unit = join(folder, 'slung.service')
    await writeFile(unit, (await read('slung.service')).replace('/usr/bin/node', process.execPath))
    expect(await run('systemd-analyze', ['verify', '--man=no', unit])).toEqual({ stdout: '', stderr: '' })
  },
)

interface Resource {
  readonly kind: string
  readonly spec: {
    readonly ports?: readonly { readonly port: number }[]
    readonly template?: {
      readonly spec: { readonly terminationGracePeriodSeconds: number; readonly containers: readonly Container[] }
    }
  }
}

interface Container {
  readonly args: readonly string[]
  readonly ports: readonly { readonly containerPort: number }[]
  readonly [probe: `${string}Probe`]: { readonly httpGet?: { readonly path: string } }
}

test('in Kubernetes, probes ask what is open, the port is the default, and flags are those of slung run', async () => {
  const documents = parseAllDocuments(await read('kubernetes.yaml'))
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([])
  const [service, set] = documents.map((document) => document.toJS() as Resource)
  const { terminationGracePeriodSeconds, containers } = set!.spec.template!.spec
  const { args, ports, readinessProbe } = containers[0]!
  expect([service!.kind, set!.kind]).toEqual(['Service', 'StatefulSet'])
  expect(openPaths).toContain(readinessProbe!.httpGet!.path)
  expect([service!.spec.ports![0]!.port, ports[0]!.containerPort]).toEqual([runtimeDefaults.port, runtimeDefaults.port])
  expect(unknownFlags(args)).toEqual([])
  // Workflows have ten seconds, and what is left has to become durable.
  expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(20)
})

test('the image starts slung run with flags that it knows, on the default port', async () => {
  const dockerfile = await read('Dockerfile')
  const wordsOf = (instruction: string) =>
    JSON.parse(new RegExp(`^${instruction} (\\[.*\\])$`, 'm').exec(dockerfile)![1]!) as string[]
  const words = [...wordsOf('ENTRYPOINT'), ...wordsOf('CMD')]
  expect(words).toContain('run')
  expect(unknownFlags(words)).toEqual([])
  expect(dockerfile).toContain(`EXPOSE ${runtimeDefaults.port}\n`)
})

interface Rule {
  readonly expr: string
}

/** What the dashboard and the alerts ask Prometheus. */
async function expressions(): Promise<string[]> {
  const { groups } = parse(await read('alerts.yaml')) as { groups: { rules: Rule[] }[] }
  const { panels, annotations } = JSON.parse(await read('grafana-dashboard.json')) as {
    panels: { targets: Rule[] }[]
    annotations: { list: Rule[] }
  }
  const rules = [
    ...groups.flatMap((group) => group.rules),
    ...panels.flatMap(({ targets }) => targets),
    ...annotations.list,
  ]
  return rules.map(({ expr }) => expr)
}

test('alerts and dashboard ask for metrics that a runtime has', async () => {
  const file = join(folder, 'echo.wasm')
  await writeFile(file, (await compileGuest('echo-events')).get('echo-events.wasm')!)
  await using runtime = await startTestRuntime({ workflows: [testWorkflow('echo', file)] })
  const metrics = (await runtime.request('/metrics')).body as string
  const names = new Set(Array.from(metrics.matchAll(/^# TYPE (\w+) /gm), ([, name]) => name))
  const asked = (await expressions()).flatMap((text) => text.match(/\b(?:slung|nodejs|process)_\w+/g) ?? [])
  expect(asked.length).toBeGreaterThan(20)
  expect(asked.filter((name) => !names.has(name) && !names.has(name.replace(/_bucket$/, '')))).toEqual([])
})

test.skipIf(!hasPromtool)(
  'promtool takes the alerts, their tests pass, and it reads what the dashboard asks',
  async () => {
    expect((await run('promtool', ['check', 'rules', join(deploy, 'alerts.yaml')])).stdout).toContain('5 rules found')
    const tested = await run('promtool', ['test', 'rules', join(import.meta.dirname, 'alerts.test.yaml')])
    expect(tested.stdout).toContain('SUCCESS')
    const rules = (await expressions()).map((expr, index) => ({
      record: `asked:${index}`,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    }))
    const file = join(folder, 'rules.yaml')
    await writeFile(file, stringify({ groups: [{ name: 'asked', rules }] }))
    expect((await run('promtool', ['check', 'rules', file])).stdout).toContain(`${rules.length} rules found`)
  },
)
