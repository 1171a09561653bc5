import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { CommanderError } from 'commander'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AckServer } from '../../test/ack-server.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { createSendCommand } from './send-command.ts'
import { readSendFixture } from './send-fixture.ts'
import { SendRun } from './send-run.ts'

let server: AckServer
let folder: string
beforeEach(async () => {
  server = await AckServer.start()
  folder = await mkdtemp(join(tmpdir(), 'slung-send-'))
})
afterEach(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

async function writeCsv(...lines: string[]): Promise<string> {
  const file = join(folder, 'feed.csv')
  await writeFile(file, `${lines.join('\n')}\n`)
  return file
}

/** Runs `slung send`, which leaves as soon as everything is acknowledged. */
async function send(file: string, ...flags: string[]): Promise<{ code: number; out: string; error: string }> {
  let out = ''
  let error = ''
  let code = -1
  const output = { out: (text: string) => (out += text), error: (text: string) => (error += text) }
  const command = createSendCommand(output, (exitCode) => (code = exitCode))
  command.exitOverride().configureOutput({ writeErr: output.error })
  try {
    await command.parseAsync([file, '--url', server.url, '--linger', '0s', ...flags], { from: 'user' })
    return { code, out, error }
  } catch (caught) {
    // As the program around it handles wrong usage and failures to run.
    if (caught instanceof SlungError) return { code: 2, out, error: `slung: ${caught.message}\n` }
    if (caught instanceof CommanderError) return { code: 2, out, error }
    throw caught
  }
}

test('rows arrive in the order of their arrival, each on the connection of its producer', async () => {
  const file = await writeCsv(
    'timestamp,arrives,series,value,producer,sensor',
    '40,40,temp,4,edge-b,1',
    '10,10,temp,1,edge-a,1',
    '5,30,temp,3,edge-a,2',
    '20,20,load,2,,',
    '41,40,temp,5,edge-a,1',
  )
  const { code, out, error } = await send(file)
  expect({ code, out }).toEqual({ code: 0, out: '' })
  // Ids as in a replay: by first appearance in the file; rows without a producer come last.
  expect(server.arrived).toEqual([
    { producer: 2, series: 'temp{sensor=1}', timestamp: 10, value: 1 },
    { producer: 3, series: 'load', timestamp: 20, value: 2 },
    { producer: 2, series: 'temp{sensor=2}', timestamp: 5, value: 3 },
    { producer: 1, series: 'temp{sensor=1}', timestamp: 40, value: 4 },
    { producer: 2, series: 'temp{sensor=1}', timestamp: 41, value: 5 },
  ])
  expect(error).toMatch(/^sent 5 rows in \d+\.\d s \([\d,]+ rows\/s\), all acknowledged; 0 writebacks\n$/)
})

test('the order of the file is kept across connections, however often they take turns', async () => {
  const rows = Array.from({ length: 3000 }, (_, row) => `${row},${row},p${(row * row) % 7}`)
  const { code } = await send(await writeCsv('timestamp,value,producer', ...rows), '--series', 'temp', '--quiet')
  expect(code).toBe(0)
  expect(server.arrived.map(({ value }) => value)).toEqual(rows.map((_, row) => row))
})

test('flags fill in for columns that the file lacks', async () => {
  const file = await writeCsv('time,value', '2,7')
  const { code } = await send(file, '--series=temp', '--tag=sensor=1', '--tag=lab', '--producer=edge', '--time-unit=s')
  expect(code).toBe(0)
  expect(server.arrived).toEqual([{ producer: 1, series: 'temp{lab,sensor=1}', timestamp: 2_000_000, value: 7 }])
})

test('writebacks are printed with the producer that received them', async () => {
  server.onArrived = ({ socket }, { value }) => socket.send(`ALERT: ${value}`)
  const file = await writeCsv('timestamp,series,value,producer', '1,temp,1,a', '2,temp,2,edge-b', '3,temp,3,')
  const { out, error } = await send(file)
  expect(out).toBe('a       ALERT: 1\nedge-b  ALERT: 2\nsend    ALERT: 3\n')
  expect(error).toContain('all acknowledged; 3 writebacks\n')
  const json = await send(file, '--json', '--quiet')
  expect(json).toEqual({
    code: 0,
    out:
      '{"producer":"a","text":"ALERT: 1"}\n' +
      '{"producer":"edge-b","text":"ALERT: 2"}\n' +
      '{"producer":"send","text":"ALERT: 3"}\n',
    error: '',
  })
})

test('the first ten refused rows are named with their lines, and the other rows are stored', async () => {
  server.refuse = ({ value }) => (value >= 2 ? `value ${value} is too much` : null)
  const file = await writeCsv(
    'timestamp,series,value,producer',
    '9,temp,2,a',
    '8,temp,1,b',
    ...Array.from({ length: 10 }, (_, row) => `${10 + row},temp,${3 + row},b`),
  )
  const { code, error } = await send(file)
  const name = relative(process.cwd(), file)
  expect(code).toBe(1)
  expect(error.split('\n').slice(0, 2)).toEqual([`${name}:2: value 2 is too much`, `${name}:4: value 3 is too much`])
  expect(error).toContain(`${name}:12: value 11 is too much\nand 1 more refused row\nsent 12 rows in `)
  expect(error).toMatch(/, 1 acknowledged, 11 refused; 0 writebacks\n$/)
  expect(server.arrived).toMatchObject([{ value: 1 }])
})

test('every bad row of the file is named, and nothing is sent', async () => {
  const file = await writeCsv('timestamp,series,value', '1,temp,4O.1', '2,temp,3', 'x,temp,3')
  const { code, out, error } = await send(file)
  const name = relative(process.cwd(), file)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(error).toMatch(
    `slung: cannot send "${name}": 2 problems, so nothing was sent\n${name}:2: value "4O.1" is not a`,
  )
  expect(error).toContain(`\n${name}:4: timestamp "x" is not a time`)
  expect(server.connections).toHaveLength(0)
})

test('a file of many bad rows shows the first hundred', async () => {
  const file = await writeCsv('timestamp,series,value', ...Array.from({ length: 1102 }, () => '1,temp,x'))
  const { error } = await send(file)
  expect(error).toContain('1,102 problems')
  expect(error).toMatch(/:101: value "x" is not a number\nand 1,002 more\n$/)
})

test('what cannot run says why, with exit code 2', async () => {
  const file = await writeCsv('timestamp,series,value', '1,temp,1')
  expect(await send(join(folder, 'none.csv'))).toMatchObject({
    code: 2,
    error: expect.stringMatching(/: there is no such file\n$/),
  })
  expect(await send(folder)).toMatchObject({ code: 2, error: expect.stringMatching(/: it is a directory\n$/) })
  expect(await send(file, '--pace', 'fast')).toMatchObject({
    code: 2,
    error: expect.stringMatching(/expected a number above 0/),
  })
  expect(await send(file, '--pace', '0')).toMatchObject({
    code: 2,
    error: expect.stringMatching(/expected a number above 0/),
  })
  expect(await send(file, '--linger', '5')).toMatchObject({
    code: 2,
    error: expect.stringMatching(/expected a duration such as 1s or 250ms/),
  })
  expect(await send(file, '--time-unit', 'sec')).toMatchObject({
    code: 2,
    error: expect.stringMatching(/did you mean "s"\?/),
  })
  expect(await send(file, '--token-file', join(folder, 'none'))).toMatchObject({
    code: 2,
    error: expect.stringMatching(/the token file/),
  })
  expect(await send(file, '--url', 'localhost')).toMatchObject({
    code: 2,
    error: expect.stringMatching(/expected a URL such as ws:/),
  })
  expect(await send(file, '--url', 'ws://127.0.0.1:1')).toEqual({
    code: 2,
    out: '',
    error: 'slung: cannot connect to ws://127.0.0.1:1: nothing is listening there; start a runtime with "slung run"\n',
  })
  server.denial = { status: 401, reason: 'a token is required' }
  expect(await send(file)).toMatchObject({
    code: 2,
    error: expect.stringMatching(/the runtime requires a token, and none was given\n$/),
  })
  expect(server.arrived).toEqual([])
})

test('the token of a file is sent', async () => {
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, 'secret\n')
  await send(await writeCsv('timestamp,series,value', '1,temp,1'), '--token-file', tokenFile)
  expect(server.connections[0]!.request.headers.authorization).toBe('Bearer secret')
})

