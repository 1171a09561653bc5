/** How a command finds a running runtime and authenticates: flags, and the variables that stand in for them. */
import { Option } from 'commander'
import { runtimeUrlDefault } from '../client/runtime-url.ts'
import { parseToken, readTokenFile } from '../staging/wire/token.ts'

/** What commander makes of `createUrlOption` and `createTokenFileOption`. */
export interface RuntimeFlags {
  readonly url?: string
  readonly tokenFile?: string
}

export interface RuntimeAccess {
  /** As given, not parsed. */
  readonly url: string
  /** `null` = none. */
  readonly token: string | null
}

/** Makes the option `--url`. @param purpose - what the command does with that runtime */
export function createUrlOption(purpose = 'the runtime'): Option {
  return new Option('--url <url>', `${purpose} (default: SLUNG_URL, or ${runtimeUrlDefault})`)
}

/** Makes the option `--token-file`. */
export function createTokenFileOption(): Option {
  return new Option('--token-file <file>', 'send the token in this file (or set SLUNG_TOKEN)')
}

/**
 * Flags win over variables, and an empty variable counts as unset.
 *
 * @param environment - read for `SLUNG_URL` and `SLUNG_TOKEN`
 * @throws {SlungError} `unreadable-file`, `bad-token`
 */
export function resolveRuntimeAccess(
  { url, tokenFile }: RuntimeFlags,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): RuntimeAccess {
  const variable = environment['SLUNG_TOKEN'] || null
  return {
    url: url ?? (environment['SLUNG_URL'] || runtimeUrlDefault),
    token: tokenFile === undefined ? variable && parseToken(variable) : readTokenFile(tokenFile),
  }
}
