/** A test with its own `setupServer`: the replay's requests go there. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { replay } from '../src/index.ts'
import { guestUrl } from './build-guests.ts'

const folder = await mkdtemp(join(tmpdir(), 'slung-server-'))
const input = join(folder, 'input.csv')
await writeFile(input, 'timestamp,series,value\n1,temp,1\n')

const server = setupServer(http.all('https://api.example.com/*', () => HttpResponse.text('own')))
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

test("with http: 'fetch' the test's own server answers", async () => {
  const run = await replay(guestUrl('ask-twice'), { input, http: 'fetch' })

  expect(run.logs.map(({ text }) => text)).toEqual(['GET true 200 own', 'PUT true 200 own'])
})

test('without http no request is sent, whichever server listens', async () => {
  const run = await replay(guestUrl('ask-twice'), { input })

  expect(run.unanswered).toHaveLength(2)
})

test('answers given to replay are the only ones', async () => {
  const run = await replay(guestUrl('ask-twice'), {
    input,
    http: [http.get('https://api.example.com/limit', () => HttpResponse.text('given'))],
  })

  expect(run.logs.map(({ text }) => text)).toEqual([
    'GET true 200 given',
    'u_writeback_http: no answer covers PUT https://api.example.com/état',
    'PUT false 0 ',
  ])
  expect(run.unanswered).toMatchObject([{ method: 'PUT' }])
})

test("a replay leaves the test's own server as it is, before and after", async () => {
  await replay(guestUrl('ask-twice'), { input, http: [] })

  expect(await (await fetch('https://api.example.com/mine')).text()).toBe('own')
})
