export type { ApiArguments, ApiDeclaration, ApiEntry, ApiNamespace, PlainApi, PlatformApi } from './api/declare.ts';
export type { CloseOptions } from './close-options.ts';
export type { EvictReason } from './entry.ts';
export type {
  DetailedResult,
  FunctionRef,
  InvocationReport,
  LateReport,
  Outcome,
  PoolEvents,
  ReachedLimit,
  Work,
} from './events.ts';
export { functionKey, type PoolFunction } from './function.ts';
export type { CallerContext } from './invocation.ts';
export type { InvokeOptions } from './invoke-options.ts';
export type { LogEntry, LogLevel } from './log-book.ts';
export type { PoolOptions } from './options.ts';
export { RuntimePool } from './pool.ts';
export { invocationOf } from './report.ts';
export type { FunctionStats, Percentiles, PoolStats } from './stats.ts';
