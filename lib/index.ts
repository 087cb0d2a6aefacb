export * from './errors/index.ts';
export type { ConsoleLevel, HostCallMode, ModuleType, StackFrame, TimeoutPhase } from './native.ts';
export type {
  CallOptions,
  CellOptions,
  CellWant,
  ConsoleHandler,
  ConsoleInfo,
  EvalOptions,
  FetchCaller,
  FetchCapability,
  FunctionCallOptions,
  RuntimeOptions,
  WebOptions,
} from './options/index.ts';

import './web/crypto/provide.ts';
import './web/fetch/provide.ts';
import './web/signals.ts';

export * from './pool/index.ts';
export * from './runtime/index.ts';
export * from './serverless/index.ts';
export * from './web/egress/index.ts';
