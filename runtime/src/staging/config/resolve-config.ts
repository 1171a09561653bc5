/**
 * Merges flags, environment, file and defaults into one configuration, in this order of precedence. Lists (workflows,
 * allowed addresses, origins) add up instead: a flag added to try something should not switch off what the file says.
 */
import { SlungError } from '../../engine/model/slung-error.ts'
import { printable } from '../../engine/text/printable.ts'
import { quote } from '../../engine/text/quote.ts'
import { parseAddressRange } from './address-range.ts'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { positionText } from './read-config-file.ts'
import { logFormats, logLevels, portMax } from './config-keys.ts'
import { variableOf, type ConfigFile, type Environment, type RunFlags } from './config-sources.ts'
import { runtimeDefaults, workflowDefaults } from './defaults.ts'
import { isLoopback, parseHost, parseOrigin } from './network.ts'
import { quotedWords } from './read-value.ts'
import { resolveHeaders } from './resolve-headers.ts'
import type { RuntimeConfig, WorkflowConfig } from './runtime-config.ts'
import { parseToken, readTokenFile } from '../wire/token.ts'
import { parseAssignment } from '../../guest/contract/variables.ts'
import { nameFromFile, parseWorkflowName } from './workflow-name.ts'

/** Checks of what only others understand: they throw a `SlungError`. */
export interface PatternChecks {
  /** A pattern of allowed addresses. */
  readonly allow: (pattern: string) => void
  /** A pattern of requests that get headers. */
  readonly headers: (pattern: string) => void
}

export interface ResolvedConfig {
  readonly config: RuntimeConfig
  /** What is allowed but seldom wise, one sentence each; never contains a secret. */
  readonly warnings: readonly string[]
}

/**
 * Reads the token file if one is set and nothing precedes it, the files of headers, and nothing else of the outside
 * world.
 *
 * @param environment - read for `SLUNG_TOKEN` and for what `env_from` and headers name
 * @throws {ConfigError} with every problem
 */
