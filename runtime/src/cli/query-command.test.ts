/** `slung query`, asked of a running runtime and of a directory. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { appendSample } from '../../test/append-sample.ts'
import { startTestRuntime } from '../../test/runtime-fixture.ts'
import { createSeries } from '../engine/model/series.ts'
import { DurableStore } from '../staging/durable-store/durable-store.ts'
import { runProgram } from './main.ts'

const folder = await mkdtemp(join(tmpdir(), 'slung-query-'))
afterAll(() => rm(folder, { recursive: true }))

/** @returns the exit code and what was printed */
async function query(...args: string[]): Promise<[exitCode: number, printed: string]> {
  let printed = ''
  const collect = (part: string): void => void (printed += part)
  const exitCode = await runProgram(['query', ...args], { out: collect, error: collect })
  return [exitCode, printed]
}

test('prints a value, or a line for each group, from a directory and from a runtime', async () => {
  const data = join(folder, 'data')
  const store = await DurableStore.open(data)
  for (const [index, tags] of [['room=b'], ['room=a b'], ['room=b', 'window'], []].entries()) {
    appendSample(store, store.intern(createSeries('co2', tags)), index, index + 1)
  }
  await store.close()
  const answers = async (...access: string[]) => {
    expect(await query('SUM:co2:[]', ...access)).toEqual([0, '10\n'])
    expect(await query('SUM:co2:[room=*]', ...access)).toEqual([0, '"room=a b"\t2\nroom=b\t4\n'])
    expect(await query('SUM:co2:[site=*]', ...access)).toEqual([0, 'no samples\n'])
    expect(await query('AVG:load:[]', ...access)).toEqual([0, 'no samples\n'])
    const [, json] = await query('AVG:co2:[room=*]', '--json', ...access)
    expect(JSON.parse(json)).toEqual({
      query: 'AVG:co2:[room=*]',
      groups: [
        { tags: ['room=a b'], value: 2 },
        { tags: ['room=b'], value: 2 },
      ],
    })
  }

  await answers('--data', data)
  await using runtime = await startTestRuntime({ data })
  await answers('--url', runtime.url)
})
