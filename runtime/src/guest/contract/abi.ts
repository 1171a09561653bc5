/**
 * The guest ABI in one table: what a module may import and must export, with types and size limits.
 *
 * `docs/abi.md` explains it, `check-module.ts` checks modules against it, and tests check the import objects against
 * it.
 */

/** A WebAssembly value type, as in the text format. */
export type WasmType = 'i32' | 'i64' | 'f32' | 'f64'

export interface AbiParameter {
  readonly name: string
  readonly type: WasmType
  /** Set for the address of a Region: the maximum size of its text. */
  readonly regionBytesMax?: number
}

export interface AbiFunction {
  readonly parameters: readonly AbiParameter[]
  readonly result: WasmType | null
  /** The meaning of the result, in one line. */
  readonly returns: string
}

export interface AbiImport extends AbiFunction {
  readonly module: string
  readonly name: string
  /**
   * `workflow` is the portable core; `extension` and `assemblyscript` are ours; `wasi` is the subset that does
   * something.
   */
  readonly group: 'workflow' | 'extension' | 'wasi' | 'assemblyscript'
}

/** Bytes of a Region: offset, capacity and length, each a little-endian u32. */
export const regionBytes = 12
/** Bytes of one page of linear memory. */
export const pageBytes = 65_536
/** Maximum size of a query. */
export const queryBytesMax = 4096
/** Maximum size of a number written as text: `f64::MIN_POSITIVE` without an exponent has 1,077. */
export const numberBytesMax = 2048
/** Maximum size of the tags of a written event: 64 tags and a series of 1,024 bytes each, with room for separators. */
export const tagsBytesMax = 131_072
/** Maximum size of a text frame to a producer. */
export const frameBytesMax = 1_048_576
/** Maximum size of a URL. */
export const urlBytesMax = 8192
/** Maximum size of an HTTP request body. */
export const bodyBytesMax = 16_777_216

/** Maximum size of a key of the state. */
export const stateKeyBytesMax = 256
/** Maximum size of all keys and values of the state together. */
export const stateBytesMax = 65_536

/** The module names that imports come from. */
export const workflowModule = 'env'
export const extensionModule = 'slung'
export const wasiModule = 'wasi_snapshot_preview1'

