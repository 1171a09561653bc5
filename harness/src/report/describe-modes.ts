/** How time passed and Events were delivered in a run: said in every report, since the same spec means other things otherwise. */
import { formatTimestamp } from '@slung/runtime'
import { formatDuration } from '../compare/format-duration.ts'
import type { ReplayModes, RequestedModes } from '../replay/modes.ts'

/** @example "starts 2026-01-01T00:00:00Z, tick 1s, until 2026-01-01T00:10:00Z, delivery queue, seed 1" */
export function describeModes({ start, tick, until, delivery, seed }: ReplayModes): string {
  return [
    `starts ${formatTimestamp(start)}`,
    ...(tick === null ? [] : [`tick ${formatDuration(tick)}`]),
    ...(until === null ? [] : [`until ${formatTimestamp(until)}`]),
    `delivery ${delivery}`,
    `seed ${seed}`,
  ].join(', ')
}

/** The same before the input is known: a start that follows from it is left out. */
export function describeRequestedModes({ start, tick, until, delivery, seed }: RequestedModes): string {
  const end = until === null ? null : 'at' in until ? formatTimestamp(until.at) : `+${formatDuration(until.afterEnd)}`
  return [
    ...(start === null ? [] : [`starts ${formatTimestamp(start)}`]),
    ...(tick === null ? [] : [`tick ${formatDuration(tick)}`]),
    ...(end === null ? [] : [`until ${end}`]),
    `delivery ${delivery}`,
    `seed ${seed}`,
  ].join(', ')
}
