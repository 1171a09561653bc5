/**
 * One schedule of a simulated runtime, in plain values: who sends what and when, what fails, and what workflows do
 * about it.
 */
import fc from 'fast-check'

export interface Scenario {
  /** Seed of all delays. */
  readonly seed: number
  readonly producers: readonly ProducerPlan[]
  readonly posts: readonly PostPlan[]
  readonly workflows: readonly GuestPlan[]
  /** When commits fail: one outage after the other. */
  readonly outages: readonly { readonly afterMillis: number; readonly millis: number }[]
  readonly commitMillisMax: number
  readonly backlogSamplesMax: number
  /** A recorder that connects, and stops. */
  readonly recording: { readonly afterMillis: number; readonly millis: number } | null
  /** When the runtime is stopped, in the middle of everything; `null` = when all is quiet. */
  readonly stopsAfterMillis: number | null
}

export interface ProducerPlan {
  /** Whether it speaks `slung.ack.v1`. */
  readonly wantsAcks: boolean
  readonly frames: readonly { readonly afterMillis: number; readonly eventCount: number }[]
  /** What it does when it has sent everything. */
  readonly end: 'stays' | 'leaves' | 'dies'
}

/** A sender without a connection, such as a request over HTTP. */
export interface PostPlan {
  readonly afterMillis: number
  readonly sampleCount: number
}

export interface GuestPlan {
  readonly tickMillis: number
  /** How long it may think about one Event. */
  readonly thinkMillisMax: number
  /** At each Event: writes a sample, sends a text to the producer, sends HTTP. */
  readonly writes: boolean
  readonly answers: boolean
  readonly calls: boolean
  /** After how many Events a run ends; `null` = never. */
  readonly eventsMax: number | null
  /** How it ends then. `hangs`: it neither polls nor returns. */
  readonly end: 'traps' | 'fails' | 'returns' | 'hangs'
}

const millis = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 3000 }))
/** Now and then long enough for a run to count as healthy. */
const pause = fc.oneof({ weight: 20, arbitrary: millis }, { weight: 1, arbitrary: fc.constant(65_000) })
const rarely = (max: number): fc.Arbitrary<number | null> => fc.option(fc.integer({ min: 0, max }), { freq: 2 })

const producer: fc.Arbitrary<ProducerPlan> = fc.record({
  wantsAcks: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  frames: fc.array(fc.record({ afterMillis: pause, eventCount: fc.integer({ min: 1, max: 6 }) }), { maxLength: 8 }),
  end: fc.constantFrom('stays', 'stays', 'leaves', 'dies'),
})

const guest: fc.Arbitrary<GuestPlan> = fc
  .record({
    tickMillis: fc.constantFrom(100, 1000, 5000),
    thinkMillisMax: fc.constantFrom(0, 0, 5, 200),
    writes: fc.boolean(),
    answers: fc.boolean(),
    calls: fc.boolean(),
    eventsMax: rarely(12),
    end: fc.constantFrom('traps', 'traps', 'fails', 'returns', 'hangs'),
  })
  // One that hangs before its first poll is ended by the watchdog, which is in the thread, and no sample comes until then.
  .map((plan) => (plan.end === 'hangs' && plan.eventsMax === 0 ? { ...plan, eventsMax: 1 } : plan))

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.nat(),
  producers: fc.array(producer, { minLength: 1, maxLength: 3 }),
  posts: fc.array(fc.record({ afterMillis: millis, sampleCount: fc.integer({ min: 1, max: 6 }) }), { maxLength: 3 }),
  workflows: fc.array(guest, { maxLength: 3 }),
  outages: fc.array(fc.record({ afterMillis: millis, millis: fc.integer({ min: 1, max: 8000 }) }), { maxLength: 2 }),
  commitMillisMax: fc.constantFrom(1, 20, 500),
  backlogSamplesMax: fc.constantFrom(1, 4, 16, 1000),
  recording: fc.option(fc.record({ afterMillis: millis, millis }), { freq: 2 }),
  stopsAfterMillis: fc.option(fc.integer({ min: 0, max: 15_000 }), { freq: 2 }),
})