/** Every function a guest may import, except the WASI functions that answer ENOSYS, whatever their signature. */
export const abiImports: readonly AbiImport[] = [
  ...declare('workflow', workflowModule, {
    u_query_live: to('i64', 'handle ≥ 1; 0 = refused', region('filter', queryBytesMax)),
    u_query_history: to(
      'f64',
      'the aggregate; NaN = refused, or AVG, MIN or MAX of nothing',
      region('filter', queryBytesMax),
    ),
    u_poll_handle: to('i32', 'Region with one Event; 0 = nothing now, or unknown handle', value('handle', 'i64')),
    u_free_handle: to('i32', '0 = freed, 1 = unknown handle', value('handle', 'i64')),
    u_write_event: to(
      'i32',
      '0 = written, 1 = refused',
      region('timestamp', numberBytesMax),
      region('value', numberBytesMax),
      region('tags', tagsBytesMax),
    ),
    u_writeback_ws: to(
      'i32',
      '0 = sent, 1 = unknown or closed connection',
      value('producer', 'i64'),
      region('data', frameBytesMax),
    ),
    u_writeback_http: to(
      'i32',
      'Region with the response body on a 2xx status; 0 otherwise',
      region('url', urlBytesMax),
      region('data', bodyBytesMax),
      value('method', 'i32'),
    ),
  }),
  ...declare('extension', extensionModule, {
    now: to('i64', 'microseconds since the Unix epoch'),
    last_error: to('i32', 'Region with the reason for the latest refusal; 0 = no error'),
    http_status: to('i32', 'status of the latest HTTP writeback; 0 = no response'),
    state_get: to('i32', 'Region with the value; 0 = not set, or refused', region('key', stateKeyBytesMax)),
    state_set: to('i32', '0 = set, 1 = refused', region('key', stateKeyBytesMax), region('value', stateBytesMax)),
    state_delete: to('i32', '0 = not set any more, 1 = refused', region('key', stateKeyBytesMax)),
  }),
  ...declare('wasi', wasiModule, {
    fd_write: wasi(value('fd', 'i32'), value('iovs', 'i32'), value('iovs_len', 'i32'), value('nwritten', 'i32')),
    environ_get: wasi(value('environ', 'i32'), value('environ_buf', 'i32')),
    environ_sizes_get: wasi(value('count', 'i32'), value('buf_size', 'i32')),
    args_get: wasi(value('argv', 'i32'), value('argv_buf', 'i32')),
    args_sizes_get: wasi(value('count', 'i32'), value('buf_size', 'i32')),
    clock_time_get: wasi(value('id', 'i32'), value('precision', 'i64'), value('time', 'i32')),
    random_get: wasi(value('buf', 'i32'), value('buf_len', 'i32')),
    fd_prestat_get: wasi(value('fd', 'i32'), value('prestat', 'i32')),
    proc_exit: to(null, 'does not return', value('code', 'i32')),
  }),
  ...declare('assemblyscript', workflowModule, {
    abort: to(
      null,
      'does not return',
      value('message', 'i32'),
      value('file', 'i32'),
      value('line', 'i32'),
      value('column', 'i32'),
    ),
    trace: to(
      null,
      'nothing',
      value('message', 'i32'),
      value('count', 'i32'),
      value('a0', 'f64'),
      value('a1', 'f64'),
      value('a2', 'f64'),
      value('a3', 'f64'),
      value('a4', 'f64'),
    ),
    seed: to('f64', 'a random number for Math.random'),
    'console.log': to(null, 'nothing', value('text', 'i32')),
    'console.debug': to(null, 'nothing', value('text', 'i32')),
    'console.info': to(null, 'nothing', value('text', 'i32')),
    'console.warn': to(null, 'nothing', value('text', 'i32')),
    'console.error': to(null, 'nothing', value('text', 'i32')),
    'Date.now': to('f64', 'milliseconds since the Unix epoch'),
  }),
]

/** The functions a guest exports besides its `memory`. A guest has `call` or `_start`, and both of the last two. */
export const abiExports: Readonly<Record<'call' | '_start' | '_initialize' | 'allocate' | 'deallocate', AbiFunction>> =
  {
    call: to('i32', '0 = ok, 1 = error, 2 = panic'),
    _start: to(null, 'nothing'),
    _initialize: to(null, 'nothing'),
    allocate: to('i32', 'address of this many raw bytes', value('byteCount', 'i32')),
    deallocate: to(null, 'nothing', value('region', 'i32')),
  }

/** Prints a signature as this project writes it: `(i32, i64) -> i32`, with `()` for no result. */
export function formatSignature(parameters: readonly string[], results: readonly string[]): string {
  return `(${listTypes(parameters)}) -> ${results.length === 1 ? results[0]! : `(${listTypes(results)})`}`
}

/** Longer than any function of a host has; a module can name millions. */
const typesMax = 20

function listTypes(types: readonly string[]): string {
  const more = types.length <= typesMax ? '' : `, … and ${types.length - typesMax} more`
  return `${types.slice(0, typesMax).join(', ')}${more}`
}

function declare(
  group: AbiImport['group'],
  module: string,
  functions: Readonly<Record<string, AbiFunction>>,
): AbiImport[] {
  return Object.entries(functions).map(([name, signature]) => ({ group, module, name, ...signature }))
}

function to(result: WasmType | null, returns: string, ...parameters: readonly AbiParameter[]): AbiFunction {
  return { parameters, result, returns }
}

function wasi(...parameters: readonly AbiParameter[]): AbiFunction {
  return to('i32', 'a WASI errno; 0 = ok', ...parameters)
}

function value(name: string, type: WasmType): AbiParameter {
  return { name, type }
}

function region(name: string, regionBytesMax: number): AbiParameter {
  return { name, type: 'i32', regionBytesMax }
}
