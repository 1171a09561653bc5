import { readFileSync } from 'node:fs'
import { aspectConfig } from './testing/index.js'

const readVectors = (name) => JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8'))

const { events, faults, regions } = readVectors('events')
const { written, refused, garbled, unsendable } = readVectors('written-events')

/** A decoded event in the form that `assembly/__tests__/vectors.spec.ts` expects. */
const describeEvent = ({ timestamp, valueBits, tags, producers }) =>
  [timestamp, valueBits, JSON.stringify(tags), `[${producers.join(',')}]`].join(' ')

/** A written event as the list of texts that `assembly/__tests__/written-events.spec.ts` asks for. */
const describeWriting = ({ timestamp, value, tags, event, reason = '' }) => [
  timestamp,
  value,
  tags,
  event === undefined ? '' : formatWritten(event),
  reason,
]

/** In the form of `mock.takeEffects`. */
const formatWritten = ({ series, tags, valueBits, timestamp }) =>
  `event ${series}{${tags.join(',')}} ${Buffer.from(valueBits, 'hex').readDoubleBE()} @${timestamp}`

const writings = [...written, ...refused].map(describeWriting)
const garbledWritings = garbled.map(describeWriting)

export default aspectConfig({
  ...(process.env.SLUNG_TEST_RESULTS !== undefined && { reporter: 'test/count-reporter.ts' }),
  imports: (host) => ({
    vectors: {
      event_count: () => events.length,
      event_json: (i) => host.giveText(events[i].json),
      event_fields: (i) => host.giveText(describeEvent(events[i])),
      fault_count: () => faults.length,
      fault_json: (i) => host.giveText(faults[i].json),
      fault_offset: (i) => faults[i].at ?? -1,
      region_count: () => regions.length,
      region_text: (i) => host.giveText(regions[i].text),
      region_matches: (i, region) => Buffer.from(host.readText(region)).toString('hex') === regions[i].utf8,
      writing_count: () => writings.length,
      writing_text: (i, part) => host.giveText(writings[i][part]),
      garbled_count: () => garbledWritings.length,
      garbled_text: (i, part) => host.giveText(garbledWritings[i][part]),
      unsendable_count: () => unsendable.length,
      unsendable_tag: (i) => host.giveText(unsendable[i].tag),
    },
  }),
})
