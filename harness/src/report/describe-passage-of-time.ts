/** How time passed and Events were delivered in a run: part of every report, since it changes what the spec means. */
import { formatDurationRoughly, formatTimestamp, plural } from '@slung/runtime'
import type { PassageOfTime, RequestedPassageOfTime } from '../run/passage-of-time.ts'
import type { Spec } from '../spec-file/spec.ts'

/** @example "starts 2026-01-01T00:00:00Z, tick 1s, until 2026-01-01T00:10:00Z, delivery queue, seed 1" */
export function describePassageOfTime({ start, tick, until, delivery, seed }: PassageOfTime): string {
  return [
    `starts ${formatTimestamp(start)}`,
    ...(tick === null ? [] : [`tick ${formatDurationRoughly(tick)}`]),
    ...(until === null ? [] : [`until ${formatTimestamp(until)}`]),
    `delivery ${delivery}`,
    `seed ${seed}`,
  ].join(', ')
}

/** The same before the input is known: a start that depends on it is left out. */
function describeRequestedPassage({ start, tick, until, delivery, seed }: RequestedPassageOfTime): string {
  const end =
    until === null ? null : 'at' in until ? formatTimestamp(until.at) : `+${formatDurationRoughly(until.offset)}`
  return [
    ...(start === null ? [] : [`starts ${formatTimestamp(start)}`]),
    ...(tick === null ? [] : [`tick ${formatDurationRoughly(tick)}`]),
    ...(end === null ? [] : [`until ${end}`]),
    `delivery ${delivery}`,
    `seed ${seed}`,
  ].join(', ')
}

/**
 * How all tests of a run are replayed: the passage of time that most have, and which specs have another.
 *
 * @example "delivery queue, seed 1; dead-man.slung.yaml: tick 1s, until +10m, delivery queue, seed 1"
 */
export function describePassageOfTests(specs: readonly Spec[], twice: boolean): string {
  const files = new Map<string, Set<string>>()
  const counts = new Map<string, number>()
  for (const { file, tests } of specs) {
    for (const { passage } of tests) {
      const text = describeRequestedPassage(passage)
      counts.set(text, (counts.get(text) ?? 0) + 1)
      files.set(text, (files.get(text) ?? new Set()).add(file))
    }
  }
  const [usual = '', ...others] = [...counts].toSorted((one, other) => other[1] - one[1]).map(([text]) => text)
  const shown = others.slice(0, othersShownMax).map((text) => `${listFiles([...files.get(text)!])}: ${text}`)
  const hidden = others.length - shown.length
  const more = hidden > 0 ? [`and ${plural(hidden, 'other way')}`] : []
  return [`${usual}${twice ? ', every test twice' : ''}`, ...shown, ...more].join('; ')
}

const othersShownMax = 3

function listFiles([first, ...rest]: readonly string[]): string {
  return rest.length === 0 ? first! : `${first} and ${rest.length} more`
}
