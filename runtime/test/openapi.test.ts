/** `openapi.yaml` against the routes, and against what a runtime answers. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { runtimeDefaults } from '../src/staging/config/defaults.ts'
import { createRoutes, openPaths, type RouteContext } from '../src/staging/server/routes.ts'
import { packageVersion } from '../src/staging/system/package-version.ts'
import { compileGuest } from './compile-guest.ts'
import { startTestRuntime, testWorkflow } from './runtime-fixture.ts'

interface Response {
  readonly $ref?: string
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
}

interface Operation {
  readonly security?: readonly object[]
  readonly responses: Readonly<Record<string, Response>>
}

interface Description {
  readonly info: { readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly responses: Readonly<Record<string, Response>> }
}

const description = parse(await readFile(new URL('../openapi.yaml', import.meta.url), 'utf8')) as Description
const routes = createRoutes({ limits: runtimeDefaults.limits } as RouteContext)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-openapi-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** What is answered in place of any route: by the gate, and when there is a bug. Open paths pass the gate. */
function otherStatuses(path: string): number[] {
  return openPaths.has(path) ? [400, 500] : [400, 401, 403, 500, 503]
}

test('it has each path and method with its statuses, and no others', () => {
  const described = Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { responses }]) => [
      `${method.toUpperCase()} ${path}`,
      Object.keys(responses).map(Number),
    ]),
  )
  const actual = Object.entries(routes).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { statuses }]) => [
      `${method} ${path}`,
      [...new Set([...statuses, ...otherStatuses(path)])].toSorted((one, other) => one - other),
    ]),
  )
  expect(Object.fromEntries(described)).toEqual(Object.fromEntries(actual))
  expect(description.info.version).toBe(packageVersion())
})

test('only the open paths need no token', () => {
  const open = Object.entries(description.paths).filter(([, { get }]) => get?.security?.length === 1)
  expect(new Set(open.map(([path]) => path))).toEqual(openPaths)
})

test('what a runtime answers is what it describes', async () => {
  const ajv = new Ajv2020({ strict: false })
  ajv.addSchema(description, 'openapi')
  const responseOf = (path: string, method: string, status: number): Response => {
    const { $ref, ...response } = description.paths[path]![method]!.responses[status]!
    return $ref === undefined
      ? response
      : description.components.responses[$ref.slice('#/components/responses/'.length)]!
  }
  const file = join(folder, 'trap.wasm')
  await writeFile(file, (await compileGuest('trap-on-event')).get('trap-on-event.wasm')!)
  await using runtime = await startTestRuntime({ workflows: [testWorkflow('trap', file)] })
  const ask = async (target: string, options: RequestInit = {}): Promise<number> => {
    const response = await fetch(`${runtime.url}${target}`, options)
    const path = target.split('?')[0]!.replace(/^\/workflows\/[^/]+/, '/workflows/{name}')
    const { content } = responseOf(path, (options.method ?? 'GET').toLowerCase(), response.status)
    const type = response.headers.get('content-type')!.split(';')[0]!
    const text = await response.text()
    const schema = JSON.parse(JSON.stringify(content![type]!.schema).replaceAll('"#/', '"openapi#/')) as object
    const validate = ajv.compile(schema)
    validate(type === 'application/json' ? JSON.parse(text) : text)
    expect({ target, errors: validate.errors }).toEqual({ target, errors: null })
    return response.status
  }
  const post = (body: string, type = 'application/x-ndjson') =>
    ask('/events', { method: 'POST', body, headers: { 'content-type': type } })

  expect(await post('{"series":"temp","timestamp":1,"value":1}\nno JSON\n')).toBe(200)
  expect(await post('no JSON\n')).toBe(400)
  expect(await post('<a/>', 'application/xml')).toBe(415)
  expect(await ask('/query?q=AVG:temp:[]')).toBe(200)
  expect(await ask('/query?q=AVG:none:[]')).toBe(200)
  expect(await ask('/query?q=AVG:temp:[room=*]')).toBe(200)
  expect(await ask('/query?q=AVG')).toBe(400)
  await vi.waitFor(() => expect(runtime.runtime.workflows()[0]!.lastError).not.toBeNull(), {
    timeout: 60_000,
    interval: 10,
  })
  for (const path of ['/', '/health', '/ready', '/workflows', '/workflows/trap/state', '/metrics']) {
    expect(await ask(path)).toBe(200)
  }
  expect(await ask('/workflows/none/state')).toBe(404)
  expect(await ask('/', { method: 'POST' })).toBe(400)
  expect(await ask('/record')).toBe(426)
  expect(await ask('/workflows', { headers: { origin: 'https://evil.example' } })).toBe(403)
})
