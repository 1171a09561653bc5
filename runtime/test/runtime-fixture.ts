/** A runtime for tests: on a free port, with its log in memory, stopped by `await using`. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { runtimeDefaults, workflowDefaults } from '../src/staging/config/defaults.ts'
import type { RuntimeConfig, WorkflowConfig } from '../src/staging/config/runtime-config.ts'
import type { RuntimeLog } from '../src/staging/observe/log-writer.ts'
import { Runtime } from '../src/staging/runtime.ts'

export interface TestRuntime extends AsyncDisposable {
  readonly runtime: Runtime
  readonly url: string
  /** Everything logged, one line each: `info …`, `alert stdout …`. */
  readonly lines: string[]
  /** Sends an HTTP request; the body is parsed when it is JSON. */
  readonly request: (path: string, options?: RequestInit) => Promise<{ status: number; body: unknown }>
  readonly connect: (options?: ConnectOptions) => Promise<TestSocket>
}

export interface ConnectOptions {
  readonly protocol?: string
  readonly headers?: Record<string, string>
}

/** A plain WebSocket and what it received. */
export interface TestSocket {
  readonly socket: WebSocket
  readonly received: string[]
  readonly close: () => Promise<void>
}

/** Starts it; settings left out have their defaults. */
export async function startTestRuntime(changes: Partial<RuntimeConfig> = {}): Promise<TestRuntime> {
  const lines: string[] = []
  const runtime = await Runtime.start({ ...runtimeDefaults, port: 0, ...changes }, collectLog(lines))
  const { url } = runtime
  const sockets: TestSocket[] = []
  let isStopped = false
  return {
    runtime,
    url,
    lines,
    async request(path, options) {
      const response = await fetch(`${url}${path}`, options)
      const text = await response.text()
      return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
    },
    async connect(options) {
      const socket = await openSocket(url, options)
      sockets.push(socket)
      return socket
    },
    async [Symbol.asyncDispose]() {
      if (isStopped) return
      isStopped = true
      for (const { socket } of sockets) socket.terminate()
      await runtime.stop()
    },
  }
}

/** The settings of a workflow in tests: no wait takes longer than needed. */
export function testWorkflow(name: string, file: string, changes: Partial<WorkflowConfig> = {}): WorkflowConfig {
  return { ...workflowDefaults, name, file, ...changes }
}

function collectLog(lines: string[]): RuntimeLog {
  return {
    info: (message) => lines.push(`info ${message}`),
    warn: (message) => lines.push(`warn ${message}`),
    error: (message) => lines.push(`error ${message}`),
    droppedLines: 0,
    workflow: (name) => ({
      line: (stream, text) => lines.push(`${name} ${stream} ${text}`),
      debug: (message) => lines.push(`${name} debug ${message}`),
      info: (message) => lines.push(`${name} info ${message}`),
      error: (message) => lines.push(`${name} error ${message}`),
    }),
  }
}

async function openSocket(url: string, { protocol, headers = {} }: ConnectOptions = {}): Promise<TestSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), protocol === undefined ? [] : [protocol], { headers })
  const received: string[] = []
  socket.on('message', (data: Buffer) => received.push(data.toString()))
  await once(socket, 'open')
  return {
    socket,
    received,
    async close() {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}
