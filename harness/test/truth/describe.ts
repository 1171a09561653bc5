/** Scenarios and broken laws for people. */
import type { Instruction, Program } from './program.ts'
import type { Difference } from './pair-result.ts'
import type { AnswerPlan, BatchPlan, Scenario } from './scenario.ts'
import type { Smallest } from './smallest.ts'

export function describeFailure(seed: number, differences: readonly Difference[]): string {
  return [
    `seed ${seed}: staging and its replay differ`,
    ...differences.map(describeDifference),
    `to repeat it: npm run fuzz -- truth --seed ${seed} --scenarios 1`,
  ].join('\n')
}

export function describeSmallest({ scenario, result, attempts }: Smallest): string {
  return [
    `the smallest such scenario that was found, in ${attempts} attempts:`,
    ...describeScenario(scenario).map((line) => `  ${line}`),
    ...result.differences.map(describeDifference),
  ].join('\n')
}

function describeDifference({ workflow, kind, text }: Difference): string {
  return `${workflow}: ${kind}\n${text.replaceAll(/^/gm, '  ')}`
}

export function describeScenario(scenario: Scenario): string[] {
  const { programs, producers, posts, answers, seed, commitMillisMax, delayMicrosMax, ...rest } = scenario
  const { tickMillis, sendsEarly, recording, outage, backlogSamplesMax, stopsBusy } = rest
  const programNames = programs.map((_, index) => `w${index}`)
  return [
    ...programs.flatMap((program, index) => [`${programNames[index]}:`, ...describeProgram(program)]),
    ...producers.map(
      ({ batches, leaves }, index) =>
        `producer ${index + 1} sends ${batches.map(describeBatch).join(', ')}${leaves ? ', and leaves' : ''}`,
    ),
    ...posts.map((batch) => `somebody posts ${describeBatch(batch)}`),
    `answers: ${answers.map(describeAnswer).join(', ')}`,
    `seed ${seed}, commits ≤ ${commitMillisMax} ms, messages ≤ ${delayMicrosMax} µs, ticks of ${tickMillis} ms`,
    ...(recording.kind === 'whole' ? [] : [`recorded ${recording.kind}, after ${recording.afterMillis} ms`]),
    ...(outage === null ? [] : [`the disk is full after ${outage.afterMillis} ms, for ${outage.millis} ms`]),
    ...(backlogSamplesMax < 1000 ? [`${backlogSamplesMax} samples may wait for the disk`] : []),
    ...(sendsEarly ? ['the first samples arrive while the workflows start'] : []),
    ...(stopsBusy ? ['the recording ends while they may be busy'] : []),
  ]
}

function describeAnswer({ afterMillis, status, body }: AnswerPlan): string {
  return `${status} ${JSON.stringify(body)} after ${afterMillis} ms`
}

function describeBatch({ afterMillis, count, seriesMax, lateSeconds }: BatchPlan): string {
  return `${count} (of ${seriesMax}${lateSeconds > 0 ? `, ${lateSeconds} s late` : ''}) after ${afterMillis} ms`
}

function describeProgram({ setup, loop, tellsProducers, toldMax, modes }: Program): string[] {
  return [
    `  tells ${toldMax} Events${tellsProducers ? ' with producers' : ''}, by slot: ${modes.join(' ')}`,
    ...setup.flatMap((instruction) => describe(instruction, '  ')),
    '  repeat',
    ...loop.flatMap((instruction) => describe(instruction, '    ')),
    '    poll 0',
  ]
}

function describe(instruction: Instruction, indent: string): string[] {
  if (instruction[0] !== 'if') return [indent + instruction.join(' ')]
  const [, condition, parameter, then] = instruction
  return [`${indent}if ${condition} ${parameter}`, ...then.flatMap((inner) => describe(inner, `${indent}  `))]
}
