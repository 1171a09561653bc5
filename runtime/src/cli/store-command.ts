/** `slung store`: finds out whether a data directory is sound, and copies what is whole out of a damaged or an old one. */
import { Command } from 'commander'
import { formatTimestamp } from '../engine/model/timestamp.ts'
import { grouped, plural } from '../engine/text/words.ts'
import type { Loss, RepairReport } from '../staging/durable-store/repair-store.ts'
import type { VerifyReport } from '../staging/durable-store/verify-store.ts'
import type { ProgramOutput } from './program-output.ts'

/**
 * Makes the command.
 *
 * @param finish - receives the exit code: 0 sound, nothing is gone; 1 damaged, something is gone; 2 it could not be read
 */
export function createStoreCommand(output: ProgramOutput, finish: (exitCode: number) => void): Command {
  const verify = new Command('verify')
    .summary('look for damage in a data directory')
    .description(
      'Reads every record of a data directory, which no runtime may have open, and lists what is damaged. Changes nothing.\n' +
        'Exit codes: 0 it is sound, 1 it is damaged, 2 it could not be read.',
    )
    .argument('<dir>', 'the data directory')
    .action(async (directory: string) => {
      const { verifyStore } = await import('../staging/durable-store/verify-store.ts')
      const report = await verifyStore(directory)
      output.out(formatVerifyReport(directory, report))
      finish(report.damage.length === 0 ? 0 : 1)
    })
  const repair = new Command('repair')
    .summary('copy what is whole into a new data directory')
    .description(
      'Copies everything that is whole in a data directory, which no runtime may have open, into a new one, and lists what is gone.\n' +
        'Also brings a directory of an older version to the present format. The old directory stays as it is.\n' +
        'Exit codes: 0 nothing is gone, 1 something is gone, 2 nothing could be copied.',
    )
    .argument('<dir>', 'the data directory')
    .argument('<new>', 'where to copy to: a directory that does not exist or is empty')
    .action(async (directory: string, target: string) => {
      const { hasLosses, repairStore } = await import('../staging/durable-store/repair-store.ts')
      const report = await repairStore(directory, target)
      output.out(formatRepairReport(directory, target, report))
      finish(hasLosses(report) ? 1 : 0)
    })
  return new Command('store')
    .summary('verify or repair a data directory')
    .description('Looks after the data directories that "slung run --data" writes.')
    .helpCommand(false)
    .addCommand(verify)
    .addCommand(repair)
}

function formatVerifyReport(directory: string, { damage, ...found }: VerifyReport): string {
  const content =
    `${grouped(found.series)} series, ${plural(found.chunks, 'chunk')} with ${plural(found.samples, 'sample')}, ` +
    `${plural(found.journalRecords, 'journal record')}${withStates(found.states)}; format ${found.format}`
  if (damage.length === 0) return `${directory}: sound; ${content}\n`
  const lines = damage.map((what) => `  ${what}\n`).join('')
  return (
    `${directory}: damaged in ${plural(damage.length, 'place')}; readable are ${content}\n${lines}` +
    `run "slung store repair ${directory} NEW" to copy what is left into the new directory NEW\n`
  )
}

function formatRepairReport(directory: string, target: string, report: RepairReport): string {
  const { format, series, samples, damage, losses, lostEntries, lostSeries, lostChunks, states, lostStates } = report
  const lines = [
    `${target}: ${grouped(series)} series with ${plural(samples, 'sample')}${withStates(states)}, ` +
      `copied from ${directory} (format ${format})`,
  ]
  if (damage.length > 0) lines.push('damage:', ...damage.map((what) => `  ${what}`))
  const gone = losses.map(formatLoss)
  if (lostSeries > 0) gone.push(`${grouped(lostSeries)} series whose name is gone, with all samples`)
  if (lostChunks > 0) gone.push(`${plural(lostChunks, 'chunk')} of up to 8,192 samples of which nothing is left`)
  if (lostStates > 0) gone.push(`${plural(lostStates, 'value')} that workflows remembered`)
  if (lostEntries === null) gone.push('an unknown number of the newest samples')
  else if (lostEntries > 0) gone.push(`${plural(lostEntries, 'sample')} of the newest, or removals, of unknown series`)
  lines.push(...(gone.length === 0 ? ['nothing is gone'] : ['gone:', ...gone.map((what) => `  ${what}`)]))
  return `${lines.join('\n')}\n`
}

function withStates(count: number): string {
  return count === 0 ? '' : `, ${plural(count, 'value')} that workflows remember`
}

function formatLoss({ series, first, last, samples }: Loss): string {
  const span = `from ${formatTimestamp(first)} to ${last === null ? 'an unknown time' : formatTimestamp(last)}`
  const count = samples === null ? 'up to 8,192 samples' : `${grouped(samples)} ${samples === 1 ? 'sample' : 'samples'}`
  return `${series ?? 'a series whose name is gone'}: ${count} ${span}`
}
