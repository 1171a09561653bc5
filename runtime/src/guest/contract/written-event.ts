/** Reads what a guest passes to `u_write_event`: three texts, as specified in `docs/abi.md`. */
import { createSeries, type Series } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import { HostRefusal } from './guest-host.ts'
import { quoteJson } from '../../engine/text/quote.ts'

export interface WrittenEvent {
  readonly series: Series
  readonly timestamp: Micros
  /** Finite. */
  readonly value: number
}

const decimalInteger = /^[+-]?\d+$/
const decimalNumber = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

/**
 * White space (as JavaScript trims it) around a number or a tag is ignored.
 *
 * @param timestamp - decimal microseconds
 * @param value - decimal number
 * @param tags - joined by commas; the last `series=NAME` names the series and is not a tag; empty ones are skipped
 * @throws {HostRefusal} naming the field that is wrong
 */
export function parseWrittenEvent(timestamp: string, value: string, tags: string): WrittenEvent {
  const micros = Number(timestamp)
  if (!decimalInteger.test(timestamp.trim()) || !Number.isSafeInteger(micros)) {
    throw refusal(
      `timestamp ${quoteJson(timestamp, quotedUnitsMax)} is not a decimal number of microseconds within ±(2^53 − 1)`,
    )
  }
  const number = Number(value)
  if (!decimalNumber.test(value.trim()) || !Number.isFinite(number)) {
    throw refusal(`value ${quoteJson(value, quotedUnitsMax)} is not a finite decimal number`)
  }
  let name = ''
  const kept: string[] = []
  for (const tag of tags.split(',').map((text) => text.trim())) {
    if (tag.startsWith('series=')) name = tag.slice('series='.length)
    else if (tag !== '') kept.push(tag)
  }
  if (name === '') throw refusal(`tags ${quoteJson(tags, quotedUnitsMax)} name no series; add series=NAME`)
  try {
    // Adding zero turns −0 into 0: a timestamp is an integer, and integers have only one zero.
    return { series: createSeries(name, kept), timestamp: micros + 0, value: number }
  } catch (error) {
    if (error instanceof SlungError) throw refusal(error.message)
    throw error
  }
}

function refusal(reason: string): HostRefusal {
  return new HostRefusal(`cannot write the event: ${reason}`)
}

const quotedUnitsMax = 80
