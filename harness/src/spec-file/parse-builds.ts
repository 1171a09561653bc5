/** `build:` of a spec: one command that makes all workflows, or one for each, by path. */
import { resolve } from 'node:path'
import type { Located, Report } from './located.ts'
import { placeOf, readName } from './read-located.ts'
import type { WorkflowBuild } from './spec.ts'

/** @param workflows - absolute paths: what there is to build */
export function parseBuilds(
  located: Located,
  workflows: readonly string[],
  directory: string,
  report: Report,
): WorkflowBuild[] {
  if (located.kind !== 'mapping') {
    const command = readName(located, '"build" of the spec', report)
    return command === null ? [] : [{ command, workflows, ...placeOf(located) }]
  }
  return located.entries.flatMap((entry) => {
    const command = readName(entry.value, `"build" of ${entry.key}`, report)
    const workflow = resolve(directory, entry.key)
    if (!workflows.includes(workflow)) {
      report(entry, `"build" names ${entry.key}, which is not among the workflows of the spec`)
    }
    return command === null ? [] : [{ command, workflows: [workflow], ...placeOf(entry) }]
  })
}
