export type { CallOptions, EvalOptions, FunctionCallOptions } from './call-options.ts';
export type { CellOptions, CellWant } from './cell-options.ts';
export { type ConsoleHandler, type ConsoleInfo, type RuntimeOptions, runtimeDefaults } from './runtime-options.ts';
export type { FetchCaller, FetchCapability, WebOptions } from './web.ts';
