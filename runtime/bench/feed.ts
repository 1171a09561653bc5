/**
 * The sending side of `bench/ingest.ts`, in a separate process: `node feed.ts PORT EVENTS EVENTS_PER_FRAME [SERIES]`.
 *
 * It writes WebSocket frames straight into a socket, because a client library is slower than the server to be measured.
 * The feed: 100 series (or SERIES) with a sample each second, a random walk in steps of up to half a unit, rounded to two decimals.
 * It ends when everything is acknowledged, which means durable, and prints how long that took.
 */
import { once } from 'node:events'
import { connect } from 'node:net'

const [port, eventCount, eventsPerFrame, seriesCount = 100] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number?,
]
const startMicros = 1_767_225_600_000_000
// A multiple of the number of series and of the events per frame. Some 400 kB: the cost of the system call vanishes,
// and the receiver starts immediately.
const chunkEvents = 10_000

/** The first byte of a ping. Everything else that comes is ASCII, with other first bytes. */
const pingHead = 0x89
/** An empty one, whose mask is zero. */
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])

const socket = connect(port, '127.0.0.1')
socket.setNoDelay(true)
await once(socket, 'connect')
await upgrade()
const startedAt = performance.now()
const acknowledged = waitForAck(eventCount)
await send()
await acknowledged
const millis = performance.now() - startedAt
console.log(JSON.stringify({ millis }))
socket.destroy()

async function upgrade(): Promise<void> {
  const answer = once(socket, 'data')
  socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: slung.ack.v1\r\n\r\n',
  )
  const [data] = (await answer) as [Buffer]
  if (!data.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(data.toString())
}

/** Acknowledgement frames are a few bytes of text: only the number after the last `"ack":` matters. */
function waitForAck(count: number): Promise<void> {
  let text = ''
  return new Promise((resolve, reject) => {
    socket.on('close', () => reject(new Error('the connection was closed')))
    socket.on('data', (data: Buffer) => {
      // Who does not answer a ping is taken for dead after a while.
      if (data.includes(pingHead)) socket.write(pong)
      text = (text + data.toString('latin1')).slice(-100)
      if (text.includes('"error"')) reject(new Error(text))
      if (text.includes(`{"ack":${count}}`)) resolve()
    })
  })
}

async function send(): Promise<void> {
  const { bytes, offsets } = chunkTemplate()
  const values = new Float64Array(seriesCount).fill(20)
  let seed = 1
  for (let sent = 0; sent < eventCount; sent += offsets.length) {
    // A copy: the previous one may still be on its way.
    const chunk = Buffer.from(bytes)
    const view = new DataView(chunk.buffer, chunk.byteOffset)
    for (let index = 0; index < offsets.length; index++) {
      const series = index % seriesCount
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      values[series] = Math.round(values[series]! * 100 + (seed / 2 ** 32) * 100 - 50) / 100
      const timestamp = startMicros + Math.floor((sent + index) / seriesCount) * 1_000_000
      view.setUint32(offsets[index]!, timestamp % 2 ** 32, true)
      view.setInt32(offsets[index]! + 4, Math.floor(timestamp / 2 ** 32), true)
      view.setFloat64(offsets[index]! + 8, values[series], true)
    }
    if (!socket.write(chunk)) await once(socket, 'drain')
  }
}

/** The frames of a whole chunk, and where in it each event begins: only times and values differ between chunks. */
function chunkTemplate(): { bytes: Buffer; offsets: number[] } {
  const parts: Buffer[] = []
  const offsets: number[] = []
  let byteCount = 0
  const add = (part: Buffer): void => {
    parts.push(part)
    byteCount += part.length
  }
  const templates = Array.from({ length: seriesCount }, (_, index) => eventTemplate(index))
  while (offsets.length < chunkEvents) {
    const events = Array.from(
      { length: eventsPerFrame },
      (_, index) => templates[(offsets.length + index) % seriesCount]!,
    )
    add(frameHead(events.reduce((sum, { length }) => sum + length, 0)))
    for (const event of events) {
      offsets.push(byteCount)
      add(event)
    }
  }
  return { bytes: Buffer.concat(parts), offsets }
}

function eventTemplate(index: number): Buffer {
  const series = Buffer.from('temp')
  const tags = [`host=h${index}`, `region=r${index % 4}`].map((tag) => Buffer.from(tag))
  const head = Buffer.alloc(20)
  head.writeUInt16LE(series.length, 16)
  head.writeUInt16LE(tags.length, 18)
  const tagBytes = tags.flatMap((tag) => {
    const length = Buffer.alloc(2)
    length.writeUInt16LE(tag.length)
    return [length, tag]
  })
  return Buffer.concat([head, series, ...tagBytes])
}

/** The head of a final binary frame whose mask is zero: the receiver unmasks it like any other. */
function frameHead(payloadBytes: number): Buffer {
  if (payloadBytes < 126) return Buffer.from([0x82, 0x80 | payloadBytes, 0, 0, 0, 0])
  if (payloadBytes < 65_536) return Buffer.from([0x82, 0xfe, payloadBytes >> 8, payloadBytes & 255, 0, 0, 0, 0])
  const head = Buffer.alloc(14)
  head[0] = 0x82
  head[1] = 0xff
  head.writeUInt32BE(payloadBytes, 6)
  return head
}
