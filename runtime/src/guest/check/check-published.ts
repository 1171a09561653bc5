/**
 * The part of the static check that knows Slung's own crates by what they leave in a module: builds of `slung` 0.1 that
 * cannot work on any host, and modules for the rule engine that `slung` 0.2 is made for.
 */
import { quote } from '../../engine/text/quote.ts'
import { wasiModule, workflowModule } from '../contract/abi.ts'
import type { ModuleProblem } from './module-report.ts'
import type { WasmBinary } from '../wasm/wasm-binary.ts'

const takeOurs = 'take the crate slung-sdk instead: docs/rust.md, "Workflows for the published crate"'

/** What is wrong with a module for the rule engine: one problem, since nothing else about it matters. */
export function checkRules({ exports }: WasmBinary): ModuleProblem[] {
  const rules = exports.filter(({ name }) => /^__slung_(?:rule|source|component|map)_/.test(name))
  if (rules.length === 0) return []
  const { name } = rules.find((entry) => entry.name.startsWith('__slung_rule_')) ?? rules[0]!
  return [
    {
      code: 'rule-engine',
      message: `it is a module of rules for Slung's later engine (crate slung 0.2), not a workflow: it exports ${quote(name, 100)}`,
      remedy:
        'run it with a version of Slung that has this engine; a workflow needs the crate slung-sdk (docs/rust.md), or slung 0.1',
    },
  ]
}

/**
 * Builds of the published crate whose first Event traps. Its `allocate` reserves four times what it is asked for (a
 * vector of i32), and the bytes are freed as what they are. The allocator of wasm32-unknown-unknown compares the two;
 * that of WASI does not.
 */
export function checkPublishedCrate(bytes: Uint8Array, binary: WasmBinary): ModuleProblem[] {
  const takesAnswers = importsWorkflow(binary, 'u_poll_handle') || importsWorkflow(binary, 'u_writeback_http')
  const usesWasi = binary.imports.some(({ module }) => module === wasiModule)
  if (usesWasi || !takesAnswers || !isPublishedCrate(bytes)) return []
  if (!includes(bytes, 'assertion failed: psize <= size + max_overhead')) return []
  return [
    {
      code: 'published-crate',
      message:
        'it was built with the crate slung 0.1 for wasm32-unknown-unknown, where it traps at its first Event or HTTP ' +
        'answer: its allocate and deallocate disagree about sizes',
      remedy: `build it with "cargo build --release --target wasm32-wasip1", or ${takeOurs}`,
    },
  ]
}

/** Calls of the published crate that work only by chance. */
export function publishedCrateWarnings(bytes: Uint8Array, binary: WasmBinary): ModuleProblem[] {
  if (!importsWorkflow(binary, 'u_write_event') || !isPublishedCrate(bytes)) return []
  return [
    {
      code: 'published-write-event',
      message:
        'it writes events with the crate slung 0.1, whose write_event frees the texts of the timestamp, value and tags ' +
        'before the host reads them',
      remedy: takeOurs,
    },
  ]
}

/** By the messages of its assertions, which no optimization removes. */
function isPublishedCrate(bytes: Uint8Array): boolean {
  return includes(bytes, 'Region pointer is null') && includes(bytes, 'Region starts as null address')
}

function importsWorkflow({ imports }: WasmBinary, name: string): boolean {
  return imports.some((entry) => entry.module === workflowModule && entry.name === name)
}

function includes(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(text)
}
