/** Loads a workflow with probes in it, without compiling its source again. */
import { loadGuest, type GuestModule, type OriginalModule } from '@slung/runtime'
import { insertProbes } from './insert-probes.ts'
import { planProbes, type ProbePlan } from './plan-probes.ts'

export interface ProbedGuest {
  /** Its traps are those of the file: same functions, same positions. */
  readonly guest: GuestModule
  /** The probes; or why it has none: it contains an instruction that is not known here. */
  readonly plan: ProbePlan | { readonly withoutProbes: string }
}

/** @throws {SlungError} as `loadGuest` */
export async function loadProbedGuest(file: string): Promise<ProbedGuest> {
  let plan: ProbedGuest['plan'] | undefined
  const guest = await loadGuest(file, {
    rewrite: (original) => {
      plan = planOf(file, original)
      return 'withoutProbes' in plan ? null : insertProbes(original.bytes, original.binary, plan.offsets)
    },
  })
  return { guest, plan: plan! }
}

function planOf(file: string, original: OriginalModule): ProbedGuest['plan'] {
  try {
    return planProbes(original)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { withoutProbes: `cannot measure the coverage of workflow "${file}": ${error.message}` }
  }
}
