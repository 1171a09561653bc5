/** Words for a handle that fell behind. */
import { formatDurationRoughly } from '../text/duration.ts'
import { plural } from '../text/words.ts'
import type { Lag } from './serial-world.ts'

/** `the handle of "AVG:temp:[]" was up to 718 Events (3 h) behind: …`. */
export function describeLag({ query, events, micros }: Lag): string {
  return (
    `the handle of "${query}" was up to ${plural(events, 'Event')} (${formatDurationRoughly(micros)}) behind: ` +
    'others were polled instead; poll every handle in turn'
  )
}
