/** The door `@slung/runtime/server`: the reference runtime as a library, as `slung run` uses it. */
export { Runtime } from './runtime.ts'
export type { RuntimeLog, WorkflowLog } from './observe/log-writer.ts'
export { runtimeDefaults, workflowDefaults } from './config/defaults.ts'
export type {
  HeaderConfig,
  HttpPolicyConfig,
  LimitsConfig,
  LogConfig,
  RetentionConfig,
  RuntimeConfig,
  WorkflowConfig,
} from './config/runtime-config.ts'
export type {
  RunCounts,
  WritebackCounts,
  WorkflowError,
  WorkflowState,
  WorkflowStatus,
} from './workflow/workflow-status.ts'
export type { RememberedValue, StateAnswer } from './server/state-answer.ts'
