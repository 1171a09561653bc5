/**
 * The engine of staging (store, arrivals, live queries) against a flat list of samples: random commands, and after each
 * one the same answers, the same Events, and the series of the samples that are there.
 *
 * A reader lags behind, as a workflow does, so samples are removed that it has yet to hear of. The durable store is
 * opened again, after a stop or from its file as a crash leaves it.
 */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { ArrivalReader } from '../../src/engine/arrival/arrival-reader.ts'
import { Arrivals } from '../../src/engine/arrival/arrivals.ts'
import { evaluateGroups, evaluateHistory, groupsInSteps } from '../../src/engine/evaluate-history.ts'
import { HandleTable } from '../../src/engine/live/handle-table.ts'
import { createSeries, formatSeries, type Series } from '../../src/engine/model/series.ts'
import { endless, finish } from '../../src/engine/model/steps.ts'
import { parseQuery } from '../../src/engine/query/parse-query.ts'
import { readSeed } from '../../src/engine/read-seed.ts'
import { MemoryStore } from '../../src/engine/store/memory-store.ts'
import type { SampleHead } from '../../src/engine/store/sample-head.ts'
import { allTime, StepwiseReading } from '../../src/engine/store/stepwise-reading.ts'
import { DurableStore } from '../../src/staging/durable-store/durable-store.ts'
import {
  answer,
  answers,
  isGrouped,
  NaiveLive,
  store as storeNaively,
  type NaiveQuery,
  type NaiveSample,
} from './engine-naive.ts'
import { fuzzLaw, type Fuzz, type Law } from './law.ts'

type Command =
  | {
      readonly kind: 'append'
      readonly samples: readonly (readonly [series: number, seconds: number, value: number])[]
    }
  | { readonly kind: 'subscribe'; readonly query: number }
  | { readonly kind: 'free'; readonly which: number }
  /** The reader is shown so many samples. */
  | { readonly kind: 'reveal'; readonly count: number }
  | { readonly kind: 'retain'; readonly seconds: number }
  | { readonly kind: 'commit' }
  | { readonly kind: 'restart'; readonly how: 'stop' | 'crash' }

interface Case {
  readonly store: 'memory' | 'durable'
  readonly commands: readonly Command[]
}

const second = 1_000_000
/** Most arrivals kept for the reader: further behind, they are set aside for it. */
const keptMax = 16
const series = ['a', 'b', 'c'].flatMap((name) => ['x=1', 'x=2'].map((tag) => createSeries(name, [tag])))

const queries: readonly NaiveQuery[] = [
  { operator: 'COUNT', names: ['a', 'b', 'c'], tag: null, range: null },
  { operator: 'SUM', names: ['a'], tag: 'x=1', range: null },
  { operator: 'MAX', names: ['a', 'c'], tag: null, range: 20 * second },
  { operator: 'AVG', names: ['b'], tag: null, range: 60 * second },
  { operator: 'MIN', names: ['a', 'b'], tag: 'x=2', range: 0 },
  { operator: 'SUM', names: ['c', 'b'], tag: null, range: [1000 * second, 1050 * second] },
  { operator: 'COUNT', names: ['a', 'b', 'c'], tag: 'x=*', range: null },
  { operator: 'AVG', names: ['a', 'c'], tag: 'x=*', range: 20 * second },
  { operator: 'MAX', names: ['b'], tag: 'x=*', range: [1000 * second, 1050 * second] },
]

function textOf({ operator, names, tag, range }: NaiveQuery): string {
  const span = range === null ? '' : typeof range === 'number' ? `:[${range / second}s]` : `:[${range.join()}]`
  return `${operator}:${names.join()}:[${tag ?? ''}]${span}`
}

/** The engine, and what remembers series by their ids. */
class Subject {
  store: SampleHead
  readonly #directory: string | null
  #arrivals: Arrivals
  #reader: ArrivalReader
  #handles: HandleTable
  readonly #known = new Map<number, Series>()
  #position = 0
  #generation = 0

  private constructor(store: SampleHead, directory: string | null) {
    this.store = store
    this.#directory = directory
    this.#arrivals = new Arrivals({ store, now: () => 0, keptMax })
    this.#reader = new ArrivalReader(this.#arrivals, 1)
    this.#handles = new HandleTable((id) => this.#known.get(id)!)
  }

  static async open(kind: Case['store']): Promise<Subject> {
    if (kind === 'memory') return new Subject(new MemoryStore({ hashSeed: 1 }), null)
    const directory = await mkdtemp(join(tmpdir(), 'slung-engine-'))
    return new Subject(await DurableStore.open(join(directory, '0')), directory)
  }

