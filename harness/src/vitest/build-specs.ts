/** Builds the workflows of specs before vitest runs them, in projects that run vitest themselves. */
import { isCI, SlungError } from '@slung/runtime'
import type { Plugin } from 'vitest/config'
import { buildIfStale } from '../builds/build-workflow.ts'
import { buildsOf } from '../builds/rebuilds.ts'
import type { WorkflowBuild } from '../spec-file/spec.ts'
import type { SpecSettings } from './spec-tests.ts'

/**
 * Builds what a run needs when it starts, and nothing when tests are only listed. While vitest watches, `buildWatcher`
 * builds what changes after the first run.
 */
export function specBuilder(): Plugin {
  return {
    name: 'slung-project-builds',
    configureVitest({ vitest, project }) {
      let hasRun = false
      vitest.config.reporters.push({
        async onTestRunStart(specifications) {
          if (hasRun && vitest.config.watch) return
          hasRun = true
          const files = specifications.filter((specification) => specification.project === project)
          const specs = files.map(({ moduleId }) => moduleId).filter((file) => file.endsWith('.slung.yaml'))
          project.provide('slung', { ...(await buildAll(specs)), twice: isCI(), traces: false })
        },
      })
    },
  }
}

async function buildAll(specs: readonly string[]): Promise<Pick<SpecSettings, 'skipped' | 'unbuilt'>> {
  const skipped: Record<string, string> = {}
  const unbuilt: Record<string, string> = {}
  for (const spec of specs) {
    for (const build of await buildsOf(spec)) {
      const reasons = await attempt(spec, build)
      for (const workflow of build.workflows) {
        if (reasons.skipped !== null) skipped[workflow] = reasons.skipped
        if (reasons.unbuilt !== null) unbuilt[workflow] = reasons.unbuilt
      }
    }
  }
  return { skipped, unbuilt }
}

interface Reasons {
  readonly skipped: string | null
  readonly unbuilt: string | null
}

/** What is wrong with one spec must not keep the tests of others from running. */
async function attempt(spec: string, build: WorkflowBuild): Promise<Reasons> {
  try {
    return { skipped: await buildIfStale(spec, build), unbuilt: null }
  } catch (error) {
    if (!(error instanceof SlungError)) throw error
    return { skipped: null, unbuilt: error.message }
  }
}
