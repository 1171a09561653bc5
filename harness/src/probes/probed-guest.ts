/** Loads a workflow with probes in it, without compiling its source again. */
import { loadGuest, SlungError, type GuestModule, type OriginalModule, type RewrittenModule } from '@slung/runtime'
import { insertProbes } from './insert-probes.ts'
import { planProbes, type ProbePlan } from './plan-probes.ts'

export interface ProbedGuest {
  /** Traps of it are those of the file: same functions, same positions. */
  readonly guest: GuestModule
  readonly plan: ProbePlan
}

/**
 * @throws {SlungError} `no-probes` for a module with an instruction that is not known here, which can run without coverage;
 * and as `loadGuest`
 */
export async function loadProbedGuest(file: string): Promise<ProbedGuest> {
  let plan: ProbePlan | undefined
  const rewrite = (original: OriginalModule): RewrittenModule => {
    plan = planOf(file, original)
    return insertProbes(original.bytes, original.binary, plan.offsets)
  }
  const guest = await loadGuest(file, { rewrite })
  return { guest, plan: plan! }
}

function planOf(file: string, original: OriginalModule): ProbePlan {
  try {
    return planProbes(original)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new SlungError('no-probes', `cannot measure the coverage of workflow "${file}": ${error.message}`)
  }
}
