import { readFileSync } from 'node:fs'
import { aspectConfig } from './testing/index.js'

const { events, faults, regions } = JSON.parse(readFileSync(new URL('vectors/events.json', import.meta.url), 'utf8'))

/** A decoded event in the words of `assembly/__tests__/vectors.spec.ts`. */
const describeEvent = ({ timestamp, valueBits, tags, producers }) =>
  [timestamp, valueBits, JSON.stringify(tags), `[${producers.join(',')}]`].join(' ')

export default aspectConfig({
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
    },
  }),
})
