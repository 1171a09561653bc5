import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RecordingPaths } from './recording-paths.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slung-paths-'))
})
afterEach(async () => {
  await rm(directory, { recursive: true })
})

const target = (workflow: string | null) => ({ directory, name: 'incident', workflow })

test('one workflow: one spec beside the fixture', () => {
  const paths = new RecordingPaths(target(null), ['alert'])
  expect(paths.input).toBe(join(directory, 'incident.csv'))
  expect(paths.spec('alert')).toBe(join(directory, 'incident.slung.yaml'))
  expect(paths.written('alert')).toBeNull()
})

test('several: a spec for each, and fixtures of what they feed each other', () => {
  const paths = new RecordingPaths(target(null), ['alert', 'mean / hourly'])
  expect(paths.spec('alert')).toBe(join(directory, 'incident-alert.slung.yaml'))
  expect(paths.spec('mean / hourly')).toBe(join(directory, 'incident-mean-hourly.slung.yaml'))
  expect(paths.written('alert')).toBe(join(directory, 'incident-alert.csv'))
})

test('one of several: what it writes itself feeds no workflow', () => {
  const paths = new RecordingPaths(target('alert'), ['alert', 'mean'])
  expect(paths.spec('alert')).toBe(join(directory, 'incident.slung.yaml'))
  expect(paths.written('alert')).toBeNull()
  expect(paths.written('mean')).toBe(join(directory, 'incident-mean.csv'))
})

test('an existing file is not overwritten', async () => {
  await writeFile(join(directory, 'incident-b.slung.yaml'), '')
  expect(() => new RecordingPaths(target(null), ['a', 'b'])).toThrow('incident-b.slung.yaml": it already exists')
  expect(() => new RecordingPaths(target('a'), ['a', 'b'])).not.toThrow()
  expect(() => new RecordingPaths(target(null), ['x y', 'x/y'])).toThrow('two workflows would share it')
  expect(() => new RecordingPaths(target('alter'), ['alert'])).toThrow(
    'cannot record the workflow "alter": the runtime runs alert',
  )
  expect(() => new RecordingPaths(target('alert'), [])).toThrow('the runtime runs none')
})