test('a lost connection ends the run, and the report says what is not acknowledged', async () => {
  server.onArrived = (connection, { value }) => {
    if (value === 1) connection.acknowledge()
    if (value === 2) connection.socket.close(1001, 'the runtime is stopping')
  }
  server.isHolding = true
  const file = await writeCsv('timestamp,series,value,producer', '1,temp,1,a', '2,temp,2,a', '3,temp,3,b')
  const { code, error } = await send(file)
  expect(code).toBe(1)
  expect(error).toMatch(
    `slung: lost the connection to ${server.url} (the runtime is stopping, code 1001); unacknowledged events: 1`,
  )
  expect(error).toMatch(/sent 2 of 3 rows in .*, 1 acknowledged; 0 writebacks\n$/)
})

test('rows are paced by their arrival, and a stop ends the wait', async () => {
  const file = await writeCsv('timestamp,arrives,series,value', '1,0,temp,1', '2,100,temp,2', '3,86400000000,temp,3')
  const stop = new AbortController()
  server.onArrived = (_connection, { value }) => {
    if (value === 2) stop.abort()
  }
  const run = await SendRun.open(await readSendFixture(file, {}), {
    url: server.url,
    token: null,
    pace: 2,
    lingerMillis: 60_000,
    stop: stop.signal,
    onWriteback: () => {},
  })
  await run.run()
  expect(run.counts).toMatchObject({ rowCount: 3, sentCount: 2, acknowledgedCount: 2 })
  expect(run.failure).toBeNull()
})