export function resolveConfig(
  flags: RunFlags,
  file: ConfigFile | null,
  environment: Environment,
  checks: PatternChecks,
): ResolvedConfig {
  const problems: ConfigProblem[] = []
  /** Calls `perform`, turning a `SlungError` into a problem of that place. */
  function attempt<Value>(where: string, perform: () => Value): Value | undefined {
    try {
      return perform()
    } catch (error) {
      if (!(error instanceof SlungError)) throw error
      problems.push({ where, message: error.message })
      return undefined
    }
  }
  function flag<Value>(name: string, value: string | undefined, parse: (text: string) => Value): Value | undefined {
    return value === undefined ? undefined : attempt(name, () => parse(value))
  }

  const config: RuntimeConfig = {
    host: flag('--host', flags.host, parseHost) ?? file?.host ?? runtimeDefaults.host,
    port: flag('--port', flags.port, parsePort) ?? file?.port ?? runtimeDefaults.port,
    data: flag('--data', flags.data, parseFolder) ?? file?.data ?? runtimeDefaults.data,
    token: resolveToken(flags, file, environment, attempt) ?? runtimeDefaults.token,
    origins: [
      ...(file?.origins ?? runtimeDefaults.origins),
      ...flags.allowOrigin.flatMap((origin) => flag('--allow-origin', origin, parseOrigin) ?? []),
    ],
    workflows: resolveWorkflows(flags, file, environment, attempt),
    http: {
      ...runtimeDefaults.http,
      ...file?.http,
      allow: resolveAllow(flags, file, checks.allow, attempt),
      allowAddresses: [
        ...(file?.http?.allowAddresses ?? runtimeDefaults.http.allowAddresses),
        ...flags.allowAddress.filter((range) => flag('--allow-address', range, parseAddressRange) !== undefined),
      ],
      with: resolveHeaders(file, environment, checks.headers, attempt),
    },
    retention: { ...runtimeDefaults.retention, ...file?.retention },
    limits: { ...runtimeDefaults.limits, ...file?.limits },
    log: {
      level:
        flag('--log-level', flags.logLevel, wordParser(logLevels)) ?? file?.log?.level ?? runtimeDefaults.log.level,
      format:
        flag('--log-format', flags.logFormat, wordParser(logFormats)) ??
        file?.log?.format ??
        runtimeDefaults.log.format,
    },
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { config, warnings: warningsOf(config, flags) }
}

type Attempt = <Value>(where: string, perform: () => Value) => Value | undefined

function warningsOf({ host, port, token, http }: RuntimeConfig, flags: RunFlags): string[] {
  const warnings: string[] = []
  if (flags.token !== undefined) {
    warnings.push(
      'the token given with --token is visible to other users of this machine in the process list; ' +
        'use --token-file or the environment variable SLUNG_TOKEN',
    )
  }
  if (token === null && !isLoopback(host)) {
    warnings.push(
      `the runtime listens on ${host} without a token: anyone who reaches port ${port} can read all samples and send more; ` +
        'set one with --token-file or SLUNG_TOKEN',
    )
  }
  if (http.allow.includes('*')) {
    warnings.push('workflows may send HTTP anywhere, including this machine and its network: "*" is allowed')
  }
  return warnings
}

/** Checks only the token that wins: an invalid one that is overridden does no harm. */
function resolveToken(
  { token, tokenFile }: RunFlags,
  file: ConfigFile | null,
  environment: Environment,
  attempt: Attempt,
): string | undefined {
  if (token !== undefined && tokenFile !== undefined) {
    return attempt('--token', () => fail('both --token and --token-file are given; keep one of them'))
  }
  if (token !== undefined) return attempt('--token', () => parseToken(token))
  if (tokenFile !== undefined) return attempt('--token-file', () => readTokenFile(tokenFile))
  const variable = environment['SLUNG_TOKEN']
  if (variable !== undefined) return attempt('SLUNG_TOKEN', () => parseToken(variable))
  if (file?.tokenFile === undefined) return file?.token
  const { tokenFile: named } = file
  return attempt(positionText(file, ['token_file']), () => readTokenFile(named))
}

function resolveAllow(
  { allowHttp }: RunFlags,
  file: ConfigFile | null,
  checkPattern: (pattern: string) => void,
  attempt: Attempt,
): readonly string[] {
  const fromFile = file?.http?.allow ?? runtimeDefaults.http.allow
  for (const [index, pattern] of fromFile.entries()) {
    attempt(positionText(file!, ['http', 'allow', index]), () => checkPattern(pattern))
  }
  for (const pattern of allowHttp) attempt('--allow-http', () => checkPattern(pattern))
  return [...fromFile, ...allowHttp]
}

function resolveWorkflows(
  flags: RunFlags,
  file: ConfigFile | null,
  environment: Environment,
  attempt: Attempt,
): readonly WorkflowConfig[] {
  const workflows = [...workflowsOfFile(file, environment, attempt)]
  const variables = flags.env.flatMap((text, index) => {
    const variable = attempt(`--env (number ${index + 1})`, () => parseAssignment(text))
    return variable === undefined ? [] : [variable]
  })
  if (flags.env.length > 0 && flags.workflows.length === 0) {
    attempt('--env', () =>
      fail('it is for the workflows on the command line, and there are none; use "env" in [[workflow]]'),
    )
  }
  for (const path of flags.workflows) {
    const workflow = attempt(`workflow "${printable(path)}"`, () => {
      const name = parseWorkflowName(nameFromFile(path))
      const other = workflows.find((existing) => existing.name === name)
      if (other === undefined)
        return { ...workflowDefaults, name, file: path, environment: Object.fromEntries(variables) }
      return fail(
        `"${other.file}" is also called "${name}"; put one of them into [[workflow]] of a configuration file and set "name" there`,
      )
    })
    if (workflow !== undefined) workflows.push(workflow)
  }
  return workflows
}

function workflowsOfFile(file: ConfigFile | null, environment: Environment, attempt: Attempt): WorkflowConfig[] {
  return (file?.workflows ?? []).map(({ environmentFrom, ...settings }, index) => {
    const copied = environmentFrom.flatMap((name, item) => {
      const value = variableOf(environment, name)
      if (value !== undefined) return [[name, value] as const]
      attempt(positionText(file!, ['workflow', index, 'env_from', item]), () =>
        fail(`the environment variable ${quote(name)} is not set; set it, or remove it from "env_from"`),
      )
      return []
    })
    return {
      ...workflowDefaults,
      ...settings,
      environment: { ...settings.environment, ...Object.fromEntries(copied) },
    }
  })
}

function parsePort(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= portMax) return Number(text)
  return fail(`${quote(text)} is not a port, expected a whole number from 0 to ${portMax}`)
}

function parseFolder(text: string): string {
  return text.trim() === '' ? fail('the path is empty, expected a directory') : text
}

function wordParser<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => words.find((word) => word === text) ?? fail(`found ${quote(text)}, expected ${quotedWords(words)}`)
}

function fail(message: string): never {
  throw new SlungError('bad-config', message)
}
