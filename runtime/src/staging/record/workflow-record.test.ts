/** Which writebacks belong to a recording, whatever the pace of the workflow. */
import { expect, test } from 'vitest'
import type { GuestOutcome } from '../../guest/contract/guest-outcome.ts'
import { Mark } from '../observe/mark.ts'
import { MomentKeeping } from '../workflow/workflow.ts'
import { WorkflowRecord } from './workflow-record.ts'

const returned: GuestOutcome = { kind: 'returned', code: 1 }

const reached = { at: 0, isHolding: false }

function record(begin: Mark | undefined) {
  const told: string[] = []
  const kept = new WorkflowRecord(
    {
      onWriteback: (made) => told.push(made.kind === 'ws' ? made.text : made.kind),
      onStarted: (at) => told.push(`started ${at}`),
      onFinished: ({ at }) => told.push(`finished ${at}`),
      onEnded: ({ kind }, at) => told.push(`${kind} ${at}`),
    },
    begin,
  )
  /** Writes back after the guest has polled a sample. */
  const take = (arrival: number, text = `about ${arrival}`): void =>
    kept.take({ kind: 'ws', producer: 1, text }, { arrival, polledAt: 0, madeAt: 0 })
  return { kept, told, take }
}

function passed(arrival: number): Mark {
  const mark = new Mark(arrival, 0)
  mark.pass(reached)
  return mark
}

test('what a workflow still does about earlier samples is left out', () => {
  const begin = new Mark(5, 0)
  const { take, told } = record(begin)
  for (const arrival of [4, 5, 6, 7]) take(arrival)
  expect(told).toEqual(['about 6', 'about 7'])
})

test('what it does without a new sample belongs to the recording once it has reached the beginning', () => {
  const begin = new Mark(5, 0)
  const { take, told } = record(begin)
  take(5, 'late')
  begin.pass(reached)
  take(5, 'at a tick')
  expect(told).toEqual(['at a tick'])
})

test('the end waits for what is about the last samples, and takes nothing about later ones', async () => {
  const end = new Mark(9, 0)
  const { kept, take, told } = record(passed(5))
  kept.finish(end)
  for (const arrival of [8, 9, 10]) take(arrival)
  end.pass({ at: 77, isHolding: true })
  await kept.done
  take(9, 'too late')
  expect(told).toEqual(['about 8', 'about 9', 'finished 77'])
})

test('without a run there is nothing to wait for at the end, and the next run begins the recording', async () => {
  const idle = record(undefined)
  idle.kept.finish(undefined)
  await idle.kept.done
  idle.kept.startRun(7)

  const { kept, take, told } = record(undefined)
  take(3, 'of nobody')
  kept.startRun(7)
  take(0, 'before it polls')
  take(1)
  expect(told).toEqual(['started 7', 'before it polls', 'about 1'])
  expect(idle.told).toEqual([])
})

test('a run that ends in the recording ends it; one that ends over an earlier sample does not', async () => {
  const inside = record(new Mark(5, 0))
  inside.kept.endRun(returned, 6, 70)
  await inside.kept.done
  inside.take(7)
  expect(inside.told).toEqual(['returned 70'])

  const before = record(new Mark(5, 0))
  before.kept.endRun(returned, 5, 70)
  before.kept.startRun(80)
  before.take(1)
  expect(before.told).toEqual(['started 80', 'about 1'])
})

test('a run that the host ends, or that ends after the end, is not reported', async () => {
  const stopped = record(passed(5))
  stopped.kept.endRun({ kind: 'ended', outcome: 'stopped' }, 6, 70)
  await stopped.kept.done

  const after = record(passed(5))
  after.kept.finish(new Mark(9, 0))
  after.kept.endRun(returned, 10, 70)
  await after.kept.done

  const killed = record(passed(5))
  killed.kept.endRun({ kind: 'stuck', cpuMillis: 10_000 }, null, 70)
  expect([stopped.told, after.told, killed.told]).toEqual([[], [], ['stuck 70']])
})

test('the thread hears of recordings only while some exist', async () => {
  const moments = new MomentKeeping()
  const flag = (): number => Atomics.load(moments.flag, 0)
  expect(flag()).toBe(0)
  const add = (): WorkflowRecord => {
    const { kept } = record(undefined)
    void kept.done.then(moments.keep())
    return kept
  }
  const [one, other] = [add(), add()]
  one.close()
  await one.done
  expect(flag()).toBe(1)
  other.close()
  await other.done
  expect(flag()).toBe(0)
})
