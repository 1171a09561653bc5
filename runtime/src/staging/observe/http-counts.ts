/** Counts HTTP writebacks by host and status. A workflow chooses its hosts, so it gets a bounded number of them. */
import type { WroteHttp } from './observer.ts'

/** Hosts of one workflow that are told apart; the others are counted together, under `other`. */
const hostsMax = 20
const hostUnitsMax = 253
const otherHost = 'other'

export interface HttpCount {
  readonly workflow: string
  readonly host: string
  /** `2xx`, `4xx`, …; `none` = no response, whatever the reason. */
  readonly status: string
  readonly count: number
}

export class HttpCounts {
  /** By workflow, host and status. */
  readonly #counts = new Map<string, Map<string, Map<string, number>>>()

  note(workflow: string, { url, status }: Pick<WroteHttp, 'url' | 'status'>): void {
    const hosts = getOrAdd(this.#counts, workflow)
    const host = URL.parse(url)?.host ?? ''
    const isKnown = hosts.has(host) || (host !== '' && host.length <= hostUnitsMax && hosts.size < hostsMax)
    const statuses = getOrAdd(hosts, isKnown ? host : otherHost)
    const group = status === 0 ? 'none' : `${Math.floor(status / 100)}xx`
    statuses.set(group, (statuses.get(group) ?? 0) + 1)
  }

  *[Symbol.iterator](): Generator<HttpCount> {
    for (const [workflow, hosts] of this.#counts) {
      for (const [host, statuses] of hosts) {
        for (const [status, count] of statuses) yield { workflow, host, status, count }
      }
    }
  }
}

function getOrAdd<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = new Map()))
  return value
}
