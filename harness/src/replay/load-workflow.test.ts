import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { guestUrl } from '../../test/build-guests.ts'
import { coverageFolderVariable } from '../probes/coverage-files.ts'
import { coverageOf } from '../probes/covered-guests.ts'
import { loadWorkflow } from './load-workflow.ts'

const folder = await mkdtemp(join(tmpdir(), 'slung-load-'))
afterAll(() => rm(folder, { recursive: true }))
const file = join(folder, 'flow.wasm')

test('a file is compiled once, and again when it has changed', async () => {
  await copyFile(guestUrl('flood'), file)
  const first = await loadWorkflow(file)
  expect(await loadWorkflow(file)).toBe(first)
  await copyFile(guestUrl('downsample'), file)
  const second = await loadWorkflow(file)
  expect(second.report.byteLength).not.toBe(first.report.byteLength)
  await writeFile(file, 'nothing')
  await expect(loadWorkflow(file)).rejects.toMatchObject({ code: 'bad-module' })
  await rm(file)
  await expect(loadWorkflow(file)).rejects.toMatchObject({ code: 'unreadable-file' })
  await copyFile(guestUrl('downsample'), file)
  expect((await loadWorkflow(file)).report).toEqual(second.report)
})

test('a workflow has probes exactly when coverage is measured', async () => {
  await copyFile(guestUrl('flood'), file)
  expect(coverageOf(await loadWorkflow(file))).toBeUndefined()
  vi.stubEnv(coverageFolderVariable, folder)
  try {
    expect(coverageOf(await loadWorkflow(file))).toMatchObject({ file: { workflow: file } })
  } finally {
    vi.unstubAllEnvs()
  }
  expect(coverageOf(await loadWorkflow(file))).toBeUndefined()
})
