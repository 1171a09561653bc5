/**
 * `npm run fuzz -- requests`: whatever a client sends, the runtime answers others, nothing passes without the token, no
 * answer is a 500, and the log stays printable.
 */
import { connect } from 'node:net'
import type { SeededRandom } from '../../src/testing/seeded-random.ts'
import { startTestRuntime, type TestRuntime } from '../runtime-fixture.ts'
import { searchUntil } from './search-until.ts'

const token = 'right-token'
const allowed = { authorization: `Bearer ${token}` }
const silenceMillis = 200

const methods = ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'CONNECT', 'TRACE', 'get', 'G\0T', '']
const targets = [
  '/',
  '/health',
  '/ready',
  '/query?q=COUNT:temp:[]',
  '/query?q=%',
  '/query',
  '/events',
  '/metrics',
  '/workflows',
  '/record',
  '*',
  'http://other/health',
  '//health',
  '/%00',
  '/../health',
  'health',
  '\u0085',
  `/${'a'.repeat(20_000)}`,
  '',
]
const headers = [
  'Host: localhost',
  'Host: localhost',
  'Host: evil.example',
  'Host: ',
  'host:localhost:1:2',
  'Host : localhost',
  'Authorization: Bearer wrong',
  'Authorization: Basic eDp5',
  'Authorization:',
  `X-Token: ${token}`,
  'Origin: null',
  'Origin: \u009b31m',
  'Sec-Fetch-Site: cross-site',
  'Sec-Fetch-Site: \u0085',
  'Content-Length: 5',
  'Content-Length: 0',
  'Content-Length: -1',
  'Content-Length: 5, 5',
  'Transfer-Encoding: chunked',
  'Content-Encoding: gzip',
  'Content-Encoding: \u0080',
  'Content-Type: text/csv',
  'Content-Type: application/x-ndjson',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Protocol: slung.record.v1',
  'Connection: close',
  'Expect: 100-continue',
  ' folded',
  'no colon',
  'X: a\rY: b',
]
const bodies = [
  '',
  'hello',
  '5\r\nhello\r\n0\r\n\r\n',
  'fffffffff\r\n',
  '{"series":"temp","value":1}\n',
  '\u0081\u0085\0\0\0\0xx',
  '\u001f\u008b\b',
]

/** Sends some bytes to it. @returns what is wrong; `null` = nothing */
export async function requestProblem(runtime: TestRuntime, random: SeededRandom): Promise<string | null> {
  const pick = (from: readonly string[]): string => from[random.below(from.length)]!
  const hasToken = random.below(3) === 0
  let text = ''
  for (let count = 1 + random.below(3); count > 0; count--) {
    const lines = Array.from({ length: random.below(7) }, () => pick(headers))
    if (random.below(4) > 0) lines.unshift('Host: localhost')
    if (hasToken) lines.push(`Authorization: Bearer ${token}`)
    const version = random.below(8) === 0 ? pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/9', '']) : 'HTTP/1.1'
    text += `${pick(methods)} ${pick(targets)} ${version}\r\n${lines.join('\r\n')}\r\n\r\n${pick(bodies)}`
  }
  if (random.below(4) === 0) text = text.slice(0, random.below(text.length + 1))
  const answer = await exchange(runtime, Buffer.from(text, 'latin1'), random)
  const problem = answerProblem(answer, hasToken, runtime.lines)
  if (problem !== null)
    return `${problem}\n--- to\n${JSON.stringify(text.slice(0, 3000))}\n--- answered\n${answer.slice(0, 3000)}`
  const { status } = await runtime.request('/health', { headers: allowed })
  return status === 200 ? null : `others get ${status} after\n${JSON.stringify(text)}`
}

function answerProblem(answer: string, hasToken: boolean, lines: string[]): string | null {
  const statuses = Array.from(answer.matchAll(/HTTP\/1\.1 (\d{3})/g), ([, status]) => Number(status))
  if (statuses.some((status) => status >= 500 && status !== 503)) return 'it failed to answer'
  if (!hasToken && statuses.some((status) => status < 400 && status !== 100) && !isOnlyHealth(answer)) {
    return 'it passed without the token'
  }
  const logged = lines.splice(0).join('')
  return /[\u0080-\u009f]|a{300}|right-token/.test(logged) ? `the log has ${JSON.stringify(logged)}` : null
}

/** Whether all that passed is what everybody is told: `{"status":"ok"}`, or the length of it. */
function isOnlyHealth(answer: string): boolean {
  const passed = answer.split(/(?=HTTP\/1\.1 \d{3})/).filter((part) => part.startsWith('HTTP/1.1 2'))
  return passed.every((part) => /\r\ncontent-length: 16\r\n[^]*\r\n\r\n(?:\{"status":"ok"\}\n)?$/.test(part))
}

/** What it answers until it closes the connection or says nothing more. */
async function exchange({ url }: TestRuntime, bytes: Buffer, random: SeededRandom): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' })
  let answer = ''
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')))
  socket.on('error', () => {})
  socket.setTimeout(silenceMillis, () => socket.destroy())
  const closed = new Promise((resolve) => socket.on('close', resolve))
  const cut = random.below(bytes.length + 1)
  socket.write(bytes.subarray(0, cut))
  socket.write(bytes.subarray(cut))
  if (random.below(3) === 0) socket.end()
  await closed
  return answer
}

/** @returns the exit code */
export async function fuzz(args: readonly string[]): Promise<number> {
  await using runtime = await startTarget()
  return await searchUntil('requests', args, (random) => requestProblem(runtime, random))
}

/** A runtime for `requestProblem`. */
export function startTarget(): Promise<TestRuntime> {
  return startTestRuntime({ token })
}
