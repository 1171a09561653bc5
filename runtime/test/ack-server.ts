/**
 * The other side of a client in tests: takes event frames, acknowledges and refuses like a runtime, and on request is
 * slow, disappears halfway, or sends anything. It stores nothing.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { FrameDecoder } from '../src/staging/wire/frame-decoder.ts'
import { SampleBatchBuilder } from '../src/engine/model/columns.ts'
import { SlungError } from '../src/engine/model/slung-error.ts'
import { formatSeries, type Series } from '../src/engine/model/series.ts'

/** An event as it arrived. */
export interface ArrivedEvent {
  /** The connection: numbered from 1, in the order of opening. */
  readonly producer: number
  /** `temp{sensor=1}` */
  readonly series: string
  readonly timestamp: number
  readonly value: number
}

export class AckServer {
  /** All events taken, in order of arrival. */
  readonly arrived: ArrivedEvent[] = []
  readonly connections: AckConnection[] = []
  /** Why an event is not taken; `null` when it is. */
  refuse: (event: ArrivedEvent) => string | null = () => null
  /** Called for each event that was taken, before it is acknowledged. */
  onArrived: (connection: AckConnection, event: ArrivedEvent) => void = () => {}
  /** Whether acknowledgements are held back. */
  isHolding = false
  /** The answer to upgrades; `null` = they are accepted. */
  denial: { readonly status: number; readonly reason: string } | null = null
  readonly #http: Server
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: (names) => [...names][0] ?? false })

  private constructor(http: Server) {
    this.#http = http
    http.on('upgrade', (request, socket, head) => {
      const { denial } = this
      if (denial === null) {
        this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
          this.connections.push(new AckConnection(this, this.connections.length + 1, webSocket, request))
        })
        return
      }
      const body = JSON.stringify({ error: denial.reason })
      socket.end(`HTTP/1.1 ${denial.status} No\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
    })
  }

  /** @param port - any free one by default */
  static async start(port = 0): Promise<AckServer> {
    const http = createServer((_request, response) => response.writeHead(404).end())
    http.listen(port, '127.0.0.1')
    await once(http, 'listening')
    return new AckServer(http)
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  /** Sends the acknowledgements that were held back, and holds none back from now on. */
  releaseAcks(): void {
    this.isHolding = false
    for (const connection of this.connections) connection.acknowledge()
  }

  /** Breaks all connections and stops listening. */
  async stop(): Promise<void> {
    for (const { socket } of this.connections) socket.terminate()
    const closed = once(this.#http, 'close')
    this.#http.close()
    await closed
  }
}

/** One connection to the server. */
export class AckConnection {
  readonly id: number
  readonly socket: WebSocket
  /** The head of the upgrade. */
  readonly request: IncomingMessage
  frameCount = 0
  #eventCount = 0
  #takenCount = 0
  #acknowledgedCount = 0

  constructor(server: AckServer, id: number, socket: WebSocket, request: IncomingMessage) {
    this.id = id
    this.socket = socket
    this.request = request
    let turnEnd: NodeJS.Immediate | undefined
    const series: Series[] = []
    const batch = new SampleBatchBuilder({
      intern: (added) => series.push(added) - 1,
      latestFor: () => Number.POSITIVE_INFINITY,
    })
    batch.add = (index, timestamp, value) => {
      const event = { producer: id, series: formatSeries(series[index]!), timestamp, value }
      const reason = server.refuse(event)
      if (reason !== null) throw new SlungError('refused', reason)
      server.arrived.push(event)
      this.#takenCount++
      server.onArrived(this, event)
    }
    const decoder = new FrameDecoder(batch)
    socket.on('error', () => {})
    socket.on('message', (data: Buffer) => {
      if (socket.readyState !== socket.OPEN) return
      this.frameCount++
      const before = this.#eventCount
      let refusedCount = 0
      const takenCount = decoder.decode(data, ({ message }, index) => {
        refusedCount++
        socket.send(JSON.stringify({ error: message, event: before + index + 1 }))
      })
      this.#eventCount += takenCount + refusedCount
      turnEnd ??= setImmediate(() => {
        turnEnd = undefined
        if (!server.isHolding) this.acknowledge()
      })
    })
  }

  /** Acknowledges what was taken, or fewer events. */
  acknowledge(count: number = this.#takenCount): void {
    if (count <= this.#acknowledgedCount) return
    this.#acknowledgedCount = count
    this.socket.send(JSON.stringify({ ack: count }))
  }
}
