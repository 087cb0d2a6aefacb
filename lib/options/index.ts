export type { CallOptions, EvalOptions, FunctionCallOptions } from './call-options.ts';
export { type ConsoleHandler, type RuntimeOptions, runtimeDefaults } from './runtime-options.ts';