  append(samples: readonly NaiveSample[]): void {
    const ids = samples.map(({ name, tag }) => this.#arrivals.intern(createSeries(name, [tag])))
    const refusals = this.#arrivals.append(
      {
        count: samples.length,
        series: Uint32Array.from(ids),
        timestamps: Float64Array.from(samples, ({ at }) => at),
        values: Float64Array.from(samples, ({ value }) => value),
        producers: new Float64Array(samples.length),
      },
      0,
    )
    deepStrictEqual(refusals, [])
    this.#arrivals.endTurn()
  }

  /** Everything must be revealed. */
  subscribe(query: NaiveQuery): number {
    const parsed = parseQuery(textOf(query))
    const seed = readSeed(this.store, parsed, now)
    const span = seed.kind === 'fixed' ? seed.span : allTime
    const ids = finish(this.#reader.subscribe(this.#handles.next, parsed, span, endless))
    deepStrictEqual(finish(this.#reader.passed(ids, endless)).count, 0)
    return this.#handles.add(parsed, seed)
  }

  free(handle: number): void {
    finish(this.#reader.free(handle, endless))
    ok(this.#handles.free(handle))
  }

  /** Shows the reader at most so many samples. @returns its position: how many have arrived up to there */
  reveal(countMax: number): number {
    for (const id of this.#reader.takeForgotten()) {
      this.#known.delete(id)
      this.#handles.forgetSeries(id)
    }
    for (let left = countMax; left > 0 && this.#reader.next() !== undefined;) {
      const { count, positions, series: ids, timestamps, values } = this.#reader.take(left)
      for (let index = 0; index < count; index++) {
        if (!this.#known.has(ids[index]!)) this.#known.set(ids[index]!, this.store.series(ids[index]!))
        this.#handles.offer(ids[index]!, timestamps[index]!, values[index]!, 0, 0)
      }
      this.#position = positions[count - 1]!
      left -= count
    }
    if (this.#reader.next() === undefined) this.#position = this.#arrivals.newest
    this.#reader.moveTo(this.#position)
    this.#arrivals.endTurn()
    return this.#position
  }

  poll(handle: number): number[] {
    const polled: number[] = []
    for (let event = this.#handles.poll(handle); event !== undefined; event = this.#handles.poll(handle)) {
      polled.push(event.value)
    }
    return polled
  }

  retain(before: number): void {
    this.store.retain({ before, bytesMax: null })
    this.#arrivals.removeEmptySeries()
  }

  /** Live queries end. */
  async restart(how: 'stop' | 'crash'): Promise<void> {
    this.#reader.close()
    if (this.#directory !== null) {
      const pathOf = (generation: number): string => join(this.#directory!, String(generation))
      const old = this.store
      if (how === 'stop') {
        await old.close()
        this.store = await DurableStore.open(pathOf(this.#generation))
      } else {
        await mkdir(pathOf(this.#generation + 1))
        await copyFile(join(pathOf(this.#generation), 'data.mdb'), join(pathOf(this.#generation + 1), 'data.mdb'))
        await old.close()
        this.store = await DurableStore.open(pathOf(++this.#generation))
      }
    }
    this.#known.clear()
    this.#position = 0
    this.#arrivals = new Arrivals({ store: this.store, now: () => 0, keptMax })
    this.#reader = new ArrivalReader(this.#arrivals, 1)
    this.#handles = new HandleTable((id) => this.#known.get(id)!)
  }

  async close(): Promise<void> {
    await this.store.close()
    if (this.#directory !== null) await rm(this.#directory, { recursive: true })
  }
}

const now = 1100 * second

async function holds({ store: kind, commands }: Case): Promise<void> {
  const subject = await Subject.open(kind)
  try {
    await new Comparison(subject, kind).run(commands)
  } finally {
    await subject.close()
  }
}

class Comparison {
  readonly #subject: Subject
  readonly #isDurable: boolean
  #stored: NaiveSample[] = []
  #committed: NaiveSample[] = []
  /** Everything since the start, and how much of it the reader has seen. */
  #arrived: NaiveSample[] = []
  #position = 0
  #live: { readonly handle: number; readonly naive: NaiveLive }[] = []

  constructor(subject: Subject, kind: Case['store']) {
    this.#subject = subject
    this.#isDurable = kind === 'durable'
  }

  async run(commands: readonly Command[]): Promise<void> {
    for (const command of commands) {
      await this.#perform(command)
      this.#compare()
    }
    this.#reveal(Number.POSITIVE_INFINITY)
    this.#retain(Number.NEGATIVE_INFINITY)
    deepStrictEqual(this.#seriesKnown(), this.#seriesStored(), 'series without samples are gone')
  }

  async #perform(command: Command): Promise<void> {
    switch (command.kind) {
      case 'append':
        return this.#append(command.samples.map(([which, seconds, value]) => sampleOf(which, seconds, value)))
      case 'subscribe': {
        this.#reveal(Number.POSITIVE_INFINITY)
        const query = queries[command.query]!
        this.#live.push({ handle: this.#subject.subscribe(query), naive: new NaiveLive(query, this.#stored) })
        return
      }
      case 'free': {
        const [freed] = this.#live.splice(command.which % Math.max(1, this.#live.length), 1)
        if (freed !== undefined) this.#subject.free(freed.handle)
        return
      }
      case 'reveal':
        return this.#reveal(command.count)
      case 'retain':
        return this.#retain(command.seconds * second)
      case 'commit':
        await this.#subject.store.commit()
        this.#committed = structuredClone(this.#stored)
        return
      case 'restart':
        await this.#subject.restart(command.how)
        if (this.#isDurable && command.how === 'crash') this.#stored = structuredClone(this.#committed)
        this.#committed = structuredClone(this.#stored)
        this.#arrived = []
        this.#position = 0
        this.#live = []
    }
  }

  #append(samples: readonly NaiveSample[]): void {
    this.#subject.append(samples)
    for (const sample of samples) storeNaively(this.#stored, sample)
    this.#arrived.push(...samples)
  }

  #reveal(countMax: number): void {
    const revealed = this.#arrived.slice(this.#position, this.#subject.reveal(countMax))
    this.#position += revealed.length
    for (const { handle, naive } of this.#live) {
      const expected = revealed.map((sample) => naive.accept(sample)).filter((value) => value !== null)
      deepStrictEqual(this.#subject.poll(handle), expected, `Events of ${textOf(naive.query)}`)
    }
  }

  #retain(before: number): void {
    this.#subject.retain(before)
    const left = this.#samplesLeft()
    const kept = this.#stored.filter((sample) => left.has(keyOf(sample)))
    const gone = this.#stored.filter((sample) => !left.has(keyOf(sample)))
    ok(
      gone.every(({ at }) => at < before),
      'only what is older is removed',
    )
    // The durable store keeps whole chunks: what shares one with a newer sample stays.
    if (!this.#isDurable)
      deepStrictEqual(
        kept.filter(({ at }) => at < before),
        [],
      )
    this.#stored = kept
  }

  #compare(): void {
    const { store } = this.#subject
    for (const query of queries) {
      const parsed = parseQuery(textOf(query))
      if (!isGrouped(query)) {
        deepStrictEqual(evaluateHistory(store, parsed, now), answer(this.#stored, query, now), parsed.text)
        continue
      }
      const expected = answers(this.#stored, query, now).map(([tag, value]) => ({ tags: [tag], value }))
      deepStrictEqual(evaluateGroups(store, parsed, now), expected, parsed.text)
      deepStrictEqual(finish(groupsInSteps(new StepwiseReading(store), parsed, now)), expected, parsed.text)
    }
    const known = this.#seriesKnown()
    deepStrictEqual(store.counts().series, known.length)
    deepStrictEqual(
      this.#seriesStored().filter((name) => !known.includes(name)),
      [],
      'a series with samples is known',
    )
  }

  #samplesLeft(): Set<string> {
    const left = new Set<string>()
    const { store } = this.#subject
    store.select({ names: null, tags: { kind: 'everything' } }, null, (id, at) => {
      left.add(`${formatSeries(store.series(id))} ${at}`)
    })
    return left
  }

  #seriesKnown(): string[] {
    return series.filter((each) => this.#subject.store.find(each) !== undefined).map(formatSeries)
  }

  #seriesStored(): string[] {
    const stored = new Set(this.#stored.map(({ name, tag }) => `${name}{${tag}}`))
    return series.map(formatSeries).filter((name) => stored.has(name))
  }
}

function sampleOf(which: number, seconds: number, value: number): NaiveSample {
  const { name, tags } = series[which]!
  return { name, tag: tags[0]!, at: (1000 + seconds) * second, value }
}

function keyOf({ name, tag, at }: NaiveSample): string {
  return `${name}{${tag}} ${at}`
}

const sample = fc.tuple(fc.nat(series.length - 1), fc.integer({ min: 0, max: 120 }), fc.integer({ min: -50, max: 50 }))
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('append'), samples: fc.array(sample, { maxLength: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('subscribe'), query: fc.nat(queries.length - 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('free'), which: fc.nat(8) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('reveal'), count: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('retain'), seconds: fc.integer({ min: 1000, max: 1130 }) }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'commit' }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart'), how: fc.constantFrom('stop', 'crash') }) },
)

export const engine: Law<Case> = {
  name: 'engine',
  home: import.meta.dirname,
  batchSize: 100,
  cases: fc.record({
    // The disk is slow.
    store: fc.oneof({ weight: 9, arbitrary: fc.constant('memory') }, { weight: 1, arbitrary: fc.constant('durable') }),
    commands: fc.array(command, { minLength: 1, maxLength: 40, size: 'max' }),
  }),
  holds,
}

export const fuzz: Fuzz = fuzzLaw(engine)
