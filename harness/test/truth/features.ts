/** What is special about a scenario, in words: which of the hard things it does. */
import { instructionsOf, type Instruction } from './program.ts'
import { tickMillisMax, type Scenario } from './scenario.ts'

export type Feature = (typeof featureNames)[number]

export const featureNames = [
  'several handles',
  'equal windows',
  'groups',
  'subscribes while it runs',
  'asks history',
  'feeds itself',
  'several workflows',
  'ticks',
  'sends early',
  'records a second run',
  'disk fails',
  'asks about now',
  'producers leave',
  'stops busy',
  'waits for answers',
  'does not poll everything',
] as const

export function featuresOf(scenario: Scenario): Set<Feature> {
  const { programs, producers, stopsBusy, answers, tickMillis, sendsEarly } = scenario
  const features = new Set<Feature>()
  const addIf = (feature: Feature, applies: boolean): void => {
    if (applies) features.add(feature)
  }
  addIf('several workflows', programs.length > 1)
  addIf('ticks', tickMillis < tickMillisMax)
  addIf('sends early', sendsEarly)
  addIf('records a second run', scenario.recording.kind === 'second run')
  addIf('disk fails', scenario.outage !== null || scenario.backlogSamplesMax < 1000)
  addIf('stops busy', stopsBusy)
  for (const program of programs) {
    const loop = [...instructionsOf(program.loop)]
    const all = [...instructionsOf(program.setup), ...loop]
    const slots = new Set(all.flatMap((instruction) => (instruction[0] === 'open' ? [instruction[1]] : [])))
    addIf('several handles', slots.size > 1)
    addIf('equal windows', hasEqualWindows(all))
    addIf(
      'groups',
      all.some((instruction) => instruction[0] === 'open' && instruction[2].includes('=*')),
    )
    addIf(
      'subscribes while it runs',
      loop.some(([name]) => name === 'open'),
    )
    addIf(
      'asks history',
      all.some(([name]) => name === 'history'),
    )
    addIf('asks about now', all.some(isAboutNow))
    addIf('feeds itself', feedsItself(all))
    const requests = all.some(([name]) => name === 'request') || program.modes.includes('http')
    addIf('waits for answers', requests && answers.some(({ afterMillis }) => afterMillis > 0))
    const sends = all.some(([name]) => name === 'send') || program.modes.includes('ws') || program.tellsProducers
    addIf('producers leave', sends && producers.some(({ leaves }) => leaves))
    addIf('does not poll everything', !program.loop.some(isPollOfAll))
  }
  return features
}

/** Whether two live queries differ in nothing but their operator. */
function hasEqualWindows(instructions: readonly Instruction[]): boolean {
  const windows = instructions.flatMap((instruction) =>
    instruction[0] === 'open' ? (/^\w+(:.*:\[\d+\w\])$/.exec(instruction[2])?.[1] ?? []) : [],
  )
  return new Set(windows).size < windows.length
}

function isAboutNow(instruction: Instruction): boolean {
  return instruction[0] === 'history' && /[sm]\]$/.test(instruction[1])
}

function isPollOfAll([name]: Instruction): boolean {
  return name === 'rounds' || name === 'select'
}

function feedsItself(instructions: readonly Instruction[]): boolean {
  const written = new Set(instructions.flatMap((one) => (one[0] === 'write' ? [one[1]] : [])))
  return instructions.some(
    (one) =>
      (one[0] === 'open' || one[0] === 'history') &&
      one[one.length - 1]!.toString()
        .split(':')[1]!
        .split(',')
        .some((series) => written.has(series)),
  )
}
