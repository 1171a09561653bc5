/**
 * Idle connections without a token against one who holds it: `npm run soak -- slowloris [seconds] [per second]`. Prints
 * how many requests with the token were served, and how long the slowest took.
 */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawnRuntime } from '../../test/spawn-runtime.ts'

/** Of them all at a time, whatever the runtime does about them. */
const openMax = 2000
const askedEveryMillis = 50

export async function soak([seconds = '10', perSecond = '960']: readonly string[]): Promise<void> {
  const token = 'slowloris'
  const runtime = await spawnRuntime(['--token', token])
  const port = Number(new URL(runtime.url).port)
  const open = new Set<Socket>()
  let opened = 0
  const opening = setInterval(() => {
    for (let count = Number(perSecond) / 100; count > 0 && open.size < openMax; count--) {
      const socket = connect({ port, host: '127.0.0.1' })
      open.add(socket)
      opened++
      // A head that never ends.
      socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nX-')
      socket.on('error', () => {})
      socket.on('close', () => open.delete(socket))
      socket.resume()
    }
  }, 10)
  let asked = 0
  let served = 0
  let slowestMillis = 0
  for (const end = performance.now() + Number(seconds) * 1000; performance.now() < end; await sleep(askedEveryMillis)) {
    asked++
    const start = performance.now()
    if (await ask(port, token)) served++
    slowestMillis = Math.max(slowestMillis, performance.now() - start)
  }
  clearInterval(opening)
  console.log(
    `${opened} idle connections without the token: ${served} of ${asked} requests with it were served, ` +
      `the slowest in ${slowestMillis.toFixed(0)} ms`,
  )
  for (const socket of open) socket.destroy()
  await runtime.stop()
}

/** On a connection that is new, and so has no advantage. */
async function ask(port: number, token: string): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => {})
  socket.setTimeout(2000, () => socket.destroy())
  socket.write(`GET /health HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`)
  let text = ''
  socket.on('data', (data: Buffer) => (text += data.toString()))
  await new Promise((resolve) => socket.on('close', resolve))
  return text.startsWith('HTTP/1.1 200')
}
