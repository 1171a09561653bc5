/**
 * Makes the messages to a recorder of what a recording took down: without secrets, and in order. This takes time (texts
 * are searched, samples become text), so it happens on a thread of the recording; see `scribe-thread.ts`.
 */
import type { SeriesId } from '../../engine/store/history-source.ts'
import { describeWriteback } from './expected-entry.ts'
import type { HistoryMessage, RecordMessage, SeriesMessage } from './record-protocol.ts'
import { bytesOf, type RecordedFact, type SamplesFact, type StoredSamples } from './recorded-fact.ts'
import { describeState } from './recorded-state.ts'
import { orderedRows } from './ordered-rows.ts'
import { Redaction } from './redaction.ts'

/** A message to the recorder. */
export interface WrittenMessage {
  readonly text: string
  /** It is of what the recording begins with: the next one waits until this one is sent. */
  readonly isStored: boolean
}

/** All messages of a fact of this size have been written. */
export interface DoneFact {
  readonly doneBytes: number
}

/** Samples per message, which then has some hundred kilobytes. */
export const rowsPerMessage = 4096

export class Scribe {
  /** While stored samples are on their way: what came after them; `null` = they are complete. */
  #held: RecordedFact[] | null
  #isRefused = false

  /** @param hasHistory - whether stored samples come first, and then `opened` or `refused` */
  constructor(hasHistory: boolean) {
    this.#held = hasHistory ? [] : null
  }

  /** The messages that can be sent now. Each fact is taken when the messages of the last one are. */
  *take(fact: RecordedFact): Generator<WrittenMessage | DoneFact> {
    if (this.#held === null || this.#isRefused) {
      const text = this.#isRefused ? null : textOf(fact)
      if (text !== null) yield { text, isStored: false }
      yield { doneBytes: bytesOf(fact) }
      return
    }
    switch (fact.kind) {
      case 'opened':
        yield { text: JSON.stringify(fact.begin), isStored: true }
        yield* storedMessages(fact.stored)
        yield* this.#endOpening()
        break
      case 'refused':
        yield { text: JSON.stringify(messageOf(fact)), isStored: false }
        this.#isRefused = true
        yield* this.#endOpening()
        break
      default:
        this.#held.push(fact)
        return
    }
    yield { doneBytes: bytesOf(fact) }
  }

  *#endOpening(): Generator<WrittenMessage | DoneFact> {
    const held = this.#held ?? []
    this.#held = null
    for (const fact of held) yield* this.take(fact)
  }
}

/** What the recording begins with, oldest first. */
function* storedMessages(stored: StoredSamples): Generator<WrittenMessage> {
  const names = new Map<SeriesId, SeriesMessage>(stored.series.map((message) => [message.id, message]))
  // In columns: as rows, a million would take five times as much memory.
  const { ids, timestamps, values, order } = orderedRows(stored)
  const announced = new Set<SeriesId>()
  for (let start = 0; start < order.length; start += rowsPerMessage) {
    const rows: HistoryMessage['rows'][number][] = []
    for (const row of order.subarray(start, start + rowsPerMessage)) {
      const id = ids[row]!
      rows.push([id, timestamps[row]!, values[row]!])
      if (announced.has(id)) continue
      announced.add(id)
      yield { text: JSON.stringify(names.get(id)), isStored: true }
    }
    yield { text: JSON.stringify({ kind: 'history', rows } satisfies HistoryMessage), isStored: true }
  }
}

/** `null` = nothing is told. */
function textOf(fact: RecordedFact): string | null {
  if (fact.kind === 'samples') return samplesText(fact)
  const message = messageOf(fact)
  return message === null ? null : JSON.stringify(message)
}

function messageOf(fact: Exclude<RecordedFact, SamplesFact>): RecordMessage | null {
  switch (fact.kind) {
    case 'message':
      return fact.message
    case 'made': {
      const redaction = new Redaction(fact.clock)
      const { expect, answer } = describeWriteback(fact.made, redaction)
      const { secrets, inexact } = redaction
      const { workflow } = fact
      return { kind: 'writeback', workflow, expect, answer, secrets: [...secrets], inexact: [...inexact] }
    }
    case 'state':
      return describeState(fact)
    case 'opened':
      return fact.begin
    case 'refused':
      return fact
    default:
      return null
  }
}

/** As `JSON.stringify` of a `SamplesMessage`, without an object for each of millions of rows. */
function samplesText({ at, writer, series, timestamps, values, producers }: SamplesFact): string {
  let rows = ''
  for (let index = 0; index < series.length; index++) {
    rows += `${index === 0 ? '' : ','}[${series[index]!},${timestamps[index]!},${values[index]!},${producers[index]!}]`
  }
  return `{"kind":"samples","at":${at},"writer":${JSON.stringify(writer)},"rows":[${rows}]}`
}
