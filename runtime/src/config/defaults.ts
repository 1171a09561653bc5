/** The value of every setting that is not told. Each number is in `docs/configuration.md`. */
import { memoryPagesMaxDefault } from '../guest/cap-limits.ts'
import type { RuntimeConfig, WorkflowConfig } from './runtime-config.ts'

const minuteMicros = 60_000_000
const mebibyte = 1024 * 1024

export const workflowDefaults: Omit<WorkflowConfig, 'name' | 'file'> = {
  environment: {},
  memoryPagesMax: memoryPagesMaxDefault,
  watchdogMillis: 10_000,
  tickMillis: 1000,
}

export const runtimeDefaults: RuntimeConfig = {
  host: '127.0.0.1',
  port: 2077,
  data: null,
  token: null,
  origins: [],
  workflows: [],
  http: { allow: [], timeoutMillis: 10_000, responseBytesMax: mebibyte, redirectsMax: 5 },
  retention: { ageMicros: null, bytesMax: null },
  limits: {
    frameBytesMax: mebibyte,
    connectionsMax: 1000,
    bodyBytesMax: 256 * mebibyte,
    seriesMax: 100_000,
    futureMicros: 24 * 60 * minuteMicros,
    backlogSamplesMax: 1_000_000,
    sendBufferBytesMax: 8 * mebibyte,
  },
  log: { level: 'info', format: 'text' },
}
