// A host that a guest thread creates: options choose its behaviour, and everything it hears goes out through the port.
import { GuestState } from '../../src/guest/contract/guest-state.ts'
import { EndOfRun, HostRefusal, type GuestHost } from '../../src/guest/contract/guest-host.ts'
import type { HostPort } from '../../src/guest/run/guest-thread.ts'

export interface ThreadHostOptions {
  /** How many polls find nothing before the run is ended. */
  readonly polls?: number
  /** What goes wrong in the host. */
  readonly fault?: 'create' | 'exit' | 'reject' | 'finish' | 'report' | 'hoard'
}

export function createGuestHost(options: unknown, port: HostPort): GuestHost & { finish(): unknown } {
  const { polls = 0, fault } = options as ThreadHostOptions
  if (fault === 'create') throw new Error('no configuration')
  let polled = 0
  return {
    waits: false,
    environment: {},
    state: new GuestState(),
    now: () => 0,
    fillRandom: (target) => void target.fill(0),
    queryLive: (query) => {
      port.post(`live ${query}`)
      if (fault === 'exit') process.exit(3)
      if (fault === 'hoard') hoard()
      if (fault === 'reject') void Promise.reject(new Error('a stray promise'))
      return 1
    },
    queryHistory: () => Number.NaN,
    pollHandle: () => {
      if (++polled > polls) throw new EndOfRun('drained')
      return undefined
    },
    freeHandle: () => true,
    writeEvent: () => {},
    writebackWs: (producer) => {
      throw new HostRefusal(`connection ${producer} is unknown`)
    },
    writebackHttp: async ({ url, body }) => {
      const status = (await port.request(`${url} ${new TextDecoder().decode(body)}`)) as number
      return { status, body: new Uint8Array(0) }
    },
    log: (stream, text) => port.post(`${stream} ${text}`),
    finish: () => {
      if (fault === 'finish') throw new Error('no report')
      return fault === 'report' ? () => {} : { polled }
    },
  }
}

/** Fills the JavaScript heap in small pieces. */
function hoard(): never {
  const pieces: object[][] = []
  for (;;) pieces.push(Array.from({ length: 100 }, () => ({})))
}
