export { Cell, createCell } from './cell.ts';
export type { CellEnd, CellEndReason } from './cell-end.ts';
export type { CellStats, CellsStats } from './cell-stats.ts';
export type { RuntimeCloseOptions } from './close-options.ts';
// By a star: a build that turns a list into an import and an export would need a variable of the name `eval`.
export * from './default.ts';
export type { RuntimeEvents } from './events.ts';
export type { BindOptions } from './guest-scope.ts';
export type { HostFunction } from './host-function.ts';
export type { JsFunction } from './js-function.ts';
export type {
  ModuleContent,
  ModuleLoadContext,
  ModuleLoader,
  ModuleNamespace,
  ModuleResolveContext,
  ModuleResolver,
  ModuleSource,
  TypedModule,
} from './modules.ts';
export { move } from './move.ts';
export { getProcessLimits, type ProcessLimits, setProcessLimits } from './process-limits.ts';
export { getProcessStats } from './process-stats.ts';
export { Runtime, type RuntimeState } from './runtime.ts';
export { runSandboxed, type SandboxFailure, type SandboxOptions, type SandboxResult } from './sandboxed.ts';
export { Snapshot } from './snapshot.ts';
export { SnapshotBuilder, type SnapshotBuilderOptions } from './snapshot-builder.ts';
export type { SnapshotCacheOptions } from './snapshot-cache.ts';
export type { ProcessStats, RuntimeStats } from './stats.ts';
