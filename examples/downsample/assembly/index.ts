/**
 * Keeps the hourly average of every sensor as a separate series.
 *
 * The live query only says that a sample came. The average comes from history, where late and repeated samples are
 * already in place, and its timestamp is the start of the hour, so the store keeps one of each, however often it is
 * written. All the workflow has to remember is the hour that each sensor is in.
 */
import { HOUR, Query, env, log, writeEvent } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const series = env.get('SERIES') || 'temp'
  const samples = Query.count(series).live()
  if (!samples.ok) return 1
  const hours = new Map<string, i64>()
  while (true) {
    const event = samples.next()!
    const sensor = event.tag('sensor')
    if (sensor == null) continue

    const hour = event.timestamp - (event.timestamp % HOUR)
    // A sensor seen for the first time may be one whose hour was cut off by a restart.
    const current = hours.has(sensor) ? hours.get(sensor) : hour - HOUR
    if (hour > current) {
      writeAverage(series, sensor, current)
      hours.set(sensor, hour)
    } else if (hour < current) {
      writeAverage(series, sensor, hour)
    }
  }
}

/** Writes the average of the hour that starts at `hour`, or nothing when it has no samples. */
function writeAverage(series: string, sensor: string, hour: i64): void {
  const tag = 'sensor=' + sensor
  // Both ends of a range belong to it, and the next hour does not.
  const end = hour + HOUR - 1
  const average = Query.avg(series).tag(tag).between(hour.toString(), end.toString()).history()
  if (!average.ok) return
  if (!writeEvent(series + '_hourly', hour, average.value, [tag]).ok) log.error('The hour was not written for ' + tag)
}
