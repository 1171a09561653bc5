/** One pair to be made, in plain values: the programs of workflows, and the schedule of everything around them. */
import fc from 'fast-check'
import { conditions, modes, slotCount, type Instruction, type Program } from './program.ts'

export interface Scenario {
  /** Of all delays and samples. */
  readonly seed: number
  readonly programs: readonly Program[]
  readonly producers: readonly ProducerPlan[]
  /** Samples without a connection. */
  readonly posts: readonly BatchPlan[]
  /** How requests are answered, by turns. */
  readonly answers: readonly AnswerPlan[]
  readonly commitMillisMax: number
  /** When the disk is full, from some time on. */
  readonly outage: { readonly afterMillis: number; readonly millis: number } | null
  /** Samples that may wait for the disk. */
  readonly backlogSamplesMax: number
  /** When a message between a guest and the engine arrives at the latest. */
  readonly delayMicrosMax: number
  /** How long a poll without an Event takes. */
  readonly tickMillis: number
  /** Whether the first samples arrive while the workflows start, or when they have subscribed. */
  readonly sendsEarly: boolean
  readonly recording: RecordingPlan
  /** Whether the recording ends while the workflows may be busy. */
  readonly stopsBusy: boolean
}

/**
 * What is recorded: all that the workflows ever do, the second run of one that fails, or one that has been running for
 * a while. A recording knows nothing of what a workflow remembers, so the last must not remember anything.
 */
export type RecordingPlan = { readonly kind: 'whole' } | { readonly kind: 'second run'; readonly afterMillis: number }

export interface ProducerPlan {
  readonly batches: readonly BatchPlan[]
  /** Whether it disconnects when it has sent everything. */
  readonly leaves: boolean
}

export interface BatchPlan {
  readonly afterMillis: number
  readonly count: number
  /** How its samples are spread over series: over all, few or one. */
  readonly seriesMax: number
  /** How late its samples are at most, in seconds. */
  readonly lateSeconds: number
}

export interface AnswerPlan {
  readonly afterMillis: number
  /** 0 = none. */
  readonly status: number
  readonly body: string
}

/** Longer than any scenario. */
export const tickMillisMax = 86_400_000
export const beginMicros = 1_767_225_600_000_000
/** Of samples from outside; `w0` is what programs write for themselves and each other. */
export const seriesNames = ['s0', 's1', 's2'] as const
export const tagSets = [['room=a', 'floor=1'], ['room=b', 'floor=1'], ['room=c', 'muted'], []] as const

const weighted = <Value>(...choices: readonly (readonly [number, fc.Arbitrary<Value>])[]): fc.Arbitrary<Value> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))
const whole = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })

