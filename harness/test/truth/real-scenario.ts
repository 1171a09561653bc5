/** What happens to one runtime as a process: several workflows, and producers that send to it over real sockets. */
import fc from 'fast-check'
import { mapInstructions, type Program } from './program.ts'
import { answerPlans, batchPlans, programs, type AnswerPlan, type ProducerPlan } from './scenario.ts'

export interface RealScenario {
  readonly seed: number
  readonly programs: readonly Program[]
  readonly producers: readonly ProducerPlan[]
  /** How each program's requests are answered, by turns. */
  readonly answers: readonly AnswerPlan[]
}

/** All workflows of a recording together may write 10,000 times, and each does some 400 things of its own. */
const toldMax = 50
const pauseMillisMax = 300

/**
 * The recording begins when the workflows have subscribed, so they do nothing before the first Event, and no tick gets
 * them on: a recording that begins midway does not know what they polled last.
 *
 * @param programCount - how many workflows the runtime has
 */
export function realScenarios(programCount: number): fc.Arbitrary<RealScenario> {
  const programsOfRuntime = fc.array(programs.map(startsQuietly), { minLength: programCount, maxLength: programCount })
  return fc.record({
    seed: fc.nat(),
    programs: programsOfRuntime,
    producers: fc.array(
      fc.record({
        batches: fc.array(batchPlans.map(withShortPause), { minLength: 3, maxLength: 6 }),
        leaves: fc.boolean(),
      }),
      { minLength: 2, maxLength: 4 },
    ),
    answers: fc.array(answerPlans.map(withShortPause), { minLength: 1, maxLength: 4 }),
  })
}

/** Moves the times in its queries. */
export function withLaterTimes(program: Program, micros: number): Program {
  const move = (query: string): string => query.replaceAll(/\d{16}/g, (time) => String(Number(time) + micros))
  return mapInstructions(program, (one) => {
    if (one[0] === 'open') return ['open', one[1], move(one[2])]
    return one[0] === 'history' ? ['history', move(one[1])] : one
  })
}

/** It does nothing before the first Event, and leaves none unpolled. */
function startsQuietly(program: Program): Program {
  const setup = program.setup.filter(([name]) => name === 'open')
  return { ...program, toldMax, setup, loop: [...program.loop, ['rounds', 1]] }
}

function withShortPause<Plan extends { readonly afterMillis: number }>(plan: Plan): Plan {
  return { ...plan, afterMillis: plan.afterMillis % pauseMillisMax }
}
