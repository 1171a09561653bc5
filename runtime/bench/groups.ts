/**
 * The cost of groups, without sockets and disk: `node bench/groups.ts [rounds]`.
 *
 * One live query takes 2 million samples of 10,000 series by turns, which are revealed and polled as in a replay: with
 * all series in one group, and with a group for each. Feed, range and memory are the same, so the ratio is the cost of
 * the groups: 1 would be none. A window is of 20 samples for each series.
 *
 * Prints the memory of a group; then the processor time of a sample, and the ratio of the two in each round: medians and
 * ranges.
 */
import { HandleTable } from '../src/engine/live/handle-table.ts'
import { createSeries } from '../src/engine/model/series.ts'
import { parseQuery } from '../src/engine/query/parse-query.ts'
import { readSeed } from '../src/engine/read-seed.ts'
import { MemoryStore } from '../src/engine/store/memory-store.ts'

const rounds = Number(process.argv[2] ?? 9)
const sampleCount = 2_000_000
const seriesCount = 10_000
const windowSamples = 20

const series = Array.from({ length: seriesCount }, (_, room) => createSeries('co2', ['site=x', `room=r${room}`]))

// First, while there is no garbage of anything else.
console.log(`memory of a group with its window, of up to 16 samples: ${memoryOfGroup()} bytes`)
for (const operator of ['AVG', 'MAX', 'COUNT']) {
  for (const widthSeconds of [(windowSamples - 1) * seriesCount, null]) {
    const figures = Array.from({ length: rounds }, () => {
      const one = nanosOf(operator, 'site', widthSeconds)
      const many = nanosOf(operator, 'room', widthSeconds)
      return { one, many, ratio: many / one }
    })
    const [one, many, ratio] = (['one', 'many', 'ratio'] as const).map((key) =>
      spread(figures.map((each) => each[key])),
    )
    const what = widthSeconds === null ? `${operator} without a range` : `${operator} of a window`
    console.log(`${what}: a sample costs ${one} ns in 1 group, ${many} ns in 10,000, ratio ${ratio}, ${rounds} rounds`)
  }
}

/** Processor time of one sample, with the poll of its Event. */
function nanosOf(operator: string, key: string, widthSeconds: number | null): number {
  const feed = open(operator, key, widthSeconds)
  // Windows are full before the clock starts.
  feed(2 * windowSamples * seriesCount)
  const before = process.cpuUsage()
  feed(sampleCount)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / sampleCount
}

function memoryOfGroup(): number {
  const feed = open('AVG', 'room', (windowSamples - 1) * seriesCount)
  const before = usedBytes()
  feed(seriesCount)
  return Math.round((usedBytes() - before) / seriesCount)
}

/** Subscribes. @returns what feeds samples to the query, and polls it after each */
function open(operator: string, key: string, widthSeconds: number | null): (count: number) => void {
  const handles = new HandleTable((id) => series[id]!)
  const range = widthSeconds === null ? '' : `:[${widthSeconds}s]`
  const query = parseQuery(`${operator}:co2:[${key}=*]${range}`)
  const handle = handles.add(query, readSeed(new MemoryStore(), query, 0))
  let at = 0
  return (count) => {
    for (let left = count; left > 0; left--, at++) {
      handles.offer(at % seriesCount, at * 1_000_000, at % 97, 1, at)
      handles.poll(handle)
    }
  }
}

function usedBytes(): number {
  // Of `node --expose-gc`.
  globalThis.gc!()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function spread(values: number[]): string {
  const sorted = values.toSorted((left, right) => left - right)
  const [median, least, most] = [sorted[sorted.length >> 1]!, sorted[0]!, sorted.at(-1)]
  const digits = median < 10 ? 2 : 0
  return `${median.toFixed(digits)} [${least.toFixed(digits)}–${most.toFixed(digits)}]`
}
