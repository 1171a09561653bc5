/**
 * Where a configuration comes from: the flags of `slung run`, and `slung.toml` as read by `readConfigFile`.
 * `resolveConfig` merges them into one `RuntimeConfig`. Settings that a source does not give are absent.
 */
import type { Locate } from './locate-keys.ts'
import type {
  HttpPolicyConfig,
  LimitsConfig,
  LogConfig,
  RetentionConfig,
  RuntimeConfig,
  WorkflowConfig,
} from './runtime-config.ts'

/** Like `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The value of a variable; `undefined` when it is not set, also where every object has something of that name. */
export function variableOf(environment: Environment, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined
}

/** The flags as typed: nothing is checked yet. */
export interface RunFlags {
  /** Files, in order. */
  readonly workflows: readonly string[]
  readonly host?: string | undefined
  readonly port?: string | undefined
  readonly data?: string | undefined
  readonly token?: string | undefined
  readonly tokenFile?: string | undefined
  /** Added to what the file allows. */
  readonly allowHttp: readonly string[]
  /** Added to the addresses of the file. */
  readonly allowAddress: readonly string[]
  /** Added to the origins of the file. */
  readonly allowOrigin: readonly string[]
  /** `KEY=VALUE`, for all workflows on the command line and for no others. */
  readonly env: readonly string[]
  readonly logLevel?: string | undefined
  readonly logFormat?: string | undefined
  /** The configuration file, which the caller reads. */
  readonly config?: string | undefined
}

/** A configuration file with every value checked, alone and against its neighbours. */
export interface ConfigFile extends Partial<FileSettings> {
  /** As given; for messages. */
  readonly file: string
  /** The position of a key in it. */
  readonly locate: Locate
}

/** The settings of a file. Paths are absolute. */
export interface FileSettings extends Pick<RuntimeConfig, 'host' | 'port' | 'origins'> {
  readonly data: string
  readonly token: string
  /** Not read yet. Never together with `token`. */
  readonly tokenFile: string
  readonly log: Partial<LogConfig>
  readonly http: Partial<HttpSettings>
  readonly retention: Partial<RetentionConfig>
  readonly limits: Partial<LimitsConfig>
  /** Their names are unique. */
  readonly workflows: readonly WorkflowSettings[]
}

/** `[http]`. */
export interface HttpSettings extends Omit<HttpPolicyConfig, 'with'> {
  readonly with: readonly HeaderSettings[]
}

/** One `[[http.with]]`. */
export interface HeaderSettings {
  readonly url: string
  /** By name, as written; a text is the value itself. */
  readonly headers: Readonly<Record<string, string | HeaderSource>>
}

/** Where the value of a header comes from: an environment variable of the process, or a file. */
export interface HeaderSource {
  readonly from?: string
  readonly file?: string
  /** What stands before it, such as `Bearer `. */
  readonly prefix?: string
}

/** One `[[workflow]]`. */
export interface WorkflowSettings
  extends Partial<Omit<WorkflowConfig, 'name' | 'file'>>, Pick<WorkflowConfig, 'name' | 'file'> {
  /** Variables to copy from the environment of the process. None of them is in `environment`. */
  readonly environmentFrom: readonly string[]
}
