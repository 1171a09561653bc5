/** The process in which damaged stores are opened: whatever ends it, ends nothing else. Says before each which one it is. */
import { SeededRandom } from '../../src/testing/seeded-random.ts'
import { checkMutant } from './damage-check.ts'
import { mutantOf } from './damage-mutants.ts'
import { makeStores } from './damage-stores.ts'

/** What the parent asks for. */
export interface DamageTask {
  readonly folder: string
  readonly seed: number
  readonly from: number
  readonly to: number
}

/** One in so many is also written to and repaired, which takes twenty times as long. */
const thoroughEvery = 20

export type DamageMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'opening'; readonly index: number; readonly description: string }
  | { readonly kind: 'outcome'; readonly outcome: string }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'done' }

const { folder, seed, from, to } = JSON.parse(process.argv[2]!) as DamageTask
const stores = await makeStores(folder)
say({ kind: 'ready' })
for (let index = from; index < to; index++) {
  const random = new SeededRandom(Math.imul(seed, 0x9e3779b1) + index)
  const store = stores[random.below(stores.length)]!
  const { bytes, description } = mutantOf(store, random)
  say({ kind: 'opening', index, description })
  try {
    const outcome = await checkMutant(folder, store, bytes, index % thoroughEvery === 0)
    say({ kind: 'outcome', outcome })
  } catch (error) {
    const { message, cause } = error as Error
    say({ kind: 'broken', reason: cause instanceof Error ? `${message}: ${cause.message}` : message })
  }
}
say({ kind: 'done' })
process.disconnect()

function say(message: DamageMessage): void {
  process.send!(message)
}
