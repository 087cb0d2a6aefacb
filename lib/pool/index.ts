export type { ApiArguments, ApiDeclaration, ApiEntry, ApiNamespace, PlainApi, PlatformApi } from './api/declare.ts';
export type { CloseOptions } from './close-options.ts';
export type {
  DetailedResult,
  InvocationReport,
  LateReport,
  Outcome,
  PoolEvents,
  ReachedLimit,
  Work,
} from './events.ts';
export type { EvictReason } from './evict-reason.ts';
export { functionKey } from './function/function-key.ts';
export type { PoolFunction } from './function/pool-function.ts';
export type { FunctionRef } from './function/resolved-function.ts';
export type { CallerContext } from './invocation.ts';
export type { InvokeOptions } from './invoke-options.ts';
export type { LogEntry, LogLevel } from './log-book.ts';
export type { PoolOptions } from './options.ts';
export { RuntimePool } from './pool.ts';
export { invocationOf } from './report.ts';
export type { FunctionStats, Percentiles, PoolStats } from './stats.ts';
