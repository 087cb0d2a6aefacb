export type { ApiArguments, ApiDeclaration, ApiEntry, ApiNamespace, PlainApi, PlatformApi } from './api/declare.ts';
export type { HttpRequest } from './fetch/http-request.ts';
export type { HttpAnswer, RespondOptions } from './fetch/respond.ts';
export { functionKey } from './function/function-key.ts';
export type { PoolFunction } from './function/pool-function.ts';
export type { FunctionRef, Isolation } from './function/resolved-function.ts';
export type { CloseOptions } from './options/close-options.ts';
export type { FetchOptions } from './options/fetch-options.ts';
export type { InvokeOptions } from './options/invoke-options.ts';
export type { PoolIsolation } from './options/isolation.ts';
export type { PoolOptions } from './options/options.ts';
export { RuntimePool } from './pool.ts';
export type {
  CellExitReason,
  CellRef,
  DetailedResult,
  InvocationReport,
  LateReport,
  Outcome,
  PoolEvents,
  ReachedLimit,
  Work,
} from './report/events.ts';
export type { EvictReason } from './report/evict-reason.ts';
export type { CallerContext } from './report/invocation.ts';
export type { LogEntry, LogLevel } from './report/log-book.ts';
export { invocationOf } from './report/report.ts';
export type { FunctionStats, Percentiles, PoolCellStats, PoolStats } from './report/stats.ts';