test('the command waits for writebacks after the last acknowledgement', async () => {
  const file = await writeCsv('timestamp,series,value', '1,temp,1')
  const stop = new AbortController()
  const texts: string[] = []
  server.isHolding = true
  server.onArrived = (connection) => {
    connection.acknowledge()
    // The client has the acknowledgement when it answers the first time, and would leave long before the last.
    let roundTrips = 0
    connection.socket.on('pong', () => {
      if (++roundTrips < 50) connection.socket.ping()
      else connection.socket.send('late')
    })
    connection.socket.ping()
  }
  const run = await SendRun.open(await readSendFixture(file, {}), {
    url: server.url,
    token: null,
    pace: null,
    lingerMillis: 3_600_000,
    stop: stop.signal,
    onWriteback: (producer, text) => {
      texts.push(`${producer}: ${text}`)
      stop.abort()
    },
  })
  await run.run()
  expect(texts).toEqual(['send: late'])
  expect(run.counts).toMatchObject({ acknowledgedCount: 1, writebackCount: 1 })
})

test('Ctrl-C stops sending, prints the summary, and the process ends on its own', async () => {
  const file = await writeCsv('timestamp,series,value', '0,temp,1', '86400000000,temp,2')
  const script = `
    const { createSendCommand } = await import(${JSON.stringify(new URL('send-command.ts', import.meta.url).href)})
    const output = { out: (text) => process.stdout.write(text), error: (text) => process.stderr.write(text) }
    const command = createSendCommand(output, (exitCode) => (process.exitCode = exitCode))
    await command.parseAsync(process.argv.slice(1), { from: 'user' })`
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', script, file, '--url', server.url, '--pace', '1'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  server.onArrived = () => child.kill('SIGINT')
  const [stderr, [code]] = await Promise.all([readText(child.stderr), once(child, 'close')])
  expect(stderr).toMatch(/^sent 1 of 2 rows in \d+\.\d s \(\d+ rows\/s\), all acknowledged; 0 writebacks\n$/)
  expect(code).toBe(1)
})
