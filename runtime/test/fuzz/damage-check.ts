/** Opens a damaged store in every way, and compares what it says with the truth. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SlungError } from '../../src/engine/model/slung-error.ts'
import { DurableStore } from '../../src/staging/durable-store/durable-store.ts'
import { hasLosses, repairStore } from '../../src/staging/durable-store/repair-store.ts'
import { StoredHistory } from '../../src/staging/durable-store/stored-history.ts'
import { verifyStore } from '../../src/staging/durable-store/verify-store.ts'
import type { LocalHistory } from '../../src/engine/store/history-source.ts'
import { ask, type DamagedStore } from './damage-stores.ts'

export type Outcome = 'unharmed' | 'refused' | 'partly readable'

/** A wrong answer, an unclear error, or damage that nobody finds. */
export class BrokenPromise extends Error {}

/**
 * @param isThorough - also write to it, and repair it
 * @throws {BrokenPromise}
 */
export async function checkMutant(
  folder: string,
  store: DamagedStore,
  bytes: Buffer,
  isThorough: boolean,
): Promise<Outcome> {
  const directory = join(folder, 'damaged')
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory)
  await writeFile(join(directory, 'data.mdb'), bytes)
  const outcome = await openAndAsk(() => StoredHistory.open(directory), store)
  const findings = await verify(directory)
  if (outcome !== 'unharmed' && findings.length === 0) throw new BrokenPromise('verify finds nothing')
  if (isThorough) {
    await checkRepair(directory, join(folder, 'repaired'), store, findings)
    const written = await openAndAsk(() => DurableStore.open(directory), store)
    if (written !== outcome) throw new BrokenPromise(`to read it is ${outcome}, to write it is ${written}`)
  }
  return outcome
}

async function openAndAsk(open: () => Promise<LocalHistory>, { answers }: DamagedStore): Promise<Outcome> {
  let history: LocalHistory
  try {
    history = await open()
  } catch (error) {
    expectClear(error)
    return 'refused'
  }
  let outcome: Outcome = 'unharmed'
  try {
    for (const { question, value } of answers) {
      try {
        const found = ask(history, question)
        if (found !== value)
          throw new BrokenPromise(`${JSON.stringify(question)} is answered with ${found}, expected ${value}`)
      } catch (error) {
        expectClear(error)
        outcome = 'partly readable'
      }
    }
  } finally {
    await history.close()
  }
  return outcome
}

async function verify(directory: string): Promise<readonly string[]> {
  try {
    return (await verifyStore(directory)).damage
  } catch (error) {
    expectClear(error)
    return [String(error)]
  }
}

/** A repaired store has the right answers, apart from what the report says is gone. */
async function checkRepair(
  directory: string,
  target: string,
  { answers }: DamagedStore,
  findings: readonly string[],
): Promise<void> {
  await rm(target, { recursive: true, force: true })
  let report
  try {
    report = await repairStore(directory, target)
  } catch (error) {
    expectClear(error)
    return
  }
  const isWhole = !hasLosses(report)
  if (!isWhole && findings.length === 0) throw new BrokenPromise('repair reports losses of a sound store')
  const history = await StoredHistory.open(target)
  try {
    for (const [index, { question, value }] of answers.entries()) {
      const found = ask(history, question)
      if (found === value) continue
      if (isWhole)
        throw new BrokenPromise(`repaired without losses, ${JSON.stringify(question)} is ${found}, not ${value}`)
      const [count, expected] = [found, value].map((answer) => Number(answer.split(' ')[0])) as [number, number]
      if (count > expected) throw new BrokenPromise(`repaired, ${JSON.stringify(question)} is ${found}, not ${value}`)
      // The first question is about everything.
      if (index > 0) continue
      const samples = report.losses.map((loss) => loss.samples)
      const isCounted = report.lostEntries !== null && report.lostChunks === 0 && report.lostSeries === 0
      if (isCounted && !samples.includes(null)) {
        const lost = samples.reduce<number>((sum, each) => sum + each!, report.lostEntries!)
        if (expected - count > lost)
          throw new BrokenPromise(`${expected - count} samples are gone, reported are ${lost}`)
      }
    }
  } finally {
    await history.close()
  }
  const left = await verify(target)
  if (left.length > 0) throw new BrokenPromise(`the repaired store is damaged: ${left[0]}`)
}

/** Errors are ours, about the store, and say what to do. */
function expectClear(error: unknown): void {
  const isClear =
    error instanceof SlungError &&
    ['store-corrupt', 'store-format', 'cannot-open-store'].includes(error.code) &&
    /^cannot (open|read) the store ".*": .*(repair|restore|delete|use another)/.test(error.message)
  if (!isClear) throw error instanceof BrokenPromise ? error : new BrokenPromise('an unclear error', { cause: error })
}
