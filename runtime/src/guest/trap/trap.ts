/**
 * Turns what ended a guest's call into one sentence and a short stack: the closed list of engine texts becomes stable
 * codes, the guest's own panic or abort text is added, and frames get names and source positions.
 *
 * The engine's texts are those of V8 in Node 24 and 26; an unknown text is passed on as it is.
 */
import type { GuestTrap, GuestTrapCode } from '../contract/guest-outcome.ts'
import type { GuestModule } from '../load/load-guest.ts'
import { printableLines } from '../../engine/text/printable.ts'
import { shorten } from '../../engine/text/quote.ts'
import { grouped } from '../../engine/text/words.ts'
import { readStack, shownFrames, type StackFrame } from './trap-frames.ts'
import { LimitExceeded } from '../contract/guest-host.ts'
import { BadAllocation, GuestAbort, HostCallAtStart, HostFailure, isStackOverflow } from '../contract/unwinding.ts'
import { hasOverflowed, type StackPointer } from '../wasm/stack-pointer.ts'
import { wasmEngine } from '../wasm/wasm-engine.ts'

/** What is known about a guest when it traps. */
export interface TrapScene {
  readonly module: GuestModule
  /** The module was still being instantiated. */
  readonly starting: boolean
  /** Pages of 64 KiB its memory has; 0 when it has none yet. */
  readonly memoryPages: number
  /** `null` when the module has none that is known. */
  readonly stackPointer: StackPointer | null
  /** The latest lines of stderr, oldest first. */
  readonly recentErrors: readonly string[]
}

/** Explains an error that ended a call. It must not be an exit or an `EndOfRun`: those are not traps. */
export function explainTrap(error: unknown, guestScene: TrapScene): GuestTrap {
  const scene = { ...guestScene, recentErrors: guestScene.recentErrors.map((line) => shorten(line, reasonUnitsMax)) }
  const frames = readStack(error instanceof Error ? (error.stack ?? '') : '', scene.module)
  const { code, message } = scene.starting ? explainStart(error, scene, frames) : explainCall(error, scene, frames)
  return { code, message: printableLines(shorten(message, messageUnitsMax)), frames: shownFrames(frames) }
}

/** UTF-16 units of the guest's own reason that are read, and shown of the whole sentence. */
const reasonUnitsMax = 4096
const messageUnitsMax = 4096

type Explanation = Pick<GuestTrap, 'code' | 'message'>

function explainStart(error: unknown, scene: TrapScene, frames: readonly StackFrame[]): Explanation {
  if (error instanceof HostCallAtStart && error.hostFunction === 'abort') {
    const message = 'the guest aborted while starting, before its text could be read: move that code into call()'
    return { code: 'start-failed', message }
  }
  if (error instanceof HostCallAtStart || error instanceof wasmEngine.SuspendError) {
    const called = error instanceof HostCallAtStart ? error.hostFunction : 'a host function that waits'
    const message = `the guest called ${called} while starting, when host calls cannot work: move it into call()`
    return { code: 'start-failed', message }
  }
  return {
    code: 'start-failed',
    message: `the guest failed while starting: ${explainCall(error, scene, frames).message}`,
  }
}

function explainCall(error: unknown, scene: TrapScene, frames: readonly StackFrame[]): Explanation {
  if (error instanceof GuestAbort) return explainAbort(error, scene)
  if (error instanceof BadAllocation) {
    return { code: error.address === 0 ? 'memory-exhausted' : 'memory-out-of-bounds', message: error.message }
  }
  if (isStackOverflow(error)) {
    return { code: 'stack-overflow', message: 'the guest overflowed the stack: its recursion is too deep or endless' }
  }
  if (error instanceof wasmEngine.Exception) {
    return { code: 'unreachable', message: `the guest threw an exception that nothing caught${panicSuffix(scene)}` }
  }
  if (error instanceof wasmEngine.SuspendError) {
    return { code: 'host-failure', message: 'the guest called a host function that waits where it cannot wait' }
  }
  if (error instanceof wasmEngine.RuntimeError) return explainEngineText(error.message, scene, frames)
  if (error instanceof LimitExceeded) return { code: 'memory-exhausted', message: error.message }
  if (error instanceof HostFailure) return { code: 'host-failure', message: error.message }
  return { code: 'host-failure', message: `the host failed: ${error instanceof Error ? error.message : String(error)}` }
}

const stackOverflow: Explanation = {
  code: 'stack-overflow',
  message: 'the guest overflowed its own stack: its recursion is too deep or endless',
}

function explainAbort({ text, file, line, column }: GuestAbort, scene: TrapScene): Explanation {
  if (text === '' && file === '' && line === 1 && column === 1) {
    // AssemblyScript's own stack check calls abort with nothing but this position.
    return stackOverflow
  }
  return abortExplanation(text, file === '' ? '' : `${file}:${line}:${column}`, scene)
}

function abortExplanation(text: string, place: string, scene: TrapScene): Explanation {
  const reason = text === '' ? 'it gave no reason' : text
  const suffix = place === '' ? '' : ` (${place})`
  return { code: 'abort', message: `the guest aborted: ${reason}${suffix}${limitSuffix(scene)}` }
}

/** What the abort handler of our AssemblyScript SDK writes to stderr, right before it reaches "unreachable". */
const sdkAbort = /^abort: (?<text>.*?)(?: at (?<place>\S+:\d+:\d+))?$/

