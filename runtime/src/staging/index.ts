/** The door `@slung/runtime/server`: the reference runtime as a library, as `slung run` uses it. */
export { Runtime } from './runtime.ts'
export type { RuntimeLog } from './observe/log-writer.ts'
export { runtimeDefaults, workflowDefaults } from './config/defaults.ts'
export type { RuntimeConfig, WorkflowConfig } from './config/runtime-config.ts'
