/** `slung run`: starts the reference runtime, keeps it running, and stops it cleanly. */
import { existsSync } from 'node:fs'
import { Command } from 'commander'
import type { RunFlags } from '../staging/config/config-sources.ts'
import { readConfigFile } from '../staging/config/read-config-file.ts'
import { resolveConfig } from '../staging/config/resolve-config.ts'
import type { RuntimeConfig } from '../staging/config/runtime-config.ts'
import type { RuntimeLog } from '../staging/observe/log-writer.ts'
import type { Runtime } from '../staging/runtime.ts'
import { parseHeaderPattern } from '../staging/writeback/header-rules.ts'
import { parseAllowPattern } from '../staging/writeback/http-policy.ts'
import { repeatable } from './flag-values.ts'
import { watchNpx } from './npx-parent.ts'
import { complain, type ProgramOutput } from './program-output.ts'
import { onStopSignal } from './stop-signal.ts'

/** The usual name of a configuration file. */
const fileName = 'slung.toml'

/** What commander makes of the flags; arguments and repeatable flags have no default there. */
type ParsedFlags = Omit<RunFlags, 'workflows'>

/**
 * Makes the command.
 *
 * @param finish - receives the exit code: 0 it was stopped and everything is durable, 1 what is left could not be
 *   written
 */
export function createRunCommand(output: ProgramOutput, finish: (exitCode: number) => void): Command {
  return new Command('run')
    .summary('run workflows over live samples: the reference runtime')
    .description(
      'Runs workflows in staging: takes samples over WebSocket and HTTP, stores them, and delivers what workflows wait for.\n' +
        'Without workflows it only stores and answers queries.',
    )
    .argument('[workflows...]', 'modules (.wasm); each runs in its own thread')
    .option(
      '--data <dir>',
      'keep samples in this directory; without it they live in memory and are gone with the process',
    )
    .option('--host <address>', 'address to listen on (default: 127.0.0.1, this machine only)')
    .option('--port <number>', 'port to listen on; 0 = any free one (default: 2077)')
    .option('--token-file <file>', 'require every client to send the token in this file (or set SLUNG_TOKEN)')
    .option('--token <token>', 'require this token; other users of this machine can see it in the process list')
    .addOption(
      repeatable('--allow-http <pattern>', 'let workflows send HTTP to this address, such as hooks.example.com'),
    )
    .addOption(
      repeatable('--allow-address <range>', 'let names stand for this private address or range, such as 10.0.0.0/8'),
    )
    .addOption(repeatable('--allow-origin <origin>', 'let web pages of this origin connect'))
    .addOption(repeatable('--env <key=value>', 'environment variable for the workflows on the command line'))
    .option('--config <file>', 'read settings from this file, such as slung.toml; flags override it')
    .option('--log-level <level>', 'debug, info, warn or error (default: info)')
    .option('--log-format <format>', 'text for people, json for machines (default: text)')
    .addHelpText(
      'after',
      `
Examples:
  slung run build/alert.wasm                                   samples in memory
  slung run build/alert.wasm --data ./data                     a durable store
  slung run build/alert.wasm --allow-http hooks.example.com    with a webhook
  slung run --config slung.toml                                everything from a file

Ctrl-C, SIGTERM and SIGHUP stop it: workflows receive what is waiting for them, and accepted samples are made durable.
A second one does not wait.
Exit codes: 0 stopped, 1 the last samples could not be written, 2 could not run.`,
    )
    .action(async (workflows: string[], flags: ParsedFlags) => {
      const { config, warnings } = await readSettings({ ...flags, workflows })
      for (const warning of warnings) complain(output, warning)
      if (flags.config === undefined && existsSync(fileName)) {
        complain(output, `there is a ${fileName} here, and it is not used; to use it, add --config ${fileName}`)
      }
      finish(await runUntilStopped(config))
    })
}

async function readSettings(flags: RunFlags): Promise<{ config: RuntimeConfig; warnings: readonly string[] }> {
  const file = flags.config === undefined ? null : await readConfigFile(flags.config)
  return resolveConfig(flags, file, process.env, { allow: parseAllowPattern, headers: parseHeaderPattern })
}

async function runUntilStopped(config: RuntimeConfig): Promise<number> {
  const { createRuntimeLog } = await import('./runtime-log.ts')
  const toStop = Promise.withResolvers<string>()
  onStopSignal((signal) => toStop.resolve(describeSignal(signal)))
  const forgetNpx = watchNpx(() => toStop.resolve('stopping: the npx that started it is gone'))
  const log = await createRuntimeLog(config.log)
  try {
    return await run(config, log, toStop.promise)
  } finally {
    forgetNpx()
    await log.close()
  }
}

/** @param toStop - resolves with the reason to stop, for the log */
async function run(config: RuntimeConfig, log: RuntimeLog, toStop: Promise<string>): Promise<number> {
  const { Runtime } = await import('../staging/runtime.ts')
  const runtime = await Runtime.start(config, log)
  const names = config.workflows.map(({ name }) => name)
  const store = config.data === null ? 'samples are kept in memory' : `samples are kept in ${config.data}`
  log.info(
    `listening on ${runtime.url}; ${store}; ${names.length === 0 ? 'no workflows' : `workflows: ${names.join(', ')}`}`,
  )
  log.info(await toStop)
  return await stop(runtime, log)
}

function describeSignal(signal: NodeJS.Signals): string {
  const note = signal === 'SIGHUP' ? ': it cannot read its configuration again while it runs, so start it again' : ''
  return `stopping on ${signal}${note}`
}

async function stop(runtime: Runtime, log: RuntimeLog): Promise<number> {
  try {
    await runtime.stop()
    log.info('stopped')
    return 0
  } catch (error) {
    log.error(error instanceof Error ? error.message : String(error))
    return 1
  }
}