const engineTexts: readonly { readonly pattern: RegExp; readonly code: GuestTrapCode; readonly sentence: string }[] = [
  { pattern: /unreachable/, code: 'unreachable', sentence: 'the guest reached an "unreachable" instruction' },
  {
    pattern: /memory access out of bounds|data segment/,
    code: 'memory-out-of-bounds',
    sentence: 'the guest read or wrote outside its memory',
  },
  {
    pattern: /signature mismatch/,
    code: 'bad-indirect-call',
    sentence: 'the guest called a function pointer that is null or of another type',
  },
  {
    pattern: /\btable\b/,
    code: 'table-out-of-bounds',
    sentence: 'the guest called a function pointer outside its table',
  },
  { pattern: /(?:divide|remainder) by zero/, code: 'divide-by-zero', sentence: 'the guest divided an integer by zero' },
  {
    pattern: /divide result unrepresentable/,
    code: 'integer-overflow',
    sentence: 'the guest divided the smallest integer by -1',
  },
  {
    pattern: /float unrepresentable/,
    code: 'bad-conversion',
    sentence: 'the guest converted a float to an integer that cannot hold it',
  },
]

/**
 * Functions in which Rust ends a guest whose memory cannot grow, on top of whatever allocates.
 */
const failedAllocation = /\b(?:rust_oom|handle_alloc_error|alloc_error_handler|__r[dg]l?_oom)\b/

/**
 * Where "unreachable" means the same: what allocates in Rust, with those functions inlined (its panics end elsewhere),
 * and AssemblyScript's allocators, which reach it for nothing else.
 */
const allocating = /^<?(?:alloc|hashbrown)::|^~lib\/rt\/(?:tlsf|stub)\//

function isFailedAllocation(frames: readonly StackFrame[]): boolean {
  const [innermost] = frames
  if (innermost === undefined || !innermost.isLibrary) return false
  const own = frames.findIndex(({ isLibrary }) => !isLibrary)
  const library = own === -1 ? frames : frames.slice(0, own)
  return allocating.test(innermost.function) || library.some((frame) => failedAllocation.test(frame.function))
}

function explainEngineText(text: string, scene: TrapScene, frames: readonly StackFrame[]): Explanation {
  const known = engineTexts.find(({ pattern }) => pattern.test(text))
  if (known === undefined) return { code: 'unreachable', message: `the guest trapped: ${text}${panicSuffix(scene)}` }
  const abort = known.code === 'unreachable' ? sdkAbort.exec(scene.recentErrors.at(-1) ?? '')?.groups : undefined
  if (abort !== undefined) {
    return abort['text'] === 'stack overflow'
      ? stackOverflow
      : abortExplanation(abort['text'] ?? '', abort['place'] ?? '', scene)
  }
  if (known.code === 'memory-out-of-bounds' && scene.stackPointer !== null && hasOverflowed(scene.stackPointer)) {
    const stack = `its own stack of ${grouped(scene.stackPointer.initial)} bytes`
    const reason = 'its recursion is too deep or endless, or its local variables are too large'
    return { code: 'stack-overflow', message: `the guest overflowed ${stack}: ${reason}` }
  }
  const panic = panicSuffix(scene)
  const limit = limitSuffix(scene)
  if (known.code === 'unreachable' && (panic === '' || panic.includes('memory allocation'))) {
    if (isFailedAllocation(frames)) {
      const message = `the guest ran out of memory: an allocation failed${panic}${limit === '' ? sizeSuffix(scene) : limit}`
      return { code: 'memory-exhausted', message }
    }
    // Without names, a memory at its limit tells: allocators end in "unreachable" when it cannot grow.
    if (limit !== '') return { code: 'memory-exhausted', message: `${known.sentence}${panic}${limit}` }
  }
  return { code: known.code, message: `${known.sentence}${panic}${limit}` }
}

/**
 * The last thing the guest printed about its own end, as the rest of a sentence. Rust puts the reason on its own line.
 */
function panicSuffix({ recentErrors }: TrapScene): string {
  const index = recentErrors.findLastIndex((line) =>
    /\bpanicked at\b|\babort(?:ed)?\b|^memory allocation of /i.test(line),
  )
  if (index === -1) return ''
  const line = recentErrors[index]!
  const reason = line.endsWith(':') ? recentErrors[index + 1] : undefined
  return `: ${line}${reason === undefined ? '' : ` ${reason}`}`
}

/** How much memory there is and could be: the request that failed was for more than the rest. */
function sizeSuffix({ module, memoryPages }: TrapScene): string {
  return `; guest memory has ${grouped(memoryPages)} of ${grouped(module.memoryPagesMax)} pages: it asked for more than the rest`
}

/**
 * A remark on memory that has grown to its limit, or nearly: the failed request is not known, and allocators ask for a
 * multiple of what they need, so it may have been refused when an eighth was still free.
 */
function limitSuffix({ module, memoryPages }: TrapScene): string {
  const { memoryPagesMax, report } = module
  if (memoryPages === (report.memory?.initialPages ?? 0)) return ''
  if (memoryPages === memoryPagesMax) return `; guest memory is at its limit of ${grouped(memoryPagesMax)} pages`
  if (memoryPages < memoryPagesMax * 0.875) return ''
  return `; guest memory is near its limit: ${grouped(memoryPages)} of ${grouped(memoryPagesMax)} pages`
}
