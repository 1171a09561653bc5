/** The import object of one guest instance: every module of `abi.ts`, over one context. */
import { extensionModule, wasiModule, workflowModule } from '../contract/abi.ts'
import { createAssemblyScriptImports } from './assemblyscript-imports.ts'
import { createExtensionImports } from './extension-imports.ts'
import type { GuestContext } from './guest-context.ts'
import type { ReportedImport } from '../check/module-report.ts'
import type { Pulse } from '../contract/pulse.ts'
import { createWasiImports } from './wasi-imports.ts'
import type { WasmImports } from '../wasm/wasm-engine.ts'
import { createWorkflowImports } from './workflow-imports.ts'

/**
 * Makes the functions a module is instantiated with.
 *
 * @param used - the imports of the module, so that every WASI function it names is there
 */
export function createHostImports(context: GuestContext, pulse: Pulse, used: readonly ReportedImport[]): WasmImports {
  return {
    [workflowModule]: { ...createAssemblyScriptImports(context), ...createWorkflowImports(context, pulse) },
    [extensionModule]: createExtensionImports(context),
    [wasiModule]: createWasiImports(context, used),
  }
}