const operator = fc.constantFrom('COUNT', 'SUM', 'AVG', 'MIN', 'MAX')
const names = fc.constantFrom('s0', 's1', 's2', 's0,s1', 's0,s1,s2', 'w0', 's0,w0')
const plainTags = fc.constantFrom('', '', '', 'room=a', 'room=b', 'floor=1', 'muted', 'room=a OR room=c', 'NOT room=a')
const groupTags = fc.constantFrom('room=*', 'room=*', 'room=* AND floor=1', 'room=* NOT room=a', 'floor=*, room=*')
const tags = weighted([4, plainTags], [1, groupTags])
const second = whole(-30, 120).map((seconds) => beginMicros + seconds * 1_000_000)
const fixed = fc.tuple(second, second).map(([first, last]) => `:[${first},${last}]`)
const sinceBegin = fc.constantFrom(`:[${beginMicros},now]`, `:[${beginMicros - 10_000_000},now]`)
const liveRange = weighted<string>(
  [3, fc.constant('')],
  [4, fc.constantFrom(':[1s]', ':[5s]', ':[1m]', ':[1h]')],
  [2, fixed],
  [1, sinceBegin],
)
const historyRange = weighted<string>(
  [3, fc.constant('')],
  [2, fc.constantFrom(':[1s]', ':[10s]', ':[1m]', ':[2m,10s]')],
  [3, fixed],
)
const queryWith = (range: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(operator, names, tags, range).map((parts) => `${parts[0]}:${parts[1]}:[${parts[2]}]${parts[3]}`)

const slot = whole(0, slotCount - 1)
/** Few windows and all operators: opened together they are equal, with samples in between they are not. */
const commonWindow = fc
  .tuple(operator, fc.constantFrom('s0:[]:[5s]', 's0:[]:[1h]', 's0:[room=*]:[5s]', 's0,s1:[]:[1m]', 's1,s0:[]:[1m]'))
  .map(([name, rest]) => `${name}:${rest}`)
const liveQuery = weighted<string>([3, queryWith(liveRange)], [2, commonWindow])
const open = fc.tuple(fc.constant('open' as const), slot, liveQuery)
const polling: fc.Arbitrary<Instruction> = weighted<Instruction>(
  [4, fc.tuple(fc.constant('rounds' as const), whole(1, 3))],
  [2, fc.tuple(fc.constant('select' as const), fc.constantFrom(8, 64))],
  [1, fc.tuple(fc.constant('poll' as const), slot)],
  [1, fc.tuple(fc.constant('drain' as const), slot, fc.constantFrom(1, 3, 255))],
)
const path = fc.constantFrom('/a', '/b')
const acting: fc.Arbitrary<Instruction> = weighted<Instruction>(
  [3, fc.tuple(fc.constant('history' as const), queryWith(historyRange))],
  [3, open],
  [1, fc.tuple(fc.constant('free' as const), slot)],
  [
    2,
    fc.tuple(
      fc.constant('write' as const),
      fc.constantFrom('w0', 'w0', 's0', 'out'),
      fc.constantFrom('event' as const, 'count' as const, 'history' as const),
    ),
  ],
  [1, fc.tuple(fc.constant('send' as const), fc.constantFrom('first' as const, 'last' as const))],
  [
    1,
    fc.tuple(fc.constant('request' as const), fc.constantFrom('GET' as const, 'POST' as const, 'PUT' as const), path),
  ],
  [1, fc.constant(['log'] as const)],
  [1, fc.constant(['tell'] as const)],
)
const condition = fc
  .constantFrom(...conditions)
  .chain((name) =>
    fc.tuple(
      fc.constant(name),
      name === 'status' ? fc.constantFrom(200, 500) : weighted([2, whole(1, 9)], [1, whole(10, 60)]),
    ),
  )
const acts = fc.array(acting, { minLength: 1, maxLength: 3 })
const conditional = fc
  .tuple(condition, acts)
  .map(([[name, parameter], then]): Instruction => ['if', name, parameter, then])
/** Rarely, and not in the beginning: nothing follows. */
const ending = fc
  .tuple(whole(1, 60), fc.constantFrom<Instruction>(['trap'], ['return', 0], ['return', 3]))
  .map(([parameter, then]): Instruction => ['if', 'since', parameter, [then]])
const step = weighted<Instruction>([50, polling], [20, acting], [40, conditional], [4, ending])

export const programs: fc.Arbitrary<Program> = fc.record({
  tellsProducers: fc.constantFrom(true, true, true, false),
  toldMax: fc.constantFrom(50, 150, 300),
  effectsMax: fc.constant(400),
  modes: fc.array(
    weighted<Program['modes'][number]>(
      [6, fc.constant(modes[0])],
      [1, fc.constant(modes[1])],
      [1, fc.constant(modes[2])],
      [1, fc.constant(modes[3])],
    ),
    { minLength: slotCount, maxLength: slotCount },
  ),
  setup: fc
    .tuple(fc.array(open, { minLength: 1, maxLength: 5 }), fc.array(acting, { maxLength: 1 }))
    .map((parts) => parts.flat()),
  loop: fc.tuple(polling, fc.array(step, { maxLength: 5 })).map(([first, rest]) => [first, ...rest]),
})

export const batchPlans: fc.Arbitrary<BatchPlan> = fc.record({
  afterMillis: weighted([2, fc.constant(0)], [3, whole(0, 20)], [2, whole(0, 3000)]),
  count: weighted([40, whole(1, 5)], [20, whole(5, 60)], [4, whole(60, 400)], [1, whole(400, 5000)]),
  seriesMax: fc.constantFrom(1, 3, 12),
  lateSeconds: weighted([3, fc.constant(0)], [2, whole(1, 5)], [1, whole(5, 90)]),
})

export const answerPlans: fc.Arbitrary<AnswerPlan> = fc.record({
  afterMillis: weighted([3, fc.constant(0)], [3, whole(1, 30)], [2, whole(100, 900)], [1, whole(1000, 6000)]),
  status: fc.constantFrom(200, 200, 200, 201, 404, 500, 0),
  body: fc.constantFrom('', 'ok', 'fine', '{"ok":true}', '[1,2]', 'ünï'),
})

const recording: fc.Arbitrary<RecordingPlan> = weighted<RecordingPlan>(
  [8, fc.constant({ kind: 'whole' })],
  [1, fc.record({ kind: fc.constant('second run'), afterMillis: whole(0, 900) })],
)

const drawn: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.nat(),
  programs: weighted(
    [5, fc.array(programs, { minLength: 1, maxLength: 1 })],
    [1, fc.array(programs, { minLength: 2, maxLength: 2 })],
  ),
  producers: fc.array(
    fc.record({
      batches: fc.array(batchPlans, { minLength: 1, maxLength: 5 }),
      leaves: fc.constantFrom(false, false, true),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  posts: fc.array(batchPlans, { maxLength: 2 }),
  answers: fc.array(answerPlans, { minLength: 1, maxLength: 4 }),
  commitMillisMax: fc.constantFrom(1, 20, 500),
  outage: weighted([5, fc.constant(null)], [1, fc.record({ afterMillis: whole(0, 1000), millis: whole(1, 3000) })]),
  backlogSamplesMax: fc.constantFrom(1_000_000, 1_000_000, 50),
  delayMicrosMax: fc.constantFrom(1, 200, 2000, 50_000),
  tickMillis: weighted([5, fc.constant(tickMillisMax)], [1, fc.constantFrom(100, 1000, 5000)]),
  sendsEarly: weighted([5, fc.constant(false)], [1, fc.constant(true)]),
  recording,
  stopsBusy: fc.constantFrom(false, false, false, true),
})

export const scenarios: fc.Arbitrary<Scenario> = drawn.map((plan) => {
  // Who needs longer than a tick to see that it is over never comes to rest.
  const scenario = { ...plan, tickMillis: Math.max(plan.tickMillis, plan.delayMicrosMax / 10) }
  const { programs: drawnPrograms } = scenario
  switch (scenario.recording.kind) {
    case 'whole':
      return scenario
    case 'second run':
      return { ...scenario, programs: drawnPrograms.slice(0, 1).map(failing) }
  }
})

/** It fails after a few Events at the latest. */
function failing(program: Program): Program {
  return { ...program, loop: [...program.loop, ['if', 'since', 20, [['trap']]]] }
}
