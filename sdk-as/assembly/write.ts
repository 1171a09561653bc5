/** Writing samples back into the store. */
import { u_write_event } from './abi'
import { error } from './log'
import { formatNumber } from './number-format'
import { lend, reclaim } from './region'
import { Result, resultOf } from './result'

// The only refusal of the SDK's own: what the wire cannot carry.
@lazy const untransportable = new Result(
  false,
  'cannot write the event: found a comma in the series or a tag, or a tag that starts with "series=", expected neither',
)

/**
 * Writes one sample of `series`, as a connected producer would; live queries see it.
 *
 * Refused: an empty series, a series or tag with a control character or more than 1,024 bytes, more than 64 tags, a value
 * that is not finite, a timestamp beyond ±(2^53 − 1), a comma in the series or a tag (commas separate tags on the wire), and
 * a tag that starts with `series=`, after blanks or not. The host trims tags and ignores empty ones.
 *
 * @param timestamp - µs since the Unix epoch
 * @param tags - `key=value` or plain flags, in any order
 */
export function writeEvent(series: string, timestamp: i64, value: f64, tags: string[] = []): Result {
  let list = 'series=' + series
  for (let i = 0; i < tags.length; i++) {
    const tag = unchecked(tags[i])
    // Sent as is, these would arrive as other tags than the ones meant: the host splits at commas and trims.
    if (tag.includes(',') || tag.trimStart().startsWith('series=')) return refuse(series)
    list += ',' + tag
  }
  if (series.includes(',')) return refuse(series)
  const timestampRegion = lend(timestamp.toString())
  const valueRegion = lend(formatNumber(value))
  const tagsRegion = lend(list)
  const status = u_write_event(timestampRegion, valueRegion, tagsRegion)
  reclaim(tagsRegion)
  reclaim(valueRegion)
  reclaim(timestampRegion)
  return resultOf(status)
}

/** The host never hears of it, so the log must: a result that the workflow ignores would leave no trace. */
function refuse(series: string): Result {
  error('cannot write to series ' + series + ': a comma or a tag that begins with series= cannot be sent')
  return untransportable
}
